import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestCase } from './generate.ts';
import type { Observed } from './instrument.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/kernel');

/** A case, and what the kernel did to its packets. */
export type Recorded = TestCase & { readonly observed: readonly Observed[] };

/** Small cases about which kubenat and the kernel once disagreed. */
export const knownCases: readonly (readonly [name: string, recorded: Recorded])[] = readdirSync(fixtures)
  .filter((name) => name.endsWith('.json'))
  .map((name) => {
    const { rules, ...rest } = JSON.parse(readFileSync(join(fixtures, name), 'utf8'));
    return [name, { ...rest, rules: rules.join('\n') }] as const;
  });

/** The lines of a file that `record.ts` writes. */
export function readRecorded<Line>(name: string): Line[] {
  const lines = readFileSync(join(fixtures, name), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}
