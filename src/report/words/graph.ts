import type { Condition, Doing } from '../../graph/model.ts';
import type { WordsOf } from './words-of.ts';

/** What is said on a graph of chains, in one language. */
export interface GraphWords {
  readonly doings: WordsOf<Doing>;
  readonly conditions: WordsOf<Condition>;
  readonly not: (what: string) => string;
  readonly more: (count: number) => string;
  readonly everyPacket: string;
}
