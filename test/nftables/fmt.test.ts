import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from '../cli/harness.ts';

const read = (name: string) => readFileSync(join(fixtures, 'nftables/loaded', name), 'utf8');

test('fmt prints a ruleset as nft lists it', async () => {
  const files = { rules: read('firewall.nft') };
  expect(await kubenat(['fmt', 'rules'], files)).toMatchObject({ status: 0, out: read('firewall.listed') });
  expect(await kubenat(['fmt', '--check', 'rules'], files)).toMatchObject({ status: 1, out: 'rules\n' });
  const listed = { rules: read('translation.listed') };
  expect(await kubenat(['fmt', '--check', 'rules'], listed)).toMatchObject({ status: 0, out: '' });
});

test('a mistake has its place, and nothing is printed', async () => {
  const rules = 'table ip t {\n\tchain c {\n\t\tip saddr 1.2.3.400 drop\n\t}\n}\n';
  const { status, out, err } = await kubenat(['fmt', 'rules'], { rules });
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toMatch(/rules:3:12: error\[nft-syntax\]/);
});

// Where nft 1.0.6 finds the first of its errors, too.
test.each([
  ['table ip t {\n chain c {\n  foo "a"b"\n }\n}\n', '3:11'],
  ['table ip t {\n chain c {\n  accept "\n }\n}\n', '3:10'],
  ['table ip t {\n set s { type ipv4_addr; elements = { 1.2.3.4 comment "a } }\n}\n', '2:55'],
  ['table ip t {\n chain c {\n  tcp dport 80 accept comment "a\n  drop\n }\n}\n', '3:31'],
  ['define x = "abc\ntable ip t { }\n', '1:12'],
  ['table ip t {\n counter "\n chain c { accept\n }\n}', '2:10'],
])('a quote that none closes is a mistake with its place: %j', async (rules, place) => {
  const { status, out, err } = await kubenat(['fmt', 'rules'], { rules });
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toMatch(new RegExp(`^rules:${place}: error\\[nft-syntax\\]: a string has no end`));
});

test('lines that a terminal broke are one mistake, and not one each', async () => {
  const name = 'service-ABCDEFGH-default/web/tcp/http';
  const map = `\t\tip daddr . meta l4proto . th dport vmap { 198.51.100.10 . tcp . 80 : goto ${name}, 198.51.100.11 . tcp . 80 : goto ${name} }`;
  const wide = (line: string) =>
    line
      .replaceAll('\t', ' '.repeat(8))
      .match(/.{1,80}/g)
      ?.join('\n');
  const rules = `table ip t {\n\tchain c {\n${wide(map)}\n\t}\n\tchain ${name} {\n\t}\n}\n`;
  const { status, err } = await kubenat(['fmt', 'rules'], { rules });
  expect(status).toBe(2);
  expect(err.match(/error/g)).toEqual(['error']);
  expect(err).toMatch(/^rules:4:1: error\[nft-syntax\]: lines are broken at 80 columns/);
});

test('a rule that is refused beside long commands of their own is told for what it is', async () => {
  const elements = Array.from({ length: 8 }, (_, at) => `10.0.0.${at + 1}`).join(', ');
  const rules = `table ip t {\n\tchain c {\n\t\tct original ip6 saddr ::1 drop\n\t}\n}\ninsert rule ip t c ip saddr { ${elements} } ip daddr 10.0.0.1 drop\nrule ip t c ip saddr 10.0.0.9 drop\n`;
  const { status, err } = await kubenat(['fmt', 'rules'], { rules });
  expect(status).toBe(2);
  expect(err).toMatch(/^rules:3:3: error\[nft-refused\]: ct ip6 saddr contradicts ip/);
});
