import type { ExceptionCode } from '../../proxy/migrate/exceptions.ts';

/** What is said of a move to another mode or release, in one language. */
export interface MigrateWords {
  readonly exceptions: Readonly<Record<ExceptionCode, ExceptionSaid>>;
  readonly toDo: (advice: string) => string;
  readonly on: (nodes: readonly string[], more: number, families: readonly string[]) => string;
  readonly forInstance: (node: string, packet: string) => string;
  /** Whole lines. */
  readonly restProved: string;
  readonly restNotProved: string;
  readonly walked: (packets: number, nodes: readonly string[], isNamed: boolean) => string;
  // A packet that no reason names.
  readonly unnamed: string;
  readonly onNode: (node: string, packet: string) => string;
  readonly before: (fates: readonly string[]) => string;
  readonly after: (fates: readonly string[]) => string;
}

/** What an exception is, and what to do about it. */
export interface ExceptionSaid {
  readonly what: string;
  readonly advice: string;
}
