import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { generate } from './campaign.ts';
import { Instrument } from './instrument.ts';

/**
 * Asks the kernel what it does to packets under generated rule sets, and keeps it for those who have no kernel to ask:
 * npx vitest run --config test/kernel/record.config.ts. Rule sets of IPv6 that count packets are left out: the node's
 * own neighbour discovery moves their counters now and then.
 */
test('records', async () => {
  const instrument = new Instrument();
  const lines: string[] = [];
  for (const testCase of generate(810_000, 160, 16)) {
    if (testCase.family === 'ipv6' && testCase.rules.includes('--mode nth')) continue;
    const observation = await instrument.ask(testCase);
    if ('refused' in observation) throw new Error(`the kernel refused a rule set: ${observation.refused}`);
    lines.push(`${JSON.stringify({ ...testCase, observed: observation.outcomes })}\n`);
  }
  instrument.close();
  writeFileSync(join(import.meta.dirname, '../../fixtures/kernel/generated.jsonl'), lines.join(''));
});
