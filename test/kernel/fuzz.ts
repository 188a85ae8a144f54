import { test } from 'vitest';
import { compareWithKernel, emptyTally, generate } from './campaign.ts';
import { Instrument, whyNot } from './instrument.ts';

/** Compares with the kernel until it is told to stop. Every disagreement is printed as a case for fixtures/kernel. */
test('until told to stop', async () => {
  const reason = whyNot();
  if (reason !== null) throw new Error(`the kernel cannot be asked: ${reason}`);
  const instrument = new Instrument();
  const tally = emptyTally();
  const first = Number(process.env.KERNEL_SEED ?? Math.floor(Math.random() * 2 ** 30));
  process.stdout.write(`seed ${first}\n`);
  for (let seed = first; ; seed += 100) {
    const before = tally.disagreements.length;
    for (const testCase of generate(seed, 100, 30)) await compareWithKernel(instrument, testCase, tally);
    for (const text of tally.disagreements.slice(before)) process.stdout.write(`${text}\n`);
    const { ruleSets, packets, unknown, disagreements } = tally;
    process.stdout.write(
      `${ruleSets} rule sets, ${packets} packets, ${unknown} unknown, ${disagreements.length} rule sets disagree\n`,
    );
  }
});
