import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { count } from '../claims.ts';
import { type Conversation, conversationOf, hold, Listener } from './conversations.ts';
import { whyNot } from './instrument.ts';
import { isRequired } from './iptables.ts';

const reason = whyNot();
// KERNEL_CONVERSATIONS asks for more.
const conversations = Number(process.env.KERNEL_CONVERSATIONS ?? 24);
const seed = Number(process.env.KERNEL_SEED ?? 21_000);
const length = Number(process.env.KERNEL_STEPS ?? 20);

/** Both families and both back ends in turn; the same for the same seed. */
function generate(index: number): Conversation {
  const family = index % 2 === 0 ? 'ipv4' : 'ipv6';
  const kind = conversationOf(family, index % 4 < 2 ? 'nft' : 'legacy', length);
  return fc.sample(kind, { numRuns: 1, seed: seed + index })[0] as Conversation;
}

describe.skipIf(reason !== null && !isRequired)(
  `conversations with the kernel${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    let listener: Listener;
    beforeAll(() => {
      listener = new Listener();
    });
    afterAll(() => listener.close());

    test(
      `${conversations} of ${length} steps, seed ${seed}`,
      async () => {
        const wrong: string[] = [];
        let [packets, unknown] = [0, 0];
        for (let index = 0; index < conversations; index += 1) {
          const conversation = generate(index);
          const heard = await listener.ask(conversation);
          if ('refused' in heard)
            throw new Error(`seed ${seed + index}: ${heard.refused}\n${conversation.rules}`);
          const compared = hold(conversation, heard.steps);
          packets += compared.packets;
          unknown += compared.unknown;
          for (const difference of compared.differences)
            wrong.push(
              JSON.stringify({ seed: seed + index, ...difference, heard: heard.steps, ...conversation }),
            );
        }
        const found = process.env.KERNEL_FOUND;
        if (found !== undefined)
          writeFileSync(
            found,
            [`${packets} packets, ${unknown} unknown, ${wrong.length} differ`, ...wrong, ''].join('\n'),
          );
        expect(wrong.map((line) => line.slice(0, 600))).toEqual([]);
        expect(unknown / packets).toBeLessThan(0.1);
        count('packets of conversations', packets - unknown);
      },
      60_000 + conversations * 5000,
    );
  },
);
