import fc from 'fast-check';
import { expect } from 'vitest';
import { type Family, families } from '../../src/address/address.ts';
import { buildProgram } from '../../src/engine/program.ts';
import type { Ruleset } from '../../src/iptables/rule/ruleset.ts';
import { comparePackets } from '../../src/proof/compare.ts';
import { lookAgain } from '../../src/proof/second/second.ts';
import { InputError } from '../../src/text/problem.ts';
import { type TestCase, type TestPacket, testCase } from '../kernel/generate.ts';
import { hostOf } from '../kernel/node.ts';
import { asMet, boxesOf, isIn } from './dense.ts';
import { rewrite } from './equals.ts';
import { withFurther } from './further.ts';
import { mutate, mutations } from './mutate.ts';
import { load } from './small.ts';

/** What became of the pairs of a campaign. */
export interface Tally {
  pairs: number;
  equal: number;
  proved: number;
  packets: number;
}

/** Two rule sets of one family, and packets that meet their rules. */
export interface Pair {
  readonly family: Family;
  readonly rules: string;
  /** Null: what was to be done could not be. */
  readonly other: string | null;
  /** By construction. */
  readonly equal: boolean;
  readonly packets: readonly TestPacket[];
}

/** What is decided by chance is not the same twice. */
export const chance = /--mode random|--random|SNAT --to-source \S+-\S+|DNAT --to-destination \S+-\S+/;

const withoutChance = (text: string) =>
  text
    .split('\n')
    .filter((line) => !chance.test(line))
    .join('\n');

/** The same for the same seed. `certain`: nothing is left to chance. Half of all pairs are equal by construction, half have slips of a hand. */
export function drawPair(seed: number, number: number, packets = 1, certain = false): Pair {
  const family = families[number % 2] as Family;
  const drawn = fc.sample(
    fc.tuple(
      testCase(family, 'nft', packets),
      fc.array(fc.constantFrom(...Object.keys(mutations)), { minLength: 1, maxLength: 3 }),
      fc.infiniteStream(fc.nat()),
    ),
    { numRuns: 1, seed: seed + number },
  );
  const [[one, kinds, stream]] = drawn as [[TestCase, string[], fc.Stream<number>]];
  const dice = (below: number) => (stream.next().value as number) % below;
  const drawnRules = certain ? withoutChance(one.rules) : one.rules;
  const rules = number % 3 === 0 ? drawnRules : withFurther(drawnRules, family, dice);
  const equal = number % 4 < 2;
  const other = equal ? rewrite(rules, dice) : kinds.reduce((text, kind) => mutate(text, kind, dice), rules);
  return { family, rules, other, equal, packets: one.packets };
}

/** Pairs beside each other, compared in two ways. */
export function tryPairs(seed: number, count: number): Tally {
  const tally = { pairs: 0, equal: 0, proved: 0, packets: 0 };
  for (let number = 0; number < count; number += 1) {
    const { family, rules, other, equal } = drawPair(seed, number);
    const [before, after] = [loaded(rules, family), other === null ? null : loaded(other, family)];
    if (before && after)
      holdAgainst(before, after, family, equal, tally, `seed ${seed + number}\n${rules}\nthen\n${other}`);
  }
  return tally;
}

/** What the back end would refuse is no pair. */
export function loaded(text: string, family: Family): Ruleset | null {
  try {
    return load(text, family);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

function holdAgainst(
  before: Ruleset,
  after: Ruleset,
  family: Family,
  equal: boolean,
  tally: Tally,
  place: string,
): void {
  const host = hostOf(family);
  const comparison = comparePackets(before, after, host, { limit: 4000 });
  const { differing, walked } = lookAgain(buildProgram(before), buildProgram(after), host, { limit: 100 });
  tally.pairs += 1;
  tally.packets += walked;
  if (equal) {
    tally.equal += 1;
    if (comparison.same) tally.proved += 1;
    expect(
      comparison.classes.filter(({ supposed }) => supposed.length === 0),
      place,
    ).toEqual([]);
    expect(differing, place).toEqual([]);
  }
  const said = boxesOf(comparison);
  for (const { first: packet, turn } of differing) {
    const met = asMet(packet, host);
    const text = JSON.stringify(packet, (_name, value) => (typeof value === 'bigint' ? `${value}n` : value));
    // Which packets of a flow differ is told of first ones alone; of others, that some do.
    const isSaid = turn === 'first' ? said.some((box) => isIn(met, box)) : !comparison.same;
    expect(isSaid, `${text} differs (${turn}), which is not said: ${place}`).toBe(true);
  }
}
