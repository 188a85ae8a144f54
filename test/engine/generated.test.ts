import { describe, expect, test } from 'vitest';
import { disagreements, interpret } from '../kernel/compare.ts';
import { type Recorded, readRecorded } from '../kernel/known.ts';

// What the kernel did to packets under generated rule sets (test/kernel/record.ts): the comparison with it, for those
// who cannot ask it.
const recorded = readRecorded<Recorded>('generated.jsonl').map((one, index) => [index, one] as const);

describe('what the kernel did under generated rule sets', () => {
  test.each(recorded)('%i', (_, { observed, ...testCase }) => {
    expect(disagreements(testCase, interpret(testCase), observed)).toEqual([]);
  });

  test('little of it is unknown', () => {
    const outcomes = recorded.flatMap(([, testCase]) => interpret(testCase));
    const unknown = outcomes.filter((list) => list.some(({ verdict }) => verdict === 'unknown'));
    expect(outcomes.length).toBeGreaterThan(1900);
    expect(unknown.length / outcomes.length).toBeLessThan(0.02);
  });
});
