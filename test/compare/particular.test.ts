import { expect, test } from 'vitest';
import { comparePackets } from '../../src/compare/compare.ts';
import { readDump } from '../../src/dump/read.ts';
import { buildHost } from '../../src/host/build.ts';
import { readFlows } from '../../src/packet/flows.ts';
import type { Packet } from '../../src/packet/packet.ts';
import { nodes } from '../kernel/node.ts';
import { boxesOf, isIn, tracerOf } from './dense.ts';

const host = buildHost('ipv4', [
  readFlows({ name: 'node', text: JSON.stringify({ host: nodes.ipv4.host, packets: [] }) }, 'ipv4').host,
]);

const load = (policy: string, filter = '') =>
  readDump(
    {
      name: 'dump',
      text:
        '*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n' +
        '-A PREROUTING -d 203.0.113.0/24 -p tcp -j NETMAP --to 10.180.0.0/24\nCOMMIT\n' +
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
