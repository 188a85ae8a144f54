import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { families } from '../../src/address/address.ts';
import type { Outcome } from '../../src/engine/outcome.ts';
import { InputError } from '../../src/text/problem.ts';
import { because } from '../said.ts';
import { disagreements, interpret } from './compare.ts';
import type { TestCase } from './generate.ts';
import { nftCase, nftSequence } from './generate-nft.ts';
import { Instrument, whyNot } from './instrument.ts';
import { isRequired } from './iptables.ts';

const reason = whyNot();
const ruleSets = Number(process.env.KERNEL_NFT_RULESETS ?? (isRequired ? 60 : 10));
const seed = Number(process.env.KERNEL_SEED ?? 20_263);
const packets = 30;

/** Packets that are sent alone, and those of which rules remember the earlier ones. */
const kinds = [
  ['alone', nftCase],
  ['one after the other', nftSequence],
] as const;

/** Whose process sends a packet, the test does not say: rules that ask for it leave its fate open, as they should. */
function isOpen(outcome: Outcome): boolean {
  return outcome.verdict === 'unknown' && !because(outcome)?.includes('process that sends the packet');
}

/** Null: the node may remember too many things. */
function interpretedOf(one: TestCase): ReturnType<typeof interpret> | null {
  try {
    return interpret(one);
  } catch (error) {
    if (error instanceof InputError && error.problems.some(({ code }) => code === 'too-many-ways'))
      return null;
    throw error;
  }
}

describe.skipIf(reason !== null && !isRequired)('rulesets of nft on the kernel itself', () => {
  let instrument: Instrument;
  beforeAll(() => {
    instrument = new Instrument();
  });
  afterAll(() => instrument.close());

  test.each(kinds)(
    `${ruleSets} generated rulesets of ${packets} packets, %s, seed ${seed}`,
    async (_kind, draw) => {
      const found: string[] = [];
      const tally = { loaded: 0, packets: 0, unknown: 0 };
      for (let index = 0; index < ruleSets; index += 1) {
        const family = families[index % 2] as (typeof families)[number];
        const [one] = fc.sample(draw(family, packets), { numRuns: 1, seed: seed + index }) as [TestCase];
        const observation = await instrument.ask(one);
        // Generated rules may ask what nft does not take in that place.
        if ('refused' in observation) continue;
        // Of what depends on which chain was made last, both are possible.
        const told = interpretedOf(one);
        if (!told) continue;
        const computed = told.map((list) =>
          list.flatMap((outcome) => outcome.possible?.map((own) => ({ ...outcome, ...own })) ?? [outcome]),
        );
        tally.loaded += 1;
        tally.packets += packets;
        tally.unknown += computed.filter((list) => list.some(isOpen)).length;
        for (const { packet, seen, possible } of disagreements(one, computed, observation.outcomes))
          found.push(JSON.stringify({ seed: seed + index, packet, seen, possible }));
      }
      console.log(JSON.stringify(tally));
      expect(found).toEqual([]);
      expect(tally.loaded).toBeGreaterThan(ruleSets / 2);
      // An interpreter that knew nothing would agree with everything.
      expect(tally.unknown / tally.packets).toBeLessThan(0.02);
    },
    60_000 + ruleSets * 1000,
  );
});
