import type { FailureReason } from '../../engine/connect.ts';
import type { LostReason } from '../../path/lost.ts';
import type { WordsOf } from './words-of.ts';

/** Why something is not known, does not arrive, or is not answered: on one node, or between them. */
export type ToldReason = FailureReason | LostReason;

export type ReasonWords = WordsOf<ToldReason>;
