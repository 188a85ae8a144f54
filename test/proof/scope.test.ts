import { expect, test } from 'vitest';
import { readDump } from '../../src/iptables/dump/read.ts';
import { comparePackets } from '../../src/proof/compare.ts';
import { hostOf } from '../kernel/node.ts';
import { boxesOf, isIn, tracerOf } from './dense.ts';

const host = hostOf('ipv6');

const load = (policy: string) =>
  readDump(
    {
      name: 'dump',
      text: `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ${policy} [0:0]\nCOMMIT\n`,
    },
    { family: 'ipv6' },
  ).ruleset;

/** From fe80::6 to a pod. RFC 4443, 3.1: code 2, beyond scope of source address. */
const packet = {
  protocol: 6,
  source: (0xfe80n << 112n) + 6n,
  destination: 0xfd000010018000000000000000000006n,
  sourcePort: 1023,
  destinationPort: 80,
  from: 'external' as const,
  flags: 2,
  icmp: { type: 0, code: 0 },
  state: null,
};

test('the error that no rule sends to a link-local source, beyond its link, is not lost sight of', () => {
  const [before, after] = [load('ACCEPT'), load('DROP')];
  expect(tracerOf(before, host)(packet)).toMatch(/^reject .* icmp6-beyond-scope /);
  expect(tracerOf(after, host)(packet)).toMatch(/^drop /);
  expect(boxesOf(comparePackets(before, after, host)).some((box) => isIn(packet, box))).toBe(true);
});
