/**
 * What a check found out. `fits`: the expectation is met; where it is negated, its opposite is. What is not known meets
 * neither.
 */
export interface CheckResult {
  readonly fits: boolean;
  /** Why not, with the trace or the difference; where it fits, why the opposite does not. */
  readonly message: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
}

/** Asks something of a node or a packet. Negated, it is expected of none of all that can happen. */
export type Check<Received, Args extends readonly unknown[]> = (
  received: Received,
  negated: boolean,
  ...args: Args
) => CheckResult;
