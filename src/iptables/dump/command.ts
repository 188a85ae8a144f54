import type { Family } from '../../address/address.ts';
import type { Word } from '../../grammar/dump-nodes.ts';
import type { ProblemCode } from '../../text/codes.ts';
import type { Expected } from '../../text/expected.ts';
import type { CommandLetter } from '../rule/base-options.ts';
import type { DumpDetail } from '../rule/detail.ts';
import type { Match } from '../rule/match.ts';
import type { Counters, TableName } from '../rule/ruleset.ts';
import type { Backend } from '../rule/syntax.ts';
import type { Target } from '../rule/target.ts';
import type { Use } from './vocabulary.ts';

/** What a line of a table, read as a command, is to do. */
export interface Command {
  readonly letter: CommandLetter;
  readonly chain: Word | undefined;
  /** The number of `-I`, `-R` and `-D`, the policy of `-P`, the new name of `-E`. */
  readonly argument: Word | undefined;
  /** Several where `-s a,b` stands for several rules. */
  readonly rules: readonly DecodedRule[];
  /** The chain that the rules jump to, and where it is named. */
  readonly jump: Word | undefined;
  readonly counters: Counters | undefined;
}

export interface DecodedRule {
  readonly matches: readonly Match[];
  readonly target: Target | null;
}

export interface Settings {
  readonly family: Family;
  readonly backend: Backend;
  readonly table: TableName;
  /** `-j` with a name that is known of nothing is kept, as a question that nobody can answer. */
  readonly open: boolean;
  isChain(name: string): boolean;
}

/** Says what is wrong from `start` to `end`, offsets in the line. */
export type Report = (
  start: number,
  end: number,
  code: ProblemCode,
  detail: DumpDetail,
  expected?: Expected,
  severity?: 'error' | 'warning',
) => void;

/** `-j` or `-g`, and the target that it names where it is one with options. */
export interface Jump {
  readonly word: Word;
  readonly returns: boolean;
  use: Use | undefined;
}
