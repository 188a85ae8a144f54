import { expect, test } from 'vitest';
import { formatAddress } from '../../src/address/address.ts';
import type { Packet } from '../../src/engine/packet.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { comparePackets } from '../../src/proof/compare.ts';
import { hostOf } from '../kernel/node.ts';
import { boxesOf, isIn, tracerOf } from './dense.ts';

const host = hostOf('ipv4');

const netmap = '-d 203.0.113.0/24 -p tcp -j NETMAP --to 10.180.0.0/24';

const load = (policy: string, filter = '', translation = netmap) =>
  readDump(
    {
      name: 'dump',
      text:
        '*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n' +
        `-A PREROUTING ${translation}\nCOMMIT\n` +
        `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ${policy} [0:0]\n:OUTPUT ACCEPT [0:0]\n${filter}COMMIT\n`,
    },
    { family: 'ipv4' },
  ).ruleset;

/** To 203.0.113.7 and .8, which iptables-extensions(8) says NETMAP maps to 10.180.0.7 and .8. */
const packets = [7, 8].map((host) => ({
  protocol: 6,
  source: 0xc6336407,
  destination: 0xcb007100 + host,
  sourcePort: 40000,
  destinationPort: 80,
  from: 'external' as const,
  flags: 2,
  icmp: { type: 0, code: 0 },
  state: null,
}));

test('where only a policy differs, nothing is proved by one packet of those that NETMAP sends elsewhere each', () => {
  const [before, after] = [load('ACCEPT'), load('DROP')];
  const comparison = comparePackets(before, after, host);
  const [was, is] = [tracerOf(before, host), tracerOf(after, host)];
  packets.forEach((packet, index) => {
    expect(was(packet)).toMatch(`accept 10.180.0.${index + 7}:= `);
    expect(is(packet)).toMatch(/^drop /);
    expect(boxesOf(comparison).some((box) => isIn(packet, box))).toBe(true);
    expect(comparison.classes.some(({ boxes }) => boxes.some((box) => isIn(packet, box)))).toBe(false);
  });
});

test('and that one of them fares the same proves nothing of the others', () => {
  const [before, after] = [load('ACCEPT'), load('ACCEPT', '-A FORWARD -d 10.180.0.8 -j DROP\n')];
  const comparison = comparePackets(before, after, host);
  const [, dropped] = packets as [Packet, Packet];
  expect(tracerOf(before, host)(dropped)).toMatch(/^accept /);
  expect(tracerOf(after, host)(dropped)).toMatch(/^drop /);
  expect(boxesOf(comparison).some((box) => isIn(dropped, box))).toBe(true);
});

/** The node's own address at eth0 is MASQUERADE's, and one of the two that SNAT chooses from. */
test.each([0, 1])(
  'an address that another rule gives, too, is chosen for each flow all the same: %s',
  (below) => {
    const [eth0] = host.interfaces.filter(({ name }) => name === 'eth0');
    const own = eth0?.addresses[0]?.address as number;
    const range = `${formatAddress(own - below)}-${formatAddress(own - below + 1)}`;
    const masked = (policy: string) =>
      load(
        policy,
        '',
        '-d 203.0.113.7 -j RETURN\n' +
          `-A POSTROUTING -o eth0 -m statistic --mode random --probability 0.5 -j SNAT --to-source ${range}\n` +
          '-A POSTROUTING -o eth0 -j MASQUERADE',
      );
    const [before, after] = [masked('ACCEPT'), masked('DROP')];
    const { classes } = comparePackets(before, after, host);
    const was = tracerOf(before, host);
    const fates = Array.from({ length: 40 }, (_, at) => {
      const packet = {
        ...packets[0],
        from: 'pod',
        source: 0x0ab40000 + 10 + at,
        destination: 0x08080800 + at,
      };
      expect(classes.some(({ boxes }) => boxes.some((box) => isIn(packet as Packet, box)))).toBe(false);
      return was(packet as Packet);
    });
    expect(new Set(fates).size).toBe(2);
  },
);

/** nf_nat_core.c, get_unique_tuple: a port that is in the range stays; any other becomes the first of it that is free. */
test('packets whose port is in the range that DNAT gives are not counted to those whose port changes', () => {
  const dnat = '-d 203.0.113.7 -p tcp -j DNAT --to-destination 203.0.113.7:80-90';
  const [before, after] = [load('ACCEPT', '', dnat), load('DROP', '', dnat)];
  const { classes } = comparePackets(before, after, host);
  const was = tracerOf(before, host);
  const [to83, to5555] = [83, 5555].map((destinationPort) => ({ ...packets[0], destinationPort }) as Packet);
  const holding = (packet: Packet) =>
    classes.findIndex(({ boxes }) => boxes.some((box) => isIn(packet, box)));
  expect(was(to83 as Packet)).toMatch(/^accept unchanged /);
  expect(was(to5555 as Packet)).toMatch(/^accept =:80 /);
  expect(holding(to83 as Packet)).toBeGreaterThanOrEqual(0);
  expect(holding(to5555 as Packet)).toBeGreaterThanOrEqual(0);
  expect(holding(to83 as Packet)).not.toBe(holding(to5555 as Packet));
});

/** What the node sends to :: goes by lo, and comes back (ip6_route_output of no destination). */
test('what the node sends without a destination meets the policy of INPUT', () => {
  const six = hostOf('ipv6');
  const input = (policy: string) =>
    readDump({ name: 'dump', text: `*mangle\n:INPUT ${policy} [0:0]\nCOMMIT\n` }, { family: 'ipv6' }).ruleset;
  const [before, after] = [input('ACCEPT'), input('DROP')];
  const packet = {
    protocol: 17,
    source: six.interfaces.find(({ name }) => name === 'eth0')?.addresses[0]?.address as bigint,
    destination: 0n,
    sourcePort: 1024,
    destinationPort: 53,
    from: 'host' as const,
    flags: 0,
    icmp: { type: 0, code: 0 },
    state: null,
  };
  expect(tracerOf(before, six)(packet)).toMatch(/^accept /);
  expect(tracerOf(after, six)(packet)).toMatch(/^drop /);
  const said = boxesOf(comparePackets(before, after, six));
  expect(said.some((box) => isIn(packet, box))).toBe(true);
});
