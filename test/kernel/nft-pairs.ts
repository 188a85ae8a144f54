import fc from 'fast-check';
import { type Family, families } from '../../src/address/address.ts';
import { lookAgain, packetsBetween } from '../../src/proof/second/second.ts';
import { type NftSides, prepareNft, proveNft } from '../../src/session/nft-comparison.ts';
import { openProgram } from '../../src/session/program.ts';
import { InputError } from '../../src/text/problem.ts';
import { asSent } from '../proof/kernel-campaign.ts';
import { printObserved } from './compare.ts';
import type { TestCase, TestPacket } from './generate.ts';
import { nftCase } from './generate-nft.ts';
import type { Instrument } from './instrument.ts';
import { fieldsOf } from './node.ts';
import { changed, rewrites, slips } from './rewrite-nft.ts';

/** What was said of pairs of rulesets, and what the kernel did. */
export interface PairsTally {
  pairs: number;
  equal: number;
  proved: number;
  packets: number;
  /** Pairs that are not proved, and of which a packet fared otherwise in the kernel. */
  seen: number;
  refused: number;
  /** Proofs that the kernel or the second procedure refutes. */
  readonly refuted: string[];
}

interface Pair {
  readonly one: TestCase;
  readonly other: string;
  readonly equal: boolean;
}

/** Half of them are equal by construction. What chance decides is left out: it is not the same twice. */
function drawPair(seed: number, number: number, packets: number): Pair | null {
  const family = families[number % 2] as Family;
  const [[drawn, stream]] = fc.sample(fc.tuple(nftCase(family, packets), fc.infiniteStream(fc.nat())), {
    numRuns: 1,
    seed: seed + number,
  }) as [[TestCase, fc.Stream<number>]];
  const dice = (below: number) => (stream.next().value as number) % below;
  const equal = number % 4 < 2;
  const rules = withoutChance(drawn.rules);
  const other = changed(rules, equal ? rewrites : slips, dice);
  return other === null ? null : { one: { ...drawn, rules }, other, equal };
}

const withoutChance = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/numgen random|masquerade|redirect/.test(line))
    .join('\n');

/** Null where a side is refused. */
function sidesOf({ one: { family, rules }, other }: Pair): NftSides | null {
  try {
    const [before, after] = [rules, other].map((text, at) =>
      openProgram({ dumps: [{ name: `${at}.nft`, text }], objects: [], config: null }, { family }),
    ) as [NftSides['before'], NftSides['after']];
    return prepareNft(before, after, [fieldsOf(family)]);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** Draws pairs, and holds what is proved of them against the kernel, with packets in and around what changed. */
export async function askPairs(instrument: Instrument, seed: number, count: number): Promise<PairsTally> {
  const tally: PairsTally = { pairs: 0, equal: 0, proved: 0, packets: 0, seen: 0, refused: 0, refuted: [] };
  for (let number = 0; number < count; number += 1) {
    const pair = drawPair(seed, number, 20);
    const sides = pair && sidesOf(pair);
    if (!pair || !sides) continue;
    await hold(instrument, pair, sides, tally, `seed ${seed + number}`);
  }
  return tally;
}

async function hold(
  instrument: Instrument,
  { one, other, equal }: Pair,
  sides: NftSides,
  tally: PairsTally,
  place: string,
): Promise<void> {
  const [before, after] = [sides.before.program, sides.after.program];
  const { same } = proveNft(sides);
  const aimed = packetsBetween(before, after, sides.host, 40).packets.flatMap(asSent).slice(0, 20);
  const packets: readonly TestPacket[] = [...one.packets, ...aimed];
  const ask = (rules: string) => instrument.ask({ ...one, rules, packets: [...packets] });
  const [was, is] = [await ask(one.rules), await ask(other)];
  if ('refused' in was || 'refused' in is) {
    tally.refused += 1;
    return;
  }
  tally.pairs += 1;
  tally.packets += packets.length;
  if (equal) tally.equal += 1;
  if (equal && same) tally.proved += 1;
  const found = packets.find(
    (packet, at) =>
      printObserved(was.outcomes[at] as never, packet) !== printObserved(is.outcomes[at] as never, packet),
  );
  const text = `${place}\n${one.rules}\nthen\n${other}`;
  if (found && !same) tally.seen += 1;
  if (found && same) tally.refuted.push(`${JSON.stringify(found)}\n${text}`);
  if (found && equal) tally.refuted.push(`equal by construction? ${JSON.stringify(found)}\n${text}`);
  if (!same) return;
  const { differing } = lookAgain(before, after, sides.host, { limit: 60 });
  if (differing.length > 0) tally.refuted.push(`the second procedure: ${differing[0]?.turn}\n${text}`);
}
