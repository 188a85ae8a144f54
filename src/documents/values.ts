import type { Problem } from '../text/problem.ts';

/** The values of a text's documents. A document that could not be read is null, and `problems` says why. */
export interface Documents {
  readonly values: readonly unknown[];
  readonly problems: readonly Problem[];
}
