import { expect, test } from 'vitest';
import type { Packet } from '../../src/engine/packet.ts';
import { readDump } from '../../src/iptables/dump/read.ts';
import { comparePackets } from '../../src/proof/compare.ts';
import { hostOf } from '../kernel/node.ts';
import { boxesOf, isIn, tracerOf } from './dense.ts';

const host = hostOf('ipv4');

const load = (policy: string) =>
  readDump(
    {
      name: 'dump',
      text:
        `*filter\n:INPUT ${policy} [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n` +
        '-A OUTPUT ! -s 0.0.0.9/0.0.0.255 -p udp -j REJECT\nCOMMIT\n',
    },
    { family: 'ipv4' },
  ).ruleset;

// The kernel takes masks that are not contiguous. This one lets every address pass that ends with .9.
test('a mask with too many holes proves nothing for packets that it tells from the one that was followed', () => {
  const [before, after] = [load('ACCEPT'), load('DROP')];
  const packet: Packet = {
    protocol: 17,
    source: 0xcb007109,
    destination: 0xc0a80003,
    sourcePort: 40000,
    destinationPort: 9,
    from: 'host',
    flags: 0,
    icmp: { type: 0, code: 0 },
    state: 'INVALID',
  };
  expect(tracerOf(before, host)(packet)).not.toBe(tracerOf(after, host)(packet));
  expect(boxesOf(comparePackets(before, after, host)).some((box) => isIn(packet, box))).toBe(true);
});
