import type { Seen } from '../../engine/why-not.ts';
import type { WordsOf } from './words-of.ts';

/** What a packet shows where a rule does not match it. */
export interface SeenWords {
  readonly seen: WordsOf<Seen>;
  /** Of a kind for which there are no words. */
  readonly notSo: string;
}
