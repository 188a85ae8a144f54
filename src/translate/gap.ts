import type { TableName } from '../iptables/rule/ruleset.ts';
import type { GapCode } from './spell/spelled.ts';

/** A rule of which the translation is not proved to do the same. */
export interface Gap {
  readonly code: GapCode;
  readonly table: TableName;
  readonly chain: string;
  /** Of the rule in its chain, from 1; 0: its policy, or that it is entered. */
  readonly number: number;
  /** The match or target that it is about, as iptables-save prints it; what nft says, where it refuses. */
  readonly part: string;
  /** Whether something stands in the ruleset for it. */
  readonly written: boolean;
  /** The offset of its line in the text that was read. */
  readonly at: number;
}

/** What is not to packets, and is another thing all the same. */
export interface TranslationNote {
  readonly code: 'comment-changed' | 'chain-renamed' | 'never-matches';
  readonly table: TableName;
  readonly chain: string;
  readonly number: number;
  /** The new name, or the comment as it is written. */
  readonly text: string;
  readonly at: number;
}
