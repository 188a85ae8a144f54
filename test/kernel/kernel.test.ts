import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { count } from '../claims.ts';
import { compareWithKernel, emptyTally, generate } from './campaign.ts';
import { disagreements, interpret } from './compare.ts';
import { Instrument, whyNot } from './instrument.ts';
import { isRequired } from './iptables.ts';
import { knownCases } from './known.ts';

const reason = whyNot();
const ruleSets = Number(process.env.KERNEL_RULESETS ?? (isRequired ? 300 : 20));
const seed = Number(process.env.KERNEL_SEED ?? 20_261);
const packets = 30;

describe.skipIf(reason !== null && !isRequired)(
  `the kernel itself${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    test('can be asked', () => expect(reason).toBeNull());

    let instrument: Instrument;
    beforeAll(() => {
      instrument = new Instrument();
    });
    afterAll(() => instrument.close());

    test(
      `${ruleSets} generated rule sets of ${packets} packets, seed ${seed}`,
      async () => {
        const tally = emptyTally();
        for (const testCase of generate(seed, ruleSets, packets))
          await compareWithKernel(instrument, testCase, tally);
        expect(tally.disagreements).toEqual([]);
        expect(tally.packets).toBe(ruleSets * packets);
        // Not to know is right for a few packets; an interpreter that knew nothing would agree with everything.
        expect(tally.unknown / tally.packets).toBeLessThan(0.02);
        count('rule sets', tally.ruleSets);
        count('outcomes of packets', tally.packets - tally.unknown);
      },
      60_000 + ruleSets * 1000,
    );

    test('does again what once disagreed', async () => {
      for (const [name, { observed: _before, ...found }] of knownCases) {
        const observation = await instrument.ask(found);
        const outcomes = 'refused' in observation ? [] : observation.outcomes;
        expect(outcomes.length, name).toBe(found.packets.length);
        expect(disagreements(found, interpret(found), outcomes), name).toEqual([]);
      }
    });
  },
);
