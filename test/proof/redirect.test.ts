import { expect, test } from 'vitest';
import { readDump } from '../../src/iptables/dump/read.ts';
import { comparePackets } from '../../src/proof/compare.ts';
import { hostOf } from '../kernel/node.ts';
import { boxesOf, isIn, tracerOf } from './dense.ts';

const host = hostOf('ipv4');

const load = (rules: string) =>
  readDump(
    {
      name: 'dump',
      text:
        '*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n' +
        `${rules}COMMIT\n`,
    },
    { family: 'ipv4' },
  ).ruleset;

/** To the second address of the uplink; REDIRECT gives the first (iptables-extensions(8): the primary one). */
const packet = {
  protocol: 17,
  source: 0x0a160176,
  destination: 0xc0a80003,
  sourcePort: 51578,
  destinationPort: 58675,
  from: 'external' as const,
  flags: 0,
  icmp: { type: 0, code: 0 },
  state: null,
};

test("REDIRECT changes what goes to the node's second address, though not what goes to the first", () => {
  const [before, after] = [load(''), load('-A PREROUTING -p udp -m udp --dport 30001:65535 -j REDIRECT\n')];
  expect(tracerOf(before, host)(packet)).toMatch(/^accept unchanged /);
  expect(tracerOf(after, host)(packet)).toMatch(/^accept 192\.168\.0\.2:= /);
  const comparison = comparePackets(before, after, host);
  expect(boxesOf(comparison).some((box) => isIn(packet, box))).toBe(true);
  const first = { ...packet, destination: 0xc0a80002 };
  expect(boxesOf(comparison).some((box) => isIn(first, box))).toBe(false);
});
