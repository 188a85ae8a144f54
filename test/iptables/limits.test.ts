import { expect, test } from 'vitest';
import { readDump } from '../../src/iptables/dump/read.ts';

const read = (line: string) =>
  readDump({ name: 'rules', text: `*filter\n:FORWARD ACCEPT [0:0]\n${line}\nCOMMIT\n` });

/** Asked of iptables-restore 1.8.9, both back ends: 10,239 bytes and 251 words are taken, more are not. */
test.each([
  ['a comment', (size: number) => `#${'x'.repeat(size - 1)}`],
  ['a rule with blanks', (size: number) => `-A FORWARD${' '.repeat(size - 20)} -j ACCEPT`],
  ['bytes, not characters', (size: number) => `#${'ü'.repeat((size - 1) / 2)}`],
])('a line has 10,239 bytes at most: %s', (_, lineOf) => {
  expect(() => read(lineOf(10_239))).not.toThrow();
  expect(() => read(lineOf(10_241))).toThrow('longer than iptables-restore reads');
});

test('a rule of almost as many bytes is there', () => {
  const { ruleset } = read(`-A FORWARD${' '.repeat(10_000)} -j ACCEPT`);
  expect(ruleset.tables[0]?.chains.get('FORWARD')?.rules).toHaveLength(1);
});

test.each(['', '[1:2] '])('a rule has 251 words at most: %s-A', (counters) => {
  const rule = (start: string) =>
    `${counters}-A FORWARD ${start}${'-m comment --comment a '.repeat(61)}-j ACCEPT`;
  expect(() => read(rule('-4 -s 10.0.0.1 '))).not.toThrow();
  expect(() => read(rule('-s 10.0.0.1 -d 10.0.0.1 '))).toThrow('a rule of 252 words');
});
