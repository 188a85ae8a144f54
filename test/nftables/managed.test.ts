import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadNft } from '../../src/nftables/check/load.ts';
import { printRuleset } from '../../src/nftables/print/tables.ts';
import { isNft } from '../../src/nftables/read/recognise.ts';
import { want } from '../../src/text/expected.ts';
import { fixtures } from '../cases.ts';

// What nft 1.0.6 listed of tables that iptables-nft-restore had loaded.

const text = readFileSync(join(fixtures, 'nftables/managed/iptables.nft'), 'utf8');

test('rules of iptables stay as nft listed them, and what it does not tell is warned of', () => {
  const { ruleset, problems } = loadNft({ name: 'listing', text });
  expect(printRuleset(ruleset)).toBe(text);
  expect(problems.map(({ code, severity, expected }) => [code, severity, expected])).toEqual([
    ['nft-lost', 'warning', want.printed('iptables-save')],
  ]);
});

test('the same words in a table of one’s own are spelled as nft does', () => {
  const own = text.replace(/table ip (\w+)/g, 'table ip my_$1').replace(/.*xt match.*\n/g, '');
  const printed = printRuleset(loadNft({ name: 'text', text: own }).ruleset);
  expect(text).toContain('  counter');
  expect(printed).not.toContain('  counter');
});

test.each([
  'table ip t {\n}\n',
  '# a comment\n\nadd table t\n',
  'list ruleset\n',
  'redefine X = 1\n',
  'counter ip t c\n',
  '{"nftables": [{"metainfo": {"version": "1.0.6"}}]}\n',
])('is for nft: %s', (own) => {
  expect(isNft(own)).toBe(true);
});

test.each(['*filter\nCOMMIT\n', 'iptables -A INPUT -j DROP\n', '{"kind": "List"}\n', 'counters\n'])(
  'is not for nft: %s',
  (own) => {
    expect(isNft(own)).toBe(false);
  },
);
