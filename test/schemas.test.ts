import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { cases, fixtures, readCase } from './cases.ts';
import { kubenat } from './cli/harness.ts';

function schemaOf(command: string) {
  const schema = JSON.parse(
    readFileSync(join(import.meta.dirname, `../docs/${command}.schema.json`), 'utf8'),
  );
  return new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
}

const validate = schemaOf('trace');

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

describe('diff --format json fits its schema', () => {
  const fits = schemaOf('diff');
  const folder = join(fixtures, 'diff');
  const changes = readdirSync(folder).filter((name) => name !== 'before');

  async function compared(...args: readonly string[]): Promise<void> {
    const { status, out } = await kubenat(['diff', '--format', 'json', ...args]);
    expect(status).toBeLessThan(2);
    fits(JSON.parse(out));
    expect(fits.errors).toBeNull();
  }

  test.each(changes)('%s', (name) => compared(join(folder, 'before'), join(folder, name)));

  test('on every node', () =>
    compared('--nodes', 'all', join(fixtures, 'service-test'), join(fixtures, 'service-test')));

  test('where something cannot be proved, and IPv6', async () => {
    const one = cases.find(({ family }) => family === 'ipv6') as (typeof cases)[number];
    const text = readCase(one, 'iptables.save');
    const limited = text.replace(/( -j KUBE-SERVICES)/, ' -m limit --limit 3/sec$1');
    expect(limited).not.toBe(text);
    const args = ['diff', '--format', 'json', '--family', 'ipv6', 'a', 'b'];
    const { out } = await kubenat(args, { a: text, b: limited });
    fits(JSON.parse(out));
    expect(fits.errors).toBeNull();
  });

  test('why nothing is proved is there as data, too, and as the schema has it', async () => {
    const part = (port: number) =>
      `-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m tcp --dport 443 -j DNAT --to-destination 10.244.1.5:${port}\n`;
    const { out, err } = await kubenat(['diff', '--format', 'json', 'a', 'b'], { a: part(1), b: part(2) });
    const told = JSON.parse(out);
    fits(told);
    expect(fits.errors).toBeNull();
    expect(told.unproved[0].doubt.code).toBe('fate-unknown');
    delete told.unproved[0].doubt.code;
    expect(fits(told)).toBe(false);
    // Both sides are a part, of which the same is to be said: once.
    expect(err.split('this is a part of the rules of a node')).toHaveLength(2);
  });

  test('in both families', () => {
    const manifests = join(fixtures, 'conformance/named/dual-stack-v4/cluster.yaml');
    return compared('--node', 'worker-1', manifests, manifests);
  });

  const ruleset = (accepted: string) =>
    `table inet f {\n\tchain i {\n\t\ttype filter hook input priority filter; policy drop;\n\t\ttcp dport { ${accepted} } accept\n\t}\n}\ntable ip kube-proxy {\n}\n`;
  const save =
    '*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 80 -j ACCEPT\nCOMMIT\n';
  const asked = ['--only', 'tcp 203.0.113.9:4000 -> 192.0.2.10:80 from external'];
  const spelt = ruleset('80').replace('tcp dport { 80 }', 'meta l4proto tcp tcp dport 80');

  test.each([
    ['the same text', ruleset('80'), ruleset('80'), []],
    ['proved rule by rule', ruleset('80'), spelt, []],
    ['others, in both families', ruleset('80'), ruleset('443'), []],
    ['others, and one packet', ruleset('80'), ruleset('443'), asked],
    ['the same, and one packet', ruleset('80'), ruleset('80'), asked],
    ["kube-proxy's own", ruleset('80'), ruleset('443'), ['--scope', 'kube-proxy']],
    ['a dump and a ruleset', save, ruleset('80'), asked],
    ['entered otherwise', ruleset('80'), ruleset('80').replace('priority filter', 'priority raw'), asked],
    ['confirmed', ruleset('80'), spelt, ['--paranoid']],
  ])('of rules of nft: %s', async (_, before, after, args) => {
    const { status, out, err } = await kubenat(['diff', '--format', 'json', ...args, 'a', 'b'], {
      a: before,
      b: after,
    });
    expect(status, err).toBeLessThan(2);
    const told = JSON.parse(out);
    fits(told);
    expect(fits.errors).toBeNull();
    const { same, ...less } = told.families[0];
    expect(fits({ families: [less] })).toBe(false);
  });

  test('the outcomes of a packet are those of trace', () => {
    const outcome = (command: string) =>
      JSON.parse(readFileSync(join(import.meta.dirname, `../docs/${command}.schema.json`), 'utf8'))
        .definitions.outcome;
    expect(outcome('diff')).toEqual(outcome('trace'));
  });

  test('what does not fit is told', () => {
    expect(fits({ same: true, status: 0 })).toBe(false);
  });
});
