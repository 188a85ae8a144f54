import type { Doubt } from '../host/route.ts';
import type { Fraction } from '../sets/fraction.ts';
import type { Memory } from './memory.ts';

/** A question without an answer. Questions with the same `key` have the same answer for one packet; null: never. */
export interface Question extends Doubt {
  readonly key: string | null;
  /** The match holds where the answer is no. */
  readonly negated?: boolean;
}

/** Chance decides: each alternative with its share of the weight. The shares' sum is 1. */
export interface Split {
  readonly alternatives: readonly {
    readonly share: Fraction;
    readonly holds: boolean;
    readonly memory: Memory;
  }[];
}

/** What a match says of a packet. */
export type Truth = boolean | Question | Split;

export function isSplit(truth: Truth): truth is Split {
  return typeof truth === 'object' && 'alternatives' in truth;
}

export function isQuestion(truth: Truth): truth is Question {
  return typeof truth === 'object' && 'because' in truth;
}

/** `!` before a match. */
export function negateIf(negated: boolean, truth: boolean | Question): boolean | Question {
  if (typeof truth === 'boolean') return truth !== negated;
  return negated ? { ...truth, negated: !truth.negated } : truth;
}

/** All must hold; the first one that does not ends it, and so does the first one that is not known. */
export function every(truths: readonly (() => boolean | Question)[]): boolean | Question {
  let open: Question | undefined;
  for (const truth of truths) {
    const holds = truth();
    if (holds === false) return false;
    if (holds !== true) open ??= holds;
  }
  return open ?? true;
}
