import fc from 'fast-check';
import { families } from '../../src/address/address.ts';
import { type Conversation, conversationsOf, type Heard, hold, type Listener } from './conversations.ts';

/** What a campaign of conversations has come to. */
export interface TalkTally {
  conversations: number;
  packets: number;
  /** Packets of which the interpreter says that it does not know. */
  unknown: number;
  /** A disagreement each, with all that reproduces it. */
  readonly wrong: string[];
}

export const emptyTalkTally = (): TalkTally => ({ conversations: 0, packets: 0, unknown: 0, wrong: [] });

export interface TalkSize {
  /** Rule sets, each for several conversations. */
  readonly ruleSets: number;
  readonly talks: number;
  readonly length: number;
}

const kinds = (['nft', 'legacy', 'nftables'] as const).flatMap((backend) =>
  families.map((family) => ({ family, backend })),
);

interface Numbered {
  readonly seed: number;
  readonly conversation: Conversation;
}

/** Both families and all back ends in turn; the same for the same seed. */
function* generate(first: number, { ruleSets, talks, length }: TalkSize): Generator<Numbered> {
  for (let seed = first; seed < first + ruleSets; seed += 1) {
    const { family, backend } = kinds[seed % kinds.length] as (typeof kinds)[number];
    const [made] = fc.sample(conversationsOf(family, backend, { talks, length }), { numRuns: 1, seed });
    for (const conversation of made ?? []) yield { seed, conversation };
  }
}

/** Holds conversations against the kernel. While one is held against it, the next one is already asked. */
export async function converse(
  listener: Listener,
  first: number,
  size: TalkSize,
  tally: TalkTally,
): Promise<void> {
  let asked: { readonly talk: Numbered; readonly heard: Promise<Heard> } | null = null;
  for (const talk of generate(first, size)) {
    const before = asked;
    asked = { talk, heard: listener.ask(talk.conversation) };
    if (before) judge(before.talk, await before.heard, tally);
  }
  if (asked) judge(asked.talk, await asked.heard, tally);
}

function judge({ seed, conversation }: Numbered, heard: Heard, tally: TalkTally): void {
  if ('refused' in heard) throw new Error(`seed ${seed}: ${heard.refused}\n${conversation.rules}`);
  const compared = hold(conversation, heard.steps);
  tally.conversations += 1;
  tally.packets += compared.packets;
  tally.unknown += compared.unknown;
  for (const difference of compared.differences)
    tally.wrong.push(JSON.stringify({ seed, ...difference, heard: heard.steps, ...conversation }));
}
