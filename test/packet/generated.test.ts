import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { disagreements, interpret } from '../kernel/compare.ts';
import type { TestCase } from '../kernel/generate.ts';
import type { Observed } from '../kernel/instrument.ts';

// What the kernel did to packets under generated rule sets (test/kernel/record.ts): the comparison with it, for those
// who cannot ask it.
const path = join(import.meta.dirname, '../../fixtures/kernel/generated.jsonl');
const recorded = readFileSync(path, 'utf8')
  .trimEnd()
  .split('\n')
  .map(
    (line, index) =>
      [index, JSON.parse(line) as TestCase & { readonly observed: readonly Observed[] }] as const,
  );

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
