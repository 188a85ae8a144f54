/** Where a rule stands. */
export interface Where {
  /** The name of the text; null: there is but one. */
  readonly file: string | null;
  /** From 1. */
  readonly line: number;
}
