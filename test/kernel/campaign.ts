import fc from 'fast-check';
import { families } from '../../src/address/address.ts';
import { disagreements, interpret } from './compare.ts';
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
  const computed = interpret(testCase);
  tally.ruleSets += 1;
  tally.packets += testCase.packets.length;
  tally.unknown += computed.filter((list) => list.some(({ verdict }) => verdict === 'unknown')).length;
  const found = disagreements(testCase, computed, observation.outcomes);
  if (found.length > 0) tally.disagreements.push(await tell(instrument, testCase));
}

async function tell(instrument: Instrument, found: TestCase): Promise<string> {
  const differ = async (candidate: TestCase) => {
    const observation = await instrument.ask(candidate);
    if ('refused' in observation) return [];
    return disagreements(candidate, interpret(candidate), observation.outcomes);
  };
  const small = await shrink(found, async (candidate) => (await differ(candidate)).length > 0);
  const [first] = await differ(small);
  return JSON.stringify({ ...small, rules: small.rules.split('\n'), disagreement: first }, null, 1);
}
