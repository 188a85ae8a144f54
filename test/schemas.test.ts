import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { cases, fixtures } from './cases.ts';
import { kubenat } from './cli/harness.ts';

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../docs/trace.schema.json'), 'utf8'));
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

async function traced(...args: readonly string[]): Promise<unknown> {
  const { status, out } = await kubenat(['trace', '--format', 'json', ...args]);
  expect(status).toBe(0);
  return JSON.parse(out);
}

test.each(cases.filter((_, index) => index % 10 === 0))(
  'trace --format json of $id fits its schema',
  async (case_) => {
    const file = (name: string) => join(case_.folder, name);
    const { node, family } = case_;
    const flags = ['--cluster', file('cluster.yaml'), '--node', node, '--family', family];
    validate(await traced('--rules', file('iptables.save'), ...flags, '--flows', file('flows.json')));
    expect(validate.errors).toBeNull();
  },
);

test('unknown, rejected and drawn outcomes fit it too', async () => {
  const folder = join(fixtures, 'service-test');
  const packet = ['--packet', 'tcp 198.51.100.7:40000 -> 10.100.0.3:32213', '--node', 'node-2'];
  validate(await traced(...packet, folder, join(folder, 'svc.txt')));
  expect(validate.errors).toBeNull();
  const rules = join(folder, 'expected/node-2.save');
  validate(await traced('--rules', rules, '--packet', 'tcp 1.2.3.4:5 -> 10.100.0.3:32213 from external'));
  expect(validate.errors).toBeNull();
});

test('what does not fit is told', () => {
  expect(validate({ results: [{ id: 'p', outcomes: [{ verdict: 'maybe' }], assumed: [] }] })).toBe(false);
});
