import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { families } from '../../src/address/address.ts';
import { addressTypeCases } from './address-types.ts';
import { generate } from './campaign.ts';
import { printObserved } from './compare.ts';
import { forgedCases } from './forged.ts';
import type { TestCase, TestPacket } from './generate.ts';
import { listTypes, setCase } from './generate-sets.ts';
import { Instrument, type Observation } from './instrument.ts';
import { particularCases } from './particular.ts';

// Asks the kernel what it does to packets, and keeps it for those who have no kernel to ask:
// npx vitest run --config test/kernel/record.config.ts, with `-t forged` and the like to record one file anew.

let instrument: Instrument;
beforeAll(() => {
  instrument = new Instrument();
});
afterAll(() => instrument.close());

async function ask(testCase: TestCase): Promise<Exclude<Observation, { refused: string }>> {
  const observation = await instrument.ask(testCase);
  if ('refused' in observation) throw new Error(`the kernel refused a rule set: ${observation.refused}`);
  return observation;
}

function write(name: string, lines: readonly unknown[]): void {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  writeFileSync(join(import.meta.dirname, '../../fixtures/kernel', name), text);
}

/** Rule sets of IPv6 that count packets are left out: the node's own neighbour discovery moves their counters now and then. */
test('generated', async () => {
  const lines: unknown[] = [];
  for (const testCase of generate(810_000, 160, 16)) {
    if (testCase.family === 'ipv6' && testCase.rules.includes('--mode nth')) continue;
    lines.push({ ...testCase, observed: (await ask(testCase)).outcomes });
  }
  write('generated.jsonl', lines);
});

test.each([
  ['forged', forgedCases],
  ['address-types', addressTypeCases],
  ['particular', particularCases],
])('%s', async (file, cases) => {
  const lines: unknown[] = [];
  for (const [name, testCase] of cases) {
    const { outcomes } = await ask(testCase);
    expect(outcomes).toHaveLength(testCase.packets.length);
    const seen = outcomes.map((outcome, index) =>
      printObserved(outcome, testCase.packets[index] as TestPacket),
    );
    lines.push({ name, seen });
  }
  write(`${file}.jsonl`, lines);
});

test('sets', async () => {
  const lines: unknown[] = [];
  for (const family of families) {
    for (const testCase of fc.sample(setCase(listTypes(), family, 'nft', 16), { numRuns: 24, seed: 4_242 })) {
      const { sets, outcomes } = await ask(testCase);
      lines.push({ ...testCase, sets, observed: outcomes });
    }
  }
  write('sets.jsonl', lines);
});
