import type { WalkAssumption } from '../../engine/assumption.ts';
import type { NetworkAssumption } from '../../path/assumption.ts';
import type { MadeUp, ProofAssumption } from '../../proof/assumption.ts';
import type { WordsOf } from './words-of.ts';

/** What an answer about packets and connections may take for true and no input says. */
export type AnswerAssumption = WalkAssumption | MadeUp | NetworkAssumption;

/** All that any answer may. */
export type Assumption = AnswerAssumption | ProofAssumption;

/** Apart, since the page tells of answers alone, and is not to grow. */
export type AnswerWords = WordsOf<AnswerAssumption>;
export type ProofWords = WordsOf<Exclude<Assumption, AnswerAssumption>>;
