import { appendFileSync } from 'node:fs';
import { test } from 'vitest';
import { converse, emptyTalkTally } from './conversation-campaign.ts';
import { Listener } from './conversations.ts';
import { whyNot } from './instrument.ts';

/**
 * Converses with the kernel until it is told to stop, or has held KERNEL_PACKETS packets of which the interpreter knows what becomes of
 * them. Every disagreement is printed, or written to KERNEL_FOUND, with all that reproduces it.
 */
test('until told to stop', async () => {
  const reason = whyNot();
  if (reason !== null) throw new Error(`the kernel cannot be asked: ${reason}`);
  const listener = new Listener();
  const tally = emptyTalkTally();
  const first = Number(process.env.KERNEL_SEED ?? Math.floor(Math.random() * 2 ** 30));
  const enough = Number(process.env.KERNEL_PACKETS ?? Number.POSITIVE_INFINITY);
  const size = { ruleSets: 12, talks: 5, length: Number(process.env.KERNEL_STEPS ?? 40) };
  process.stdout.write(`seed ${first}\n`);
  for (let seed = first; tally.packets - tally.unknown < enough; seed += size.ruleSets) {
    const before = tally.wrong.length;
    await converse(listener, seed, size, tally);
    const found = tally.wrong.slice(before).map((line) => `${line}\n`);
    if (process.env.KERNEL_FOUND) appendFileSync(process.env.KERNEL_FOUND, found.join(''));
    else process.stdout.write(found.join(''));
    const { conversations, packets, unknown, wrong } = tally;
    process.stdout.write(
      `${conversations} conversations, ${packets} packets, ${unknown} unknown, ${wrong.length} disagree\n`,
    );
  }
  listener.close();
});
