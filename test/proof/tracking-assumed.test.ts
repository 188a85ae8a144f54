import { describe, expect, test } from 'vitest';
import type { Family } from '../../src/address/address.ts';
import { assumeHost } from '../../src/proof/assume-host.ts';
import { comparePackets } from '../../src/proof/compare.ts';
import { kubenat } from '../cli/harness.ts';
import { dumpOf } from './lines.ts';
import { load } from './small.ts';

const asks = 'filter FORWARD -m conntrack --ctstate NEW -j ACCEPT';
const other = 'filter FORWARD -p tcp -m tcp --dport 80 -j ACCEPT';
const assumedOf = async (before: readonly string[], after: readonly string[]) => {
  const { status, out } = await kubenat(['diff', '--format', 'json', 'a', 'b'], {
    a: dumpOf(before),
    b: dumpOf(after),
  });
  const { assumptions } = JSON.parse(out) as { assumptions: readonly Record<string, unknown>[] };
  return { status, tracking: assumptions.filter(({ code }) => code === 'conntrack-on') };
};

/** The kernel puts datagrams together, and asks nat, only while some rule of the namespace asks for connections. */
describe('that connections are tracked is said where a side does not ask for it', () => {
  test.each([
    ['the rule goes', [asks, other], [other], [{ code: 'conntrack-on', missing: 'after' }]],
    ['the rule comes', [other], [asks, other], [{ code: 'conntrack-on', missing: 'before' }]],
    ['both ask', [asks, other], [asks, asks, other], []],
    // A later fragment, which nobody put together, meets neither rule (xt_tcpudp.c).
    ['neither asks', [other], [other, other], [{ code: 'conntrack-on', missing: 'both' }]],
  ])('%s', async (_what, before, after, tracking) => {
    expect(await assumedOf(before, after)).toEqual({ status: 0, tracking });
  });
});

/** Linux lets a later fragment past both rules (xt_tcpudp.c, xt_multiport.c, ip_tables' icmp_match and icmp6_match). */
describe('where nobody tracks, later fragments meet neither a match of what they lack nor its opposite', () => {
  const compare = (
    family: Family,
    before: readonly string[],
    after: readonly string[],
    conntrack: boolean,
  ) => {
    const [left, right] = [load(dumpOf(before), family), load(dumpOf(after), family)];
    return comparePackets(left, right, { ...assumeHost(family, [], [left, right]).host, conntrack });
  };
  test.each([
    ['ipv4', '-p udp -m udp --dport 80', '-p udp -m udp ! --dport 80', '-p udp'],
    ['ipv4', '-p tcp -m tcp --tcp-flags SYN SYN', '-p tcp -m tcp ! --tcp-flags SYN SYN', '-p tcp'],
    ['ipv4', '-p tcp -m multiport --dports 80,443', '-p tcp -m multiport ! --dports 80,443', '-p tcp'],
    ['ipv4', '-p icmp -m icmp --icmp-type 8', '-p icmp -m icmp ! --icmp-type 8', '-p icmp'],
    [
      'ipv6',
      '-p ipv6-icmp -m icmp6 --icmpv6-type 128',
      '-p ipv6-icmp -m icmp6 ! --icmpv6-type 128',
      '-p ipv6-icmp',
    ],
  ] as const)('%s: %s', (family, one, other, whole) => {
    const [split, joined] = [
      [`filter FORWARD ${one} -j DROP`, `filter FORWARD ${other} -j DROP`],
      [`filter FORWARD ${whole} -j DROP`],
    ];
    expect(compare(family, split, joined, false).same).toBe(false);
    expect(compare(family, split, split, false).same).toBe(true);
    expect(compare(family, split, joined, true).same).toBe(true);
  });
});
