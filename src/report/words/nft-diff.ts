import type { Turn } from '../../proof/second/conversation.ts';
import type { OthersLeftOutWords } from './left-out.ts';

/** What a comparison says of rules of which some are of nft; whole sentences, the first ones without a full stop. */
export interface NftDiffWords {
  readonly sameText: string;
  readonly sameByProof: string;
  /** The same where rules of others are left out. */
  readonly ofProxy: { readonly sameText: string; readonly sameByProof: string };
  readonly othersLeftOut: OthersLeftOutWords;
  /** `open`: packets of which it cannot be told. */
  readonly noneChanges: (tried: number, open: number) => string;
  readonly someChange: (tried: number, changing: number, open: number) => string;
  /** The same of some packets that are asked alone. */
  readonly asked: {
    readonly noneChanges: (packets: string, open: number) => string;
    readonly someChange: (packets: string) => string;
  };
  readonly moreKinds: (count: number) => string;
  readonly beside: (table: string) => string;
  readonly proved: (same: number, all: number) => string;
  readonly entries: (hook: string, before: string, after: string) => string;
  readonly noChain: string;
  readonly entry: (chain: string, priority: number, policy: string) => string;
  readonly notProvedFrom: (before: string, after: string | null) => string;
  /** Padded to one width. */
  readonly before: string;
  readonly after: string;
  readonly or: string;
  /** Null: of the ports that the rules allow the kernel takes one. */
  readonly fromPort: (fate: string, port: number | null) => string;
  /** The same of the identifier of a ping. */
  readonly withId: (fate: string, id: number | null) => string;
  readonly moreChains: (count: number) => string;
  readonly rule: (number: number, text: string) => string;
  readonly endOfChain: string;
  /** Before a sentence beside the answer. */
  readonly note: string;
  readonly alike: (count: number) => string;
  /** Behind the packet that begins a conversation: which of it changes fate. */
  readonly turns: Readonly<Record<Turn, string>>;
}
