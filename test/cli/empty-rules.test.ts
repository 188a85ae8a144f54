import { expect, test } from 'vitest';
import { kubenat } from './harness.ts';

const rules = '*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
const packet = 'tcp 198.51.100.7:40000 -> 192.0.2.10:22 from external';

/** A node without rules prints nothing, and so does a command that failed: which of them it was, nobody knows. */
test.each([
  ['diff', 'full.save', 'empty.save'],
  ['diff', 'empty.save', 'full.save'],
  ['trace', '--rules', 'empty.save', '--packet', packet],
  ['translate', 'empty.save'],
])('%s %s %s says what rules are taken to be that hold nothing', async (...args) => {
  const { err } = await kubenat(args, { 'full.save': rules, 'empty.save': '\n' });
  expect(err).toContain('warning[input-empty]: empty.save is empty: it is taken for a node without rules');
});

test('explain of no service names none to choose from', async () => {
  const { status, err } = await kubenat(['explain', 'empty.yaml', 'shop/web'], { 'empty.yaml': '\n' });
  expect(status).toBe(2);
  expect(err).toContain('expected: files with Services');
});
