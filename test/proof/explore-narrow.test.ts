import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../src/address/address.ts';
import type { Branch } from '../../src/engine/branch.ts';
import { buildProgram, type ProgramChain } from '../../src/engine/program.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { indexOf, narrowTo } from '../../src/proof/explore/narrow.ts';
import { has, type IntervalSet, intersect, interval, union } from '../../src/sets/intervals.ts';

function chainOf(rules: readonly string[], family: 'ipv4' | 'ipv6' = 'ipv4'): ProgramChain {
  const lines = ['*filter', ':LONG - [0:0]', ...rules.map((rule) => `-A LONG ${rule}`), 'COMMIT', ''];
  const { ruleset } = readDump({ name: 'a', text: lines.join('\n') }, { family });
  return buildProgram(ruleset).chains.get('filter/LONG') as ProgramChain;
}

const times = <T>(count: number, of: (index: number) => T) =>
  Array.from({ length: count }, (_, at) => of(at));
const byAddress = (at: number) => `-d 10.0.0.${at}/32 -j DROP`;
const byPort = (at: number) => `-p tcp -m tcp --dport ${1000 + at} -j DROP`;
const byNeither = (at: number) => `-s 10.1.0.${at}/32 -j DROP`;
const ipv4 = (text: string) => parseAddress(text) as number;

const branchTo = (destination: number | bigint, destinationPort: number | null = null) =>
  ({ destination, destinationPort }) as Branch;
/** The numbers of the rules that are left, from 1. */
const numbersFor = (chain: ProgramChain, branch: Branch) => {
  const index = indexOf(chain);
  if (!index) throw new Error('the chain is not sorted');
  return narrowTo(chain, index, branch).chain.rules.map(({ number }) => number);
};

describe('a chain is sorted', () => {
  test('where it has more than 24 rules', () => {
    expect(indexOf(chainOf(times(24, byAddress)))).toBeNull();
    expect(indexOf(chainOf(times(25, byAddress)))).not.toBeNull();
  });

  test('once', () => {
    const chain = chainOf(times(30, byAddress));
    const index = indexOf(chain);
    expect(indexOf(chain)).toBe(index);
    const short = chainOf(times(3, byAddress));
    expect([indexOf(short), indexOf(short)]).toEqual([null, null]);
  });

  test('unless more than half of its rules ask for something else', () => {
    const mixed = (other: number) =>
      indexOf(chainOf([...times(30 - other, byAddress), ...times(other, byNeither)]));
    expect(mixed(14)?.others).toHaveLength(14);
    expect(mixed(15)?.others).toHaveLength(15);
    expect(mixed(16)).toBeNull();
    expect(mixed(30)).toBeNull();
  });

  test.each([
    ['destination', 20, 10],
    ['destinationPort', 10, 20],
    ['destination', 15, 15],
  ])('by the %s, for which more rules ask', (dimension, addresses, ports) => {
    const index = indexOf(chainOf([...times(addresses, byAddress), ...times(ports, byPort)]));
    expect(index?.dimension).toBe(dimension);
    expect(index?.exact.size).toBe(Math.max(addresses, ports));
    expect(index?.others).toHaveLength(Math.min(addresses, ports));
  });
});

describe('a rule is found by its destination', () => {
  const rest = times(40, (at) => byAddress(at + 100));
  const others = (rule: string, family?: 'ipv6') =>
    indexOf(chainOf([rule, ...(family ? times(40, (at) => `-d fd00::1:${at}/128 -j DROP`) : rest)], family))
      ?.others;

  test.each([
    '-d 10.0.0.1/32 -j DROP',
    '-s 10.9.9.0/24 -d 10.0.0.1/32 -j DROP',
    '-d 10.0.0.1/32 -p tcp -m tcp --dport 80 -j DROP',
  ])('as %s', (rule) => expect(others(rule)).toEqual([]));

  test.each([
    '! -d 10.0.0.1/32 -j DROP',
    '-d 10.0.0.0/31 -j DROP',
    '-d 10.0.0.0/24 -j DROP',
    '-s 10.0.0.1/32 -j DROP',
    '-j DROP',
  ])('but not %s', (rule) => expect(others(rule)).toEqual([0]));

  test('in IPv6, too', () => {
    expect(others('-d fd00::9/128 -j DROP', 'ipv6')).toEqual([]);
    expect(others('-d fd00::/64 -j DROP', 'ipv6')).toEqual([0]);
    expect(others('! -d fd00::9/128 -j DROP', 'ipv6')).toEqual([0]);
  });
});

