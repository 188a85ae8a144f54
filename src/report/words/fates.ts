import type { CopyEnd } from '../../engine/branch.ts';
import type { Reason } from '../../engine/reasons.ts';
import type { Effect } from '../../proof/classes/effect.ts';
import type { ProofDoubt } from '../../proof/doubt.ts';
import type { Language } from './language.ts';
import type { WordsOf } from './words-of.ts';

/** One of an effect's forms. */
export type EffectOf<Kind extends Effect['kind']> = Extract<Effect, { readonly kind: Kind }>;

/** Which packets change, to what, and what is not known of them, in one language. Apart, since the page tells no more. */
export interface FateWords {
  readonly language: Language;
  readonly effects: { readonly [Kind in Effect['kind']]: (effect: EffectOf<Kind>) => string };

  // How packets of a class end.
  readonly masqueraded: string;
  readonly preserved: string;
  readonly dropped: (because: string | null) => string;
  readonly rejected: (how: string | null) => string;
  readonly unknown: (because: string | null) => string;
  readonly reason: (reason: Reason) => string;
  readonly doubts: WordsOf<ProofDoubt>;
  readonly toNode: string;
  copied(verdict: CopyEnd['verdict']): string;
  readonly unchanged: string;
  readonly more: (list: string, count: number) => string;

  // Which packets.
  readonly packets: string;
  readonly anyProtocol: string;
  readonly protocol: (number: number) => string;
  readonly protocols: (first: number, last: number) => string;
  readonly anywhere: string;
  /** By the number of an origin: the node itself, outside, pods of the node. */
  readonly places: readonly [string, string, string];
  readonly otherPlace: string;
  readonly allPlaces: string;
  readonly and: (parts: readonly string[]) => string;
  readonly anyone: string;
  readonly allBut: (list: string) => string;
  readonly range: (first: string, last: string) => string;
  readonly box: (box: BoxParts) => string;
}

/** What packets of a set have in common; an absent part is any. */
export interface BoxParts {
  readonly protocols: string;
  readonly destination: string | null;
  readonly ports: string | null;
  readonly sourcePorts: string | null;
  readonly states: readonly string[];
  readonly places: string;
  readonly source: string;
}
