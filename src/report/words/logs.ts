import type { PassedOver } from '../../logs/model.ts';
import type { Taken } from '../../logs/suppositions.ts';

/** What is said of logged packets and connections, in one language. Parts of sentences without a full stop, but for whole lines. */
export interface LogWords {
  /** Lines from one to another; the same: one line. */
  readonly lines: (first: number, last: number) => string;
  /** Lines that were passed over, each with why, in a whole line. */
  readonly passed: (list: readonly (readonly [lines: readonly number[], why: PassedOver])[]) => string;
  readonly by: (writer: string) => string;
  readonly late: string;
  /** What a packet may be taken for, how many of such packets (null: all), and what becomes of it. */
  readonly taken: (as: readonly Taken[], share: string | null, fate: string) => string;
  readonly fateUnknown: string;
  readonly dropped: string;
  readonly droppedBy: (number: number, table: string, chain: string) => string;
  readonly lastRule: (rule: string) => string;
  readonly nextRule: (rule: string) => string;
  readonly rule: (chain: string, number: number, line: number, text: string) => string;

  // Where log and rules part.
  readonly part: (line: number, why: string) => string;
  readonly upToThere: (rule: string) => string;
  readonly nextByRules: (rule: string) => string;
  readonly ruleNumber: (number: number | undefined) => string;
  readonly someRule: (jump: string | null) => string;
  readonly noChain: (chain: string) => string;
  readonly noRule: (rule: string, chain: string, rules: number) => string;
  readonly otherLength: (chain: string, logged: number, rules: number) => string;
  readonly noMatch: (rule: string, chain: string) => string;
  readonly noEnd: (chain: string) => string;
  /** What the line tells of the place, and what the rules answer. */
  readonly otherVerdict: (rule: string, chain: string, logged: string, own: string) => string;
  readonly otherPolicy: (chain: string, logged: string, own: string) => string;
  readonly otherMark: (place: string, logged: string, own: string) => string;
  readonly otherDestination: (place: string, logged: string, own: string) => string;
  readonly atRule: (rule: string, chain: string) => string;
  readonly atEnd: (chain: string) => string;
  readonly noLog: (prefix: string) => string;

  // Of an entry of conntrack.
  readonly entry: (packet: string, parts: EntryParts) => string;
  readonly agrees: string;
  readonly agreesUnknown: string;
  /** `to`: null where it goes untranslated. */
  readonly disagrees: (to: string | null) => string;
  readonly anew: (fates: readonly string[], more: number) => string;
  readonly next: Readonly<Record<'request' | 'answer', string>>;
  readonly atItsEnd: string;
}

export interface EntryParts {
  readonly to: string | null;
  readonly as: string | null;
  readonly state: string | null;
  readonly answered: boolean;
  /** Seconds. */
  readonly left: number | null;
}