describe('a rule is found by its port', () => {
  const others = (rule: string) => indexOf(chainOf([rule, ...times(40, byPort)]))?.others;

  test.each([
    '-p tcp -m tcp --dport 80 -j DROP',
    '-p udp -m udp --dport 80 -j DROP',
    '-p sctp -m sctp --dport 80 -j DROP',
    '-p dccp -m dccp --dport 80 -j DROP',
    '-p tcp -m comment --comment "ns/svc" -m tcp --dport 80 -j DROP',
    '-d 10.0.0.0/8 -p tcp -m tcp --dport 80 -j DROP',
    '-p tcp -m tcp --dport 80 -m limit --limit 1/sec -j DROP',
  ])('as %s', (rule) => expect(others(rule)).toEqual([]));

  test.each([
    '-j DROP',
    '-p tcp -j DROP',
    '-p icmp -j DROP',
    '-p tcp -m tcp --sport 80 -j DROP',
    '-p tcp -m tcp ! --dport 80 -j DROP',
    '-p tcp -m tcp --dport 80:81 -j DROP',
    '-p tcp -m multiport --dports 80 -j DROP',
    '-s 10.0.0.0/8 -p tcp -m tcp --dport 80 -j DROP',
    '-p tcp -m recent --set --name seen --mask 255.255.255.255 --rsource -m tcp --dport 80 -j DROP',
    '-p tcp -m limit --limit 1/sec -m tcp --dport 80 -j DROP',
  ])('but not %s', (rule) => expect(others(rule)).toEqual([0]));
});

/** All that there is is divided among the values that rules ask for, and the rest. */
describe('what no rule asks for is the rest', () => {
  const check = (rest: IntervalSet | undefined, asked: readonly (number | bigint)[], full: IntervalSet) => {
    const exact = union(...asked.map((value) => interval(value, value)));
    expect(intersect(rest ?? [], exact)).toEqual([]);
    expect(union(rest ?? [], exact)).toEqual(full);
  };

  test('of 2^16 ports', () => {
    const ports = times(30, (at) => 1000 + at);
    check(indexOf(chainOf(times(30, byPort)))?.rest, ports, [0, 65535]);
  });

  test('of 2^32 addresses', () => {
    const addresses = times(30, (at) => ipv4(`10.0.0.${at}`));
    check(indexOf(chainOf(times(30, byAddress)))?.rest, addresses, [0, 2 ** 32 - 1]);
  });

  test('of 2^128 addresses', () => {
    const chain = chainOf(
      times(30, (at) => `-d fd00::${(at + 1).toString(16)}/128 -j DROP`),
      'ipv6',
    );
    const addresses = times(30, (at) => (0xfdn << 120n) + BigInt(at + 1));
    check(indexOf(chain)?.rest, addresses, [0n, 2n ** 128n - 1n]);
  });
});

describe('a packet is only shown rules that can match it', () => {
  const other = '-s 10.1.0.0/16 -j DROP';
  const rules = [
    ...times(20, byAddress),
    other,
    '-d 10.0.0.3/32 -p udp -j DROP',
    ...times(20, (at) => byAddress(at + 50)),
    other,
  ];

  test('in their order', () => {
    const chain = chainOf(rules);
    expect(numbersFor(chain, branchTo(ipv4('10.0.0.3')))).toEqual([4, 21, 22, 43]);
    expect(numbersFor(chain, branchTo(ipv4('10.0.0.69')))).toEqual([21, 42, 43]);
    expect(numbersFor(chain, branchTo(ipv4('192.0.2.1')))).toEqual([21, 43]);
  });

  test('and is alone with its value, or among all that no rule asks for', () => {
    const chain = chainOf(rules);
    const index = indexOf(chain) as NonNullable<ReturnType<typeof indexOf>>;
    const asked = ipv4('10.0.0.3');
    expect(narrowTo(chain, index, branchTo(asked))).toMatchObject({
      dimension: 'destination',
      within: [asked, asked],
    });
    const { within } = narrowTo(chain, index, branchTo(ipv4('192.0.2.1')));
    expect(within).toEqual(index.rest);
    expect([has(within, ipv4('192.0.2.1')), has(within, asked)]).toEqual([true, false]);
  });

  test('by one list for all that see the same', () => {
    const chain = chainOf(rules);
    const index = indexOf(chain) as NonNullable<ReturnType<typeof indexOf>>;
    const listFor = (text: string) => narrowTo(chain, index, branchTo(ipv4(text))).chain;
    expect(listFor('10.0.0.3')).toBe(listFor('10.0.0.3'));
    expect(listFor('192.0.2.1')).toBe(listFor('203.0.113.1'));
    expect(listFor('10.0.0.3')).not.toBe(listFor('10.0.0.4'));
    expect(listFor('10.0.0.3')).toMatchObject({ table: 'filter', name: 'LONG', policy: null });
  });

  test('by its port; without one, by none that asks for a port', () => {
    const chain = chainOf([...times(30, byPort), other]);
    expect(numbersFor(chain, branchTo(ipv4('10.0.0.3'), 1004))).toEqual([5, 31]);
    expect(numbersFor(chain, branchTo(1004, 9))).toEqual([31]);
    expect(numbersFor(chain, branchTo(ipv4('10.0.0.3'), null))).toEqual([31]);
    const index = indexOf(chain) as NonNullable<ReturnType<typeof indexOf>>;
    expect(narrowTo(chain, index, branchTo(1004, 1007))).toMatchObject({
      dimension: 'destinationPort',
      within: [1007, 1007],
    });
  });

  test('by the address 0, as by any other', () => {
    const chain = chainOf(['-d 0.0.0.0/32 -j DROP', ...times(30, byAddress)]);
    expect(numbersFor(chain, branchTo(0))).toEqual([1]);
    expect(numbersFor(chain, branchTo(1))).toEqual([]);
  });
});
