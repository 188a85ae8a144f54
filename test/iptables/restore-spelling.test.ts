import { describe, expect, it } from 'vitest';
import type { Family } from '../../src/address/address.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { writeDump } from '../../src/iptables/dump/write.ts';
import { expectedOf, rulesIn, spellingRows, spellingTopics } from './spellings.ts';

/** Printed by iptables-save so that only quotes would keep it together, or so that iptables refuses it. */
const unreadable = / -[io] a b | --name a b |days {2}| --cluster-local-nodemask 0x80000000 /;

const rows = spellingTopics.flatMap(spellingRows);

function linesOf(family: Family, table: string): string[] {
  const some = rows.filter((row) => row.family === family && row.table === table);
  const lines = some.flatMap((row) => expectedOf(row, 'nft') ?? []).filter((line) => !unreadable.test(line));
  // Others jump to UC, where all of these together must not be reached.
  return lines.map((line) => line.replace(/^-A UC/, '-A OWN'));
}

const families = ['ipv4', 'ipv6'] as const;
const tables = [...new Set(rows.map(({ table }) => table))];

const restored = (text: string, family: Family) =>
  writeDump(readDump({ name: 'save', text }, { family }).ruleset, { spelling: 'restore' });

describe.each(families)('%s', (family) => {
  it.each(tables)('every recorded rule of %s loads as the same rule from the restore spelling', (table) => {
    const lines = linesOf(family, table);
    const text = restored(`*${table}\n:UC - [0:0]\n:OWN - [0:0]\n${lines.join('\n')}\nCOMMIT\n`, family);
    const again = writeDump(readDump({ name: 'restore', text }, { family }).ruleset);
    expect(rulesIn(again).sort()).toEqual(lines.sort());
  });
});

/** kube-proxy's own words, as its recordings in fixtures/conformance have them, and what it has no words of its own for. */
describe('the restore spelling', () => {
  it.each<[saved: string, restored?: string]>([
    ['-m mark --mark 0x4000/0x4000', '-m mark --mark 0x00004000/0x00004000'],
    ['-m mark ! --mark 0x4000/0x4000', '-m mark ! --mark 0x00004000/0x00004000'],
    ['-j MARK --set-xmark 0x4000/0x4000', '-j MARK --or-mark 0x00004000'],
    ['-j MARK --set-xmark 0x4000/0x0', '-j MARK --xor-mark 0x00004000'],
    ['-j MARK --set-xmark 0x1/0x3'],
    ['-j MARK --set-xmark 0x0/0x4000'],
    [
      '-m statistic --mode random --probability 0.33333333349',
      '-m statistic --mode random --probability 0.3333333333',
    ],
    [
      '-m statistic --mode random ! --probability 0.50000000000',
      '-m statistic --mode random ! --probability 0.5000000000',
    ],
    ['-m statistic --mode random --probability 0.29999999981'],
    ['-m statistic --mode nth --every 3 --packet 1'],
    [
      '-m recent --rcheck --seconds 10800 --reap --name X --mask 255.255.255.255 --rsource',
      '-m recent --name X --rcheck --seconds 10800 --reap',
    ],
    ['-m recent --set --name X --mask 255.255.255.255 --rsource', '-m recent --name X --set'],
    ['-m recent ! --rcheck --name X --mask 255.255.255.255 --rsource', '-m recent --name X ! --rcheck'],
    ['-m recent --set --name X --mask 255.255.255.0 --rsource'],
    ['-m recent --set --name X --mask 255.255.255.255 --rdest'],
    ['-m nfacct --nfacct-name  foo', '-m nfacct --nfacct-name foo'],
    ['-m comment --comment "a/b:c"', '-m comment --comment a/b:c'],
    ['-m comment --comment "a b"'],
    ['-m comment --comment "it\\\'s"'],
    ['-m comment --comment ""'],
    ['-j REJECT --reject-with icmp-port-unreachable', '-j REJECT'],
    ['-j REJECT --reject-with icmp-host-unreachable'],
    ['-s 10.0.0.1/32 -d 10.0.0.0/8 -i a -o b', '-d 10.0.0.0/8 -s 10.0.0.1 -i a -o b'],
    ['! -s 10.0.0.1/32 ! -d 10.0.0.2/32', '! -d 10.0.0.2 ! -s 10.0.0.1'],
    [
      '-s 10.0.0.1/32 -p tcp -m tcp ! --sport 1 --dport 80',
      '-m tcp -p tcp ! --sport 1 --dport 80 -s 10.0.0.1',
    ],
    ['-d 10.0.0.1/32 -p udp -m udp --dport 53', '-m udp -p udp -d 10.0.0.1 --dport 53'],
    ['! -i a -p tcp -m tcp -j ACCEPT', '-m tcp -p tcp ! -i a -j ACCEPT'],
    ['-f -m comment --comment x', '-m comment --comment x -f'],
    [
      '-p tcp -m addrtype --dst-type LOCAL -m comment --comment x -m tcp --dport 80 -m mark --mark 0x1/0x1 -j ACCEPT',
      '-m addrtype --dst-type LOCAL -m comment --comment x -m tcp -p tcp --dport 80 -m mark --mark 0x00000001/0x00000001 -j ACCEPT',
    ],
    [
      '-p tcp -m mark --mark 0x1/0x1 -m comment --comment x',
      '-p tcp -m mark --mark 0x00000001/0x00000001 -m comment --comment x',
    ],
  ])('of %s', (saved, expected = saved) => {
    const text = `*filter\n:UC - [0:0]\n-A UC ${saved}\nCOMMIT\n`;
    expect(rulesIn(restored(text, 'ipv4'))).toEqual([`-A UC ${expected}`]);
    const again = readDump({ name: 'restore', text: restored(text, 'ipv4') }, { family: 'ipv4' });
    expect(rulesIn(writeDump(again.ruleset))).toEqual([`-A UC ${saved}`]);
  });
});
