import type { Fraction } from '../sets/fraction.ts';
import type { IntervalSet } from '../sets/intervals.ts';
import type { Memory } from './memory.ts';
import type { Reason } from './reasons.ts';

/** A question without an answer. Questions with the same `key` are about the same thing for one packet; null: never. */
export interface Question {
  readonly kind: 'question';
  readonly key: string | null;
  readonly reason: Reason;
  /** For which values of what `key` names the answer is yes, of which; without it the answer is just yes or no. */
  readonly values?: { readonly set: IntervalSet; readonly full: IntervalSet };
  /** The match holds where the answer is no. */
  readonly negated?: boolean;
}

/** Chance decides: each alternative with its share of the weight. The shares' sum is 1. */
export interface Split {
  readonly kind: 'split';
  readonly alternatives: readonly {
    readonly share: Fraction;
    readonly holds: boolean;
    readonly memory: Memory;
  }[];
}

/** What a match says of a packet. */
export type Truth = boolean | Question | Split;

export function isSplit(truth: Truth): truth is Split {
  return typeof truth === 'object' && truth.kind === 'split';
}

export function isQuestion(truth: Truth): truth is Question {
  return typeof truth === 'object' && truth.kind === 'question';
}

/** `!` before a match. */
export function negateIf(negated: boolean, truth: boolean | Question): boolean | Question {
  if (typeof truth === 'boolean') return truth !== negated;
  return negated ? { ...truth, negated: !truth.negated } : truth;
}
