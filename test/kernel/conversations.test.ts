import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { count } from '../claims.ts';
import { converse, emptyTalkTally } from './conversation-campaign.ts';
import { Listener } from './conversations.ts';
import { whyNot } from './instrument.ts';
import { isRequired } from './iptables.ts';

const reason = whyNot();
// `npm run fuzz:conversations` asks for more.
const size = { ruleSets: 18, talks: 2, length: 20 };
const seed = Number(process.env.KERNEL_SEED ?? 21_000);

describe.skipIf(reason !== null && !isRequired)(
  `conversations with the kernel${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    let listener: Listener;
    beforeAll(() => {
      listener = new Listener();
    });
    afterAll(() => listener.close());

    test(`${size.talks} conversations under each of ${size.ruleSets} rule sets, seed ${seed}`, async () => {
      const tally = emptyTalkTally();
      await converse(listener, seed, size, tally);
      expect(tally.wrong.map((line) => line.slice(0, 600))).toEqual([]);
      expect(tally.unknown / tally.packets).toBeLessThan(0.1);
      count('packets of conversations', tally.packets - tally.unknown);
    }, 180_000);
  },
);
