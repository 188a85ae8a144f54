import { expect, test } from 'vitest';
import { withProgress } from '../../src/cli/progress.ts';
import { readDump } from '../../src/iptables/dump/read.ts';

const long = {
  name: 'long',
  text: `*filter\n:INPUT ACCEPT [0:0]\n${'-A INPUT -j ACCEPT\n'.repeat(45_000)}COMMIT\n`,
};

test('a long read says how far it is, ever farther', () => {
  const said: number[] = [];
  readDump(long, { progress: (done) => said.push(done) });
  expect(said).toHaveLength(4);
  expect(said).toEqual([...said].sort((left, right) => left - right));
  expect(said[0]).toBeGreaterThan(0.2);
  expect(said.at(-1)).toBeLessThanOrEqual(1);
});

test('a terminal shows it, and is wiped at the end, also where the text is refused', () => {
  const shown: string[] = [];
  const io = { progress: (text: string) => shown.push(text) };
  expect(withProgress(io, 'long', (progress) => progress?.(0.257), 0)).toBeUndefined();
  expect(shown).toEqual(['long: 25 %', '']);
  const fail = (progress?: (done: number) => void): never => {
    progress?.(1);
    throw new Error('refused');
  };
  expect(() => withProgress(io, 'long', fail, 0)).toThrow('refused');
  expect(shown.at(-1)).toBe('');
});

test('what is soon done shows nothing, nor does a pipe', () => {
  const shown: string[] = [];
  const io = { progress: (text: string) => shown.push(text) };
  withProgress(io, 'short', (progress) => progress?.(0.5), 60_000);
  expect(shown).toEqual([]);
  expect(withProgress({}, 'long', (progress) => progress)).toBeUndefined();
});
