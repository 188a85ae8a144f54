import type { NetworkAssumption } from '../../path/assumption.ts';
import type { ProofAssumption } from '../../proof/assumption.ts';
import type { WordsOf } from './words-of.ts';

/** All that an answer may take for true and no input says. */
export type Assumption = ProofAssumption | NetworkAssumption;

export type AssumptionWords = WordsOf<Assumption>;
