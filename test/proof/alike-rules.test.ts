import { describe, expect, test } from 'vitest';
import { NftProgram } from '../../src/engine/lower/nftables/program.ts';
import { lowerRuleset } from '../../src/engine/program.ts';
import { readRules } from '../../src/iptables/pasted/read.ts';
import { readNft } from '../../src/nftables/read/read.ts';
import { provesSame, sameEntries } from '../../src/proof/alike/rules.ts';

const head = '*filter\n:FORWARD ACCEPT [0:0]\n:A - [0:0]\n:B - [0:0]\n';

function isProved(rule: string, ...nft: readonly string[]): boolean {
  const { ruleset } = readRules({ name: 'dump', text: `${head}-A FORWARD ${rule}\nCOMMIT\n` }, {});
  const own = lowerRuleset(ruleset).chains.get('filter/FORWARD')?.rules[0];
  const text = `table ip filter {\nchain A {\n}\nchain B {\n}\nchain FORWARD {\n${nft.join('\n')}\n}\n}\n`;
  const { ruleset: read, problems } = readNft({ name: 'nft', text });
  expect(problems).toEqual([]);
  const others = new NftProgram(read, 'ipv4').chains.get('ip filter/FORWARD')?.rules ?? [];
  if (!own) throw new Error('there is no rule');
  return provesSame(own, others, 'ipv4', new Map());
}

/** A rule, what iptables-restore-translate or a slip would make of it, and what it is. */
const wrong: readonly (readonly [rule: string, slip: readonly string[], right: readonly string[]])[] = [
  [
    '-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
    ['ct status dnat drop'],
    ['ct state { invalid, untracked } drop', 'ct state new ct status & dnat == 0 drop'],
  ],
  // Without an entry of conntrack `ct status` ends the rule.
  [
    '-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
    ['ct state != { established, related } ct status & dnat == 0 drop'],
    [
      'ct state { invalid, untracked, new } ct state invalid,untracked drop',
      'ct state new ct status & dnat == 0 drop',
    ],
  ],
  ['-p tcp -j DROP', ['drop'], ['ip protocol tcp drop']],
  ['-p tcp -m tcp --dport 80 -j DROP', ['tcp dport 81 drop'], ['tcp dport 80 drop']],
  ['-p tcp -m tcp --dport 80 -j DROP', ['th dport 80 drop'], ['meta l4proto tcp th dport 80 drop']],
  ['-s 10.0.0.0/8 -j A', ['ip saddr 10.0.0.0/8 jump B'], ['ip saddr 10.0.0.0/8 jump A']],
  ['-s 10.0.0.0/8 -j A', ['ip saddr 10.0.0.0/8 goto A'], ['ip saddr & 255.0.0.0 == 10.0.0.0 jump A']],
  // A packet may take both.
  [
    '-p tcp -m multiport --ports 80 -j A',
    ['tcp sport 80 jump A', 'tcp dport 80 jump A'],
    ['tcp sport 80 jump A', 'tcp sport != 80 tcp dport 80 jump A'],
  ],
  // What the first one does leads a packet into the second one.
  [
    '-m mark --mark 0x0/0x3 -j MARK --set-xmark 0x1/0x3',
    ['meta mark & 0x1 == 0 meta mark & 0x2 == 0 meta mark set meta mark | 0x3'],
    ['meta mark & 0x1 == 0 meta mark & 0x2 == 0 meta mark set meta mark & 0xfffffffc ^ 0x1'],
  ],
  [
    '-j MARK --set-xmark 0x1/0x1',
    [
      'meta mark & 0x1 == 0 meta mark set meta mark | 0x1',
      'meta mark & 0x1 == 1 meta mark set meta mark | 0x1',
    ],
    ['meta mark set meta mark | 0x1'],
  ],
  [
    '-m statistic --mode random --probability 0.5 -j DROP',
    ['numgen random mod 3 == 0 drop'],
    ['numgen random mod 2 < 1 drop'],
  ],
  [
    '-m statistic --mode nth --every 3 --packet 1 -j DROP',
    ['numgen inc mod 3 == 0 drop'],
    ['numgen inc mod 3 == 1 drop'],
  ],
  ['-j REJECT', ['drop'], ['reject']],
  ['-m ttl --ttl-eq 5 -j DROP', [], ['ip ttl 5 drop']],
  ['-m recent --set -j DROP', ['drop'], []],
];

describe('a translation is proved where it does the same, and not else', () => {
  test.each(wrong)('%s', (rule, slip, right) => {
    expect(isProved(rule, ...slip)).toBe(false);
    if (right.length > 0) expect(isProved(rule, ...right)).toBe(true);
  });

  test('where chains are entered counts', () => {
    const { ruleset } = readRules({ name: 'dump', text: `${head}COMMIT\n` }, {});
    const entries = (base: string) =>
      sameEntries(
        lowerRuleset(ruleset),
        new NftProgram(
          readNft({ name: 'nft', text: `table ip filter {\nchain FORWARD {\n${base}\n}\n}\n` }).ruleset,
          'ipv4',
        ),
        (table, chain) => `ip ${table}/${chain}`,
      );
    expect(entries('type filter hook forward priority 0; policy accept;')).toBe(true);
    expect(entries('type filter hook forward priority 1; policy accept;')).toBe(false);
    expect(entries('type filter hook forward priority 0; policy drop;')).toBe(false);
    expect(entries('type filter hook input priority 0; policy accept;')).toBe(false);
  });
});
