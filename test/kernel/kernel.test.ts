import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { count } from '../claims.ts';
import { compareWithKernel, emptyTally, generate } from './campaign.ts';
import { disagreements, interpret } from './compare.ts';
import type { TestCase } from './generate.ts';
import { Instrument, type Observed, whyNot } from './instrument.ts';
import { isRequired } from './iptables.ts';

const reason = whyNot();
const ruleSets = Number(process.env.KERNEL_RULESETS ?? (isRequired ? 300 : 20));
const seed = Number(process.env.KERNEL_SEED ?? 20_261);
const packets = 30;

const fixtures = join(import.meta.dirname, '../../fixtures/kernel');
const known = readdirSync(fixtures).filter((name) => name.endsWith('.json'));

/** What once was a disagreement: the case, and what the kernel did. */
interface KnownCase extends Omit<TestCase, 'rules'> {
  readonly rules: readonly string[];
  readonly observed: readonly Observed[];
}

function readKnown(name: string): { found: TestCase; observed: readonly Observed[] } {
  const { observed, rules, ...rest }: KnownCase = JSON.parse(readFileSync(join(fixtures, name), 'utf8'));
  return { found: { ...rest, rules: rules.join('\n') }, observed };
}

describe('what once disagreed with the kernel', () => {
  test.each(known)('%s', (name) => {
    const { found, observed } = readKnown(name);
    expect(disagreements(found, interpret(found), observed)).toEqual([]);
  });
});

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
      for (const name of known) {
        const { found } = readKnown(name);
        const observation = await instrument.ask(found);
        const outcomes = 'refused' in observation ? [] : observation.outcomes;
        expect(outcomes.length, name).toBe(found.packets.length);
        expect(disagreements(found, interpret(found), outcomes), name).toEqual([]);
      }
    });
  },
);
