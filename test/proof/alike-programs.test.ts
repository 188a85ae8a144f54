import { describe, expect, test } from 'vitest';
import { NftProgram } from '../../src/engine/lower/nftables/program.ts';
import { readNft } from '../../src/nftables/read/read.ts';
import { compareAlike } from '../../src/proof/alike/programs.ts';

function program(...chains: readonly string[]) {
  const text = `table ip t {\n${chains.join('\n')}\n}\n`;
  const { ruleset, problems } = readNft({ name: 'nft', text });
  expect(problems).toEqual([]);
  return new NftProgram(ruleset, 'ipv4');
}

const chain = (name: string, ...rules: readonly string[]) => `chain ${name} {\n${rules.join('\n')}\n}`;
const forward = 'type filter hook forward priority 0; policy accept;';
const input = 'type filter hook input priority 0; policy accept;';

type Side = readonly string[];

/** Two sides, and whether they are proved to be the same. */
const pairs: readonly (readonly [what: string, left: Side, right: Side, same: boolean])[] = [
  [
    'chains of other names',
    [chain('a', 'ip ttl 5 drop'), chain('f', forward, 'tcp dport 80 jump a')],
    [chain('b', 'ip ttl 5 drop'), chain('g', forward, 'tcp dport 80 jump b')],
    true,
  ],
  [
    'what a called chain does counts',
    [chain('a', 'ip ttl 5 drop'), chain('f', forward, 'tcp dport 80 jump a')],
    [chain('a', 'ip ttl 6 drop'), chain('f', forward, 'tcp dport 80 jump a')],
    false,
  ],
  [
    'one chain for two',
    [
      chain('a', 'drop'),
      chain('b', 'accept'),
      chain('f', forward, 'tcp dport 80 jump a', 'tcp dport 81 jump b'),
    ],
    [chain('a', 'drop'), chain('f', forward, 'tcp dport 80 jump a', 'tcp dport 81 jump a')],
    false,
  ],
  [
    'a rule that is split, and one that only counts',
    [chain('f', forward, 'tcp dport { 80, 81 } drop', 'counter')],
    [chain('f', forward, 'tcp dport 80 drop', 'tcp dport 81 drop')],
    true,
  ],
  [
    'the same the other way round',
    [chain('f', forward, 'tcp dport 80 drop', 'tcp dport 81 drop')],
    [chain('f', forward, 'tcp dport { 80, 81 } drop')],
    true,
  ],
  ['a rule more', [chain('f', forward, 'drop')], [chain('f', forward, 'tcp dport 80 accept', 'drop')], false],
  [
    'a rule less at the end',
    [chain('f', forward, 'tcp dport 80 drop', 'drop')],
    [chain('f', forward, 'tcp dport 80 drop')],
    false,
  ],
  ['another hook', [chain('f', forward, 'drop')], [chain('f', input, 'drop')], false],
  ['another policy', [chain('f', forward)], [chain('f', forward.replace('accept', 'drop'))], false],
  ['another priority', [chain('f', forward, 'drop')], [chain('f', forward.replace('0', '1'), 'drop')], false],
  [
    'a chain that does nothing',
    [chain('f', forward, 'drop')],
    [chain('f', forward, 'drop'), chain('i', input, 'counter')],
    true,
  ],
  [
    'chance among chains that differ',
    [
      chain('a', 'drop'),
      chain('b'),
      chain('f', forward, 'numgen random mod 2 vmap { 0 : goto a, 1 : goto b }'),
    ],
    [
      chain('a'),
      chain('b', 'drop'),
      chain('f', forward, 'numgen random mod 2 vmap { 0 : goto a, 1 : goto b }'),
    ],
    false,
  ],
  [
    'chance among the same chains',
    [
      chain('a', 'drop'),
      chain('b'),
      chain('f', forward, 'numgen random mod 2 vmap { 0 : goto a, 1 : goto b }'),
    ],
    [
      chain('b'),
      chain('a', 'meta l4proto 0-255 drop'),
      chain('f', forward, 'numgen random mod 2 vmap { 0 : goto a, 1 : goto b }'),
    ],
    true,
  ],
  [
    'a map of verdicts',
    [chain('a', 'ip ttl 5 drop'), chain('f', forward, 'tcp dport vmap { 80 : jump a, 81 : drop }')],
    [chain('a', 'ip ttl 5 counter drop'), chain('f', forward, 'tcp dport vmap { 80 : jump a, 81 : drop }')],
    true,
  ],
  [
    'a map that leads to another chain',
    [chain('a', 'ip ttl 5 drop'), chain('f', forward, 'tcp dport vmap { 80 : jump a, 81 : drop }')],
    [chain('a', 'ip ttl 6 drop'), chain('f', forward, 'tcp dport vmap { 80 : jump a, 81 : drop }')],
    false,
  ],
  [
    'a map with another verdict',
    [chain('f', forward, 'tcp dport vmap { 80 : accept, 81 : drop }')],
    [chain('f', forward, 'tcp dport vmap { 80 : drop, 81 : drop }')],
    false,
  ],
  [
    'what is asked anew of a mark that was given',
    [chain('f', forward, 'meta mark 1 meta mark set tcp dport map { 80 : 1, 81 : 2 } meta mark 1 drop')],
    [chain('f', forward, 'meta mark 1 meta mark set tcp dport map { 80 : 1, 81 : 2 } drop')],
    false,
  ],
  [
    'what extensions ask, of which nft lists the name alone',
    [chain('f', forward, 'xt match "recent" drop')],
    [chain('f', forward, 'xt match "recent" drop', 'counter')],
    false,
  ],
  [
    'a set that time empties, beside its elements',
    [
      'set s {\ntype ipv4_addr\ntimeout 1h\nelements = { 192.0.2.1 }\n}',
      chain('f', forward, 'ip saddr @s drop'),
    ],
    [chain('f', forward, 'ip saddr 192.0.2.1 drop')],
    false,
  ],
  [
    'an element that time takes away',
    [
      'map m {\ntype ipv4_addr : verdict\nflags timeout\nelements = { 192.0.2.1 timeout 1h : drop }\n}',
      chain('f', forward, 'ip saddr vmap @m'),
    ],
    [chain('f', forward, 'ip saddr vmap { 192.0.2.1 : drop }')],
    false,
  ],
  [
    'a set of as many elements as it is written',
    ['set s {\ntype ipv4_addr\nelements = { 192.0.2.1 }\n}', chain('f', forward, 'ip saddr @s drop')],
    [chain('f', forward, 'ip saddr 192.0.2.1 drop')],
    true,
  ],
  [
    'a helper that is given to connections',
    [
      'ct helper h {\ntype "ftp" protocol tcp\nl3proto ip\n}',
      chain('f', forward, 'ct helper set "h"', 'counter'),
    ],
    [chain('f', forward, 'counter')],
    false,
  ],
  [
    'timeouts that are given to connections',
    [
      'ct timeout h {\nprotocol udp\nl3proto ip\npolicy = { unreplied : 10s }\n}',
      chain('f', forward, 'ct timeout set "h"'),
    ],
    [
      'ct timeout h {\nprotocol udp\nl3proto ip\npolicy = { unreplied : 20s }\n}',
      chain('f', forward, 'ct timeout set "h"'),
    ],
    false,
  ],
  ['copies', [chain('f', forward, 'dup to 192.0.2.1')], [chain('f', forward, 'dup to 192.0.2.2')], false],
  [
    'what is written down',
    [chain('f', forward, 'ip ttl 5 log prefix "x" drop')],
    [chain('f', forward, 'ip ttl 5 counter drop')],
    true,
  ],
  [
    'limits',
    [chain('f', forward, 'limit rate 5/second drop')],
    [chain('f', forward, 'limit rate 5/second counter drop')],
    true,
  ],
  [
    'limits of two chains that were one',
    [
      chain('a', '', 'limit rate 5/second drop'),
      chain('f', forward, 'tcp dport 80 jump a', 'tcp dport 81 jump a'),
    ],
    [
      chain('a', '', 'limit rate 5/second drop'),
      chain('b', '', 'limit rate 5/second drop'),
      chain('f', forward, 'tcp dport 80 jump a', 'tcp dport 81 jump b'),
    ],
    false,
  ],
  [
    'a limit that others ask, too',
    [chain('f', forward, 'tcp dport { 80, 81 } limit rate 5/second drop')],
    [chain('f', forward, 'tcp dport 80 limit rate 5/second drop', 'tcp dport 81 limit rate 5/second drop')],
    false,
  ],
  [
    'a limit that others come to',
    [chain('f', forward, 'tcp dport 80 accept', 'limit rate 5/second drop')],
    [chain('f', forward, 'tcp dport 81 accept', 'limit rate 5/second drop')],
    false,
  ],
];

describe('programs laid side by side', () => {
  test.each(pairs)('%s', (_what, left, right, same) => {
    expect(compareAlike(program(...left), program(...right)).same).toBe(same);
    expect(compareAlike(program(...right), program(...left)).same).toBe(same);
  });

  test('where they part is told', () => {
    const { chains } = compareAlike(
      program(chain('f', forward, 'tcp dport 80 drop', 'tcp dport 81 drop')),
      program(chain('f', forward, 'tcp dport 80 drop', 'tcp dport 82 drop')),
    );
    expect(chains.map(({ apart }) => [apart?.left?.number, apart?.right?.number])).toEqual([[2, 2]]);
  });
});
