import type { ConnectionFate } from '../../diff/rollout.ts';

/** What is said of open connections while a change comes, in one language. */
export interface RolloutWords {
  readonly fates: Readonly<Record<ConnectionFate, string>>;
  readonly untouched: string;
  /** `dead`: of them, those that go on to what serves no more. */
  readonly touched: (touched: number, all: number, dead: number) => string;
  readonly row: (service: string, protocol: string, endpoint: string, fronts: readonly string[]) => string;
  readonly releases: (first: string, last: string) => string;
  readonly nodePort: (port: number) => string;
  /** Whole lines. */
  readonly assumed: readonly string[];
}
