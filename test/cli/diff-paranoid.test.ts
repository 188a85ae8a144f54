import { expect, test } from 'vitest';
import { kubenat } from './harness.ts';

const rule = '-A FORWARD -d 10.244.1.5/32 -p tcp -m tcp --dport 80 -j DROP\n';
const dump = (rules: string) => `*filter\n:FORWARD ACCEPT [0:0]\n${rules}COMMIT\n`;

test('a proof is confirmed by a second procedure, and that is said', async () => {
  const { status, out } = await kubenat(['diff', '--paranoid', 'a', 'b'], {
    a: dump(rule),
    b: dump(rule + rule),
  });
  expect(status).toBe(0);
  expect(out).toMatch(/a second procedure walked \d+ packets, .* and found no other fate/);
});

test('whoever wants quiet has the exit status alone', async () => {
  const same = await kubenat(['diff', '--quiet', 'a', 'b'], { a: dump(rule), b: dump(rule + rule) });
  expect(same).toMatchObject({ status: 0, out: '' });
  const other = await kubenat(['diff', '--quiet', 'a', 'b'], { a: dump(rule), b: dump('') });
  expect(other).toMatchObject({ status: 1, out: '' });
});
