import { formatAddress } from '../../src/address/address.ts';
import type { Packet } from '../../src/engine/packet.ts';
import { comparePackets, type PacketComparison } from '../../src/proof/compare.ts';
import { printObserved } from '../kernel/compare.ts';
import type { TestPacket } from '../kernel/generate.ts';
import type { Instrument } from '../kernel/instrument.ts';
import { hostOf } from '../kernel/node.ts';
import { chance, drawPair, loaded, type Pair } from './campaign.ts';

/** What the live kernel said of the verdicts of a campaign. */
export interface KernelTally {
  pairs: number;
  equal: number;
  proved: number;
  /** Packets that were sent under both rule sets. */
  packets: number;
  /** Proofs under which a packet fared otherwise. */
  readonly refuted: string[];
  /** Witnesses of changes that were sent, and those that the kernel treats alike. */
  witnesses: number;
  readonly unseen: string[];
  /** Rule sets that the kernel does not take. */
  refused: number;
}

/** What a packet leaves behind counts for the next one. */
const remembers = /-m (?:recent|limit|hashlimit|quota|connlimit)|--mode nth|-j SET/;

/** Pairs of a campaign, each verdict of which is held against the live kernel, with packets in and around its classes. */
export async function askKernel(instrument: Instrument, seed: number, count: number): Promise<KernelTally> {
  const tally: KernelTally = {
    pairs: 0,
    equal: 0,
    proved: 0,
    packets: 0,
    refuted: [],
    witnesses: 0,
    unseen: [],
    refused: 0,
  };
  for (let number = 0; number < count; number += 1) {
    const pair = drawPair(seed, number, 24, true);
    // A change may bring chance in.
    if (pair.other === null || chance.test(pair.other)) continue;
    const [before, after] = [loaded(pair.rules, pair.family), loaded(pair.other, pair.family)];
    if (!before || !after) continue;
    const verdict = comparePackets(before, after, hostOf(pair.family), { limit: 4000 });
    await hold(instrument, pair, verdict, tally, `seed ${seed + number}`);
  }
  return tally;
}

async function hold(
  instrument: Instrument,
  pair: Pair,
  verdict: PacketComparison,
  tally: KernelTally,
  place: string,
): Promise<void> {
  const { family, rules, other } = pair;
  const sequence = remembers.test(rules) || remembers.test(other as string);
  const witnesses = sequence
    ? []
    : verdict.classes.flatMap((one) =>
        one.supposed.length + Number(one.later) > 0 ? [] : asSent(one.witness),
      );
  const packets = [...pair.packets, ...witnesses];
  const ask = (text: string) =>
    instrument.ask({ family, backend: 'nft', rules: text, packets, sequence } as Parameters<
      Instrument['ask']
    >[0]);
  const [was, is] = [await ask(rules), await ask(other as string)];
  if ('refused' in was || 'refused' in is) {
    tally.refused += 1;
    return;
  }
  tally.pairs += 1;
  tally.packets += packets.length;
  if (pair.equal) tally.equal += 1;
  if (pair.equal && verdict.same) tally.proved += 1;
  const differs = packets.map((packet, at) => {
    const [left, right] = [was, is].map(({ outcomes }) => printObserved(outcomes[at] as never, packet));
    return left === right ? null : `${JSON.stringify(packet)}: ${left}, then ${right}`;
  });
  const text = `${place}\n${rules}\nthen\n${other}`;
  const found = differs.find((one) => one !== null);
  if (verdict.same && found) tally.refuted.push(`${found}\n${text}`);
  tally.witnesses += witnesses.length;
  if (witnesses.length > 0 && differs.slice(pair.packets.length).every((one) => one === null))
    tally.unseen.push(text);
}

/** As the instrument sends it: first packets of TCP and UDP. */
export function asSent(packet: Packet): TestPacket[] {
  const { protocol: proto, source, destination, sourcePort, destinationPort, from, flags, state } = packet;
  if (state !== null || typeof from !== 'string' || (proto !== 6 && proto !== 17)) return [];
  const ends = { src: formatAddress(source), dst: formatAddress(destination) };
  return [{ proto, ...ends, sport: sourcePort ?? 0, dport: destinationPort ?? 0, from, flags } as TestPacket];
}
