import { expect } from 'vitest';
import { isOfItsState, type Packet } from '../../src/engine/packet.ts';
import type { Host } from '../../src/host/model.ts';
import type { Ruleset } from '../../src/iptables/rule/ruleset.ts';
import { comparePackets, type PacketComparison } from '../../src/proof/compare.ts';
import { count } from '../claims.ts';
import {
  addressesIn,
  asMet,
  boxesOf,
  type Dice,
  isIn,
  nearbyPacket,
  neighbour,
  packetIn,
  portsIn,
  spellFate,
  tracerOf,
} from './dense.ts';

/** CI asks with up to a thousand packets inside of each class, and as many around it. */
export const packetsPerClass = Number(
  process.env.KUBENAT_PACKETS ?? (process.env.KUBENAT_KERNEL === 'required' ? 1000 : 60),
);

/** A change that comes to nearly a hundred classes would take minutes: they share what a pair gets. */
const mostPackets = 3_000;

/** A user gets three times as many, and rules drawn by lot would use them up: more time, and no more pairs. */
const mostCells = 20_000;

export interface Pair {
  readonly before: Ruleset;
  readonly after: Ruleset;
  readonly host: Host;
  /** Texts whose addresses and ports packets are made of. */
  readonly texts: readonly string[];
  /** For whoever reads that it failed. */
  readonly place: string;
}

const special = [
  '0.0.0.0 127.0.0.1 127.255.255.255 224.0.0.1 239.1.2.3 255.255.255.255',
  '0:0:0:0:0:0:0:0 0:0:0:0:0:0:0:1 ff02:0:0:0:0:0:0:1 fe80:0:0:0:0:0:0:5',
];

/** Holds all that a comparison says against traces of many packets on both sides. */
export function holdAgainstTraces({ before, after, host, texts, place }: Pair, dice: Dice): PacketComparison {
  const comparison = comparePackets(before, after, host, { limit: mostCells });
  const [was, is] = [tracerOf(before, host), tracerOf(after, host)];
  const said = boxesOf(comparison);
  const addresses = addressesIn(...texts, ...special).filter(
    (address) => (typeof address === 'number') === (host.family === 'ipv4'),
  );
  const ports = portsIn(...texts);
  const near = Array.from({ length: 150 }, () => nearbyPacket(addresses, ports, dice));
  const tell = (packet: Packet) => `${place}: ${JSON.stringify(packet, printBig)}`;
  const each = Math.min(packetsPerClass, Math.ceil(mostPackets / comparison.classes.length));
  let held = near.length;
  const mayDiffer = (packet: Packet) => {
    if (!isOfItsState(packet)) return;
    const [old, next] = [was(packet), is(packet)];
    if (old === next) return;
    const met = asMet(packet, host);
    if (!said.some((box) => isIn(met, box)))
      expect.fail(`${tell(packet)} differs, which is not said\n${old}\nthen\n${next}`);
  };
  for (const packet of near) mayDiffer(packet);
  for (const { boxes, witness, confirmed, supposed, later, before: old, after: next } of comparison.classes) {
    for (let at = 0; at < each; at += 1) {
      const box = boxes[dice(boxes.length)];
      if (box) mayDiffer(neighbour(box, near, dice));
    }
    held += each;
    // A plain trace knows no flow that was translated before.
    if (later || supposed.length > 0 || boxes.some(({ symbols }) => symbols.size > 0)) continue;
    expect(confirmed, tell(witness)).toBe(true);
    const [spelt, speltNext] = [spellFate(old, witness), spellFate(next, witness)];
    for (let at = 0; at < each; at += 1) {
      const packet = packetIn(boxes[dice(boxes.length)] as (typeof boxes)[number], dice);
      const [old, next] = [was(packet), is(packet)];
      // An expectation for each packet would take longer than the packet.
      if (old === spelt && next === speltNext) continue;
      expect([old, next], `${tell(packet)} is in a class`).toEqual([spelt, speltNext]);
    }
    held += each;
  }
  count('what a change does to packets', held);
  return comparison;
}

const printBig = (_name: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value);
