import { test } from 'vitest';
import { fuzz } from './campaign.ts';
import { commandTarget } from './command.ts';
import { targets } from './targets.ts';

/** Inputs between two words of how far it is. */
const round = 2_000;

test('until told to stop', async () => {
  const first = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 30));
  const only = process.env.FUZZ_ONLY;
  const all = { ...targets, 'command line': await commandTarget() };
  const failures = new Map<string, string>();
  let tried = 0;
  for (let seed = first; ; seed += 1) {
    for (const [name, target] of Object.entries(all)) {
      if (only !== undefined && !name.startsWith(only)) continue;
      try {
        await fuzz(name, target, seed, round);
      } catch (error) {
        failures.set(name, String(error));
        process.stdout.write(`${String(error)}\n`);
      }
      tried += round;
    }
    process.stdout.write(`seed ${seed}: ${tried} inputs, ${failures.size} of the readers fail\n`);
  }
});
