import fc from 'fast-check';
import { families } from '../../src/address/address.ts';
import type { Outcome } from '../../src/engine/outcome.ts';
import { InputError } from '../../src/text/problem.ts';
import { type Disagreement, disagreements, interpret } from './compare.ts';
import { type TestCase, testCase } from './generate.ts';
import type { Instrument } from './instrument.ts';
import { shrink } from './shrink.ts';

export interface Tally {
  ruleSets: number;
  packets: number;
  /** Packets of which the interpreter says that it does not know. */
  unknown: number;
  readonly disagreements: string[];
}

export function emptyTally(): Tally {
  return { ruleSets: 0, packets: 0, unknown: 0, disagreements: [] };
}

const backends = ['nft', 'legacy'] as const;

/** Rule sets of both families for both back ends in turn, with packets; the same for the same seed. */
export function generate(seed: number, ruleSets: number, packets: number): readonly TestCase[] {
  const kinds = families.flatMap((family) => backends.map((backend) => testCase(family, backend, packets)));
  return Array.from({ length: ruleSets }, (_, index) => {
    const kind = kinds[index % kinds.length] as (typeof kinds)[number];
    return fc.sample(kind, { numRuns: 1, seed: seed + index })[0] as TestCase;
  });
}

/** Compares one case with the kernel. A disagreement is made small and told with all that reproduces it. */
export async function compareWithKernel(
  instrument: Instrument,
  testCase: TestCase,
  tally: Tally,
): Promise<void> {
  const observation = await instrument.ask(testCase);
  if ('refused' in observation) throw new Error(`the kernel refused a rule set: ${observation.refused}`);
  const computed = interpretOrGiveUp(testCase);
  tally.ruleSets += 1;
  tally.packets += testCase.packets.length;
  tally.unknown += computed.filter((list) => list.some(({ verdict }) => verdict === 'unknown')).length;
  const found = disagreements(testCase, computed, observation.outcomes);
  if (found.length > 0 && (await differ(instrument, testCase)).length > 0) {
    tally.disagreements.push(await tell(instrument, testCase));
  }
}

/** Too many things that the node may remember: then the interpreter refuses to answer, which is no wrong answer. */
function interpretOrGiveUp(testCase: TestCase): ReturnType<typeof interpret> {
  try {
    return interpret(testCase);
  } catch (error) {
    const gaveUp = error instanceof InputError && error.problems.some(({ code }) => code === 'too-many-ways');
    if (!gaveUp) throw error;
    return testCase.packets.map(() => [{ verdict: 'unknown' } as Outcome]);
  }
}

async function differ(instrument: Instrument, candidate: TestCase): Promise<Disagreement[]> {
  const observation = await instrument.ask(candidate);
  if ('refused' in observation) return [];
  return disagreements(candidate, interpretOrGiveUp(candidate), observation.outcomes);
}

async function tell(instrument: Instrument, found: TestCase): Promise<string> {
  const small = await shrink(found, async (candidate) => (await differ(instrument, candidate)).length > 0);
  const [first] = await differ(instrument, small);
  return JSON.stringify({ ...small, rules: small.rules.split('\n'), disagreement: first }, null, 1);
}
