import type { CopyEnd } from '../../engine/branch.ts';
import type { Reason } from '../../engine/reasons.ts';

/** What becomes of a packet, in half a sentence. */
export interface OutcomeWords {
  readonly unknown: (because: string | null) => string;
  readonly dropped: (because: string | null) => string;
  readonly rejected: (how: string | null) => string;
  /** Null: to the same destination; from an unknown source. */
  readonly arrives: (where: string, to: string | null, from: string | null) => string;
  /** The same of a packet of a connection, of which most keep their destination. */
  readonly step: (where: string, to: string | null, from: string | null) => string;
  readonly toPod: (link: string | null) => string;
  readonly byLink: (link: string | null) => string;
  readonly toNode: string;
  readonly copy: (of: string, verdict: CopyEnd['verdict'], isCertain: boolean) => string;
  readonly reason: (reason: Reason) => string;
  /** Before each of the things that an unknown outcome may be, of one width. */
  readonly either: string;
  readonly or: string;
  readonly orOneOf: (count: number) => string;
  readonly more: (count: number) => string;
  readonly drawn: (times: number) => string;
  /** Of one packet, where others are told that assume less. */
  readonly assumedHere: (list: string) => string;
}
