import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Family } from '../../src/address/address.ts';
import { assumeHost } from '../../src/proof/assume-host.ts';
import { comparePackets } from '../../src/proof/compare.ts';
import { load } from './small.ts';

interface Seen {
  readonly family: Family;
  readonly chain: string;
  readonly matches: readonly string[];
  readonly verdict: 'accept' | 'drop';
}

const file = new URL('../../fixtures/kernel-diffs/missing-parts/kernel.json', import.meta.url);
const seen = JSON.parse(readFileSync(file, 'utf8')) as readonly Seen[];

function isSame(family: Family, before: readonly string[], after: readonly string[]): boolean {
  const [left, right] = [before, after].map((rules) => load(rules.join('\n'), family));
  if (!left || !right) throw new Error('two are compared');
  return comparePackets(left, right, assumeHost(family, [], [left, right]).host).same;
}

const dump = (table: string, rules: readonly string[]) => [
  `*${table}`,
  ...(table === 'raw' ? [] : [':INPUT ACCEPT [0:0]', ':FORWARD ACCEPT [0:0]']),
  ...rules,
  'COMMIT',
];

/** Where the kernel let a packet pass, a match and its opposite are not all packets. */
test.each(seen.map((one) => [one.matches.join(' and '), one] as const))('%s', (_, one) => {
  const drops = (matches: readonly string[]) =>
    dump(
      'filter',
      matches.map((match) => `-A ${one.chain} -p tcp -m tcp --dport 80 ${match} -j DROP`),
    );
  expect(isSame(one.family, drops(one.matches), drops(['']))).toBe(one.verdict === 'drop');
});

/** xt_ct_target returns where an earlier one has given the packet a template. */
test.each([
  ['--helper ftp', '--helper sip'],
  ['--zone 1', '--zone 2'],
])('the first CT decides: %s before %s', (first, second) => {
  const rules = (...options: readonly string[]) =>
    dump(
      'raw',
      options.map((option) => `-A PREROUTING -p tcp -j CT ${option}`),
    );
  expect(isSame('ipv4', rules(first, second), rules(second))).toBe(false);
  expect(isSame('ipv4', rules(first, second), rules(first))).toBe(true);
});

/** icmp6_match has no type of 255 that means all of them, as icmp_match has. */
test('type 255 is any of ICMP, and itself of ICMPv6', () => {
  const drops = (protocol: string, match: string) =>
    dump('filter', [`-A FORWARD -p ${protocol} ${match} -j DROP`]);
  expect(isSame('ipv6', drops('ipv6-icmp', '-m icmp6 --icmpv6-type 255'), drops('ipv6-icmp', ''))).toBe(
    false,
  );
  expect(isSame('ipv4', drops('icmp', '-m icmp --icmp-type any'), drops('icmp', ''))).toBe(true);
});
