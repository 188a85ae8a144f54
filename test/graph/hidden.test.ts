import { expect, test } from 'vitest';
import { cases, readCase } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

const own = cases.find(({ id }) => id === 'named/node-port');
if (!own) throw new Error('the case is not there');
const whole = readCase(own, 'iptables.save');

const drawn = async (text: string) =>
  (await kubenat(['graph', '--format', 'mermaid', 'node.save'], { 'node.save': text })).out;

test('of a dump that breaks off the picture holds what it shows', async () => {
  const cut = whole.slice(0, whole.indexOf('-A KUBE-SEP-XQW') + 12);
  const out = await drawn(cut);
  expect(out).toContain('KUBE-SEP');
  expect(out).not.toMatch(/NOT-(?:SHOWN|READ)/);
});

test('a line that could not be read leads where it says', async () => {
  const unread = whole.replace(/--dport 30080(?= -j)/, '--dport 300800');
  expect(unread).not.toBe(whole);
  const [edges, others] = [await drawn(unread), await drawn(whole)].map(
    (out) => out.split('\n').filter((line) => line.includes('-->')).length,
  );
  expect(edges).toBe(others);
  expect(await drawn(unread)).not.toMatch(/NOT-(?:SHOWN|READ)/);
});

test('a unified diff shows it as it stands', async () => {
  const unread = whole.replace(/--dport 30080(?= -j)/, '--dport 300800');
  const { out } = await kubenat(['diff', '--format', 'unified', 'a.save', 'b.save'], {
    'a.save': whole,
    'b.save': unread,
  });
  expect(out).toMatch(/^\+.*-A KUBE-NODEPORTS .*--dport 300800 -j KUBE-EXT-/m);
  expect(out).not.toContain('NOT-READ');
});
