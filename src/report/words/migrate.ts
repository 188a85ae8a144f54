import type { ExceptionCode } from '../../proxy/migrate/exceptions.ts';

/** What is said of a move to another mode or release, in one language. */
export interface MigrateWords {
  readonly exceptions: Readonly<Record<ExceptionCode, ExceptionSaid>>;
  /** The first line: from what to what, on how many nodes, for how many reasons. */
  readonly verdict: (move: MoveSaid) => string;
  readonly toDo: (advice: string) => string;
  readonly on: (nodes: readonly string[], more: number, families: readonly string[]) => string;
  readonly forInstance: (node: string, packet: string) => string;
  /** Whole lines. */
  readonly restNotProved: string;
  readonly walked: (packets: number, nodes: readonly string[], isNamed: boolean) => string;
  // A packet that no reason names.
  readonly unnamed: string;
  readonly onNode: (node: string, packet: string) => string;
  readonly before: (fates: readonly string[]) => string;
  readonly after: (fates: readonly string[]) => string;
}

/** What is said of a move as a whole. Each side as `iptables@1.33.6`. */
export interface MoveSaid {
  readonly from: string;
  readonly to: string;
  readonly reasons: number;
  readonly nodes: number;
  readonly rest: 'proved' | 'unproved';
  /** A packet changes fate for no reason that is named. */
  readonly isUnnamed: boolean;
}

/** What an exception is, and what to do about it. */
export interface ExceptionSaid {
  readonly what: string;
  readonly advice: string;
}
