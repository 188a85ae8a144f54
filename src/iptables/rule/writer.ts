import type { Match } from './match.ts';
import type { Policy, TableName } from './ruleset.ts';
import type { Target } from './target.ts';

/**
 * Takes rules one by one, in the order in which they are written over all chains. Who makes rules need not know whether
 * they are kept as data or only as text: of a large cluster's 320,000 rules, the text alone is three times as cheap.
 */
export interface RulesetWriter {
  /** Declares a chain; a second time changes nothing. */
  chain(table: TableName, name: string, policy?: Policy | null): ChainWriter;
  /** Declares a chain of which its maker knows that there is none of its name, so that nobody need look. */
  newChain(table: TableName, name: string): ChainWriter;
}

/** A chain to which rules are added. */
export interface ChainWriter {
  readonly name: string;
  /** `origin`: whatever its maker wants to find again in `Rule.origin`. */
  append(matches: readonly Match[], target: Target | null, origin?: unknown): void;
}
