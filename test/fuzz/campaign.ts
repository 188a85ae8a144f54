import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { InputError, printProblem } from '../../src/text/problem.ts';
import { count } from '../claims.ts';
import type { Target } from './targets.ts';
import { kept, Watchdog } from './watchdog.ts';

/** An answer, or an InputError that can be printed; the watchdog ends what does not end. */
async function tryOut(target: Target, text: string, watchdog: Watchdog): Promise<void> {
  await watchdog.watch(text, async () => {
    try {
      await target.read(text);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (error.problems.length === 0) throw new Error('refused without a reason');
      error.problems.map(printProblem);
    }
  });
}

/** Tries so many inputs, the same ones for the same seed. Throws the smallest that fails, and keeps it in a file. */
export async function fuzz(name: string, target: Target, seed: number, inputs: number): Promise<void> {
  const watchdog = new Watchdog(name.replaceAll(' ', '-'));
  try {
    const property = fc.asyncProperty(target.texts, (text) => tryOut(target, text, watchdog));
    const found = await fc.check(property, { seed, numRuns: inputs });
    if (!found.failed) {
      count('readers and the command line', found.numRuns);
      return;
    }
    const [text = ''] = found.counterexample ?? [];
    const { message = '', stack = '' } = (found.errorInstance ?? {}) as Error;
    throw new Error(
      `${name}, seed ${seed}: ${keep(name, text)}: ${message}\n${JSON.stringify(text)}\n${stack}`,
    );
  } finally {
    await watchdog.close();
  }
}

function keep(name: string, text: string): string {
  mkdirSync(kept, { recursive: true });
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const path = `${kept}/${name.replaceAll(' ', '-')}-${hash}`;
  writeFileSync(path, text);
  return path;
}
