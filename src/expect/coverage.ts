import type { Rule, Ruleset, TableName } from '../iptables/rule/ruleset.ts';
import type { Source } from '../text/source.ts';
import type { TestedRules, TestResult } from './results.ts';

/** A rule, and how many expectations matched it. */
export interface RuleCount {
  readonly rule: Rule;
  /** In its chain, from 1. */
  readonly number: number;
  readonly count: number;
}

export interface ChainCoverage {
  readonly table: TableName;
  readonly chain: string;
  readonly rules: readonly RuleCount[];
}

/** The rules of a dump: of others no coverage is counted. */
export interface CountedRules extends TestedRules {
  readonly ruleset: Ruleset;
  readonly source: Source;
}

/** Which rules of one rule set were matched by a packet that an expectation is about. */
export interface RulesCoverage {
  readonly rules: CountedRules;
  /** Chains that have rules, in the order of the text. */
  readonly chains: readonly ChainCoverage[];
  readonly covered: number;
  readonly total: number;
}

/** Which rules of all rule sets were matched. `covered` and `total` count rules. */
export interface Coverage {
  readonly sets: readonly RulesCoverage[];
  readonly covered: number;
  readonly total: number;
}

/**
 * Counts, for every rule of every rule set that expectations were asked about, how many of them matched it: on a way that
 * has a probability above zero, by the packet itself, or by packets of a set that were looked at. Rule sets with the same
 * text are one.
 */
export function coverageOf(results: readonly TestResult[]): Coverage {
  const counts = new Map<string, { readonly rules: CountedRules; readonly matched: Map<number, number> }>();
  for (const { rules: tested, judgement } of results) {
    if (!tested.iptables) continue;
    const rules = { ...tested, ...tested.iptables };
    const key = `${rules.ruleset.family} ${rules.source.text}`;
    const known = counts.get(key) ?? { rules, matched: new Map() };
    counts.set(key, known);
    for (const { at } of judgement.matched) known.matched.set(at, (known.matched.get(at) ?? 0) + 1);
  }
  const sets = [...counts.values()].map(({ rules, matched }) => coverRules(rules, matched));
  return { sets, ...sum(sets) };
}

function coverRules(rules: CountedRules, matched: ReadonlyMap<number, number>): RulesCoverage {
  const chains = rules.ruleset.tables.flatMap(({ name: table, chains: members }) =>
    [...members.values()].map(
      (chain): ChainCoverage => ({
        table,
        chain: chain.name,
        rules: chain.rules.map((rule, index) => ({
          rule,
          number: index + 1,
          count: matched.get(rule.at) ?? 0,
        })),
      }),
    ),
  );
  const own = chains.filter((chain) => chain.rules.length > 0);
  const all = own.flatMap((chain) => chain.rules);
  return { rules, chains: own, covered: all.filter(({ count }) => count > 0).length, total: all.length };
}

function sum(sets: readonly RulesCoverage[]): Pick<Coverage, 'covered' | 'total'> {
  return {
    covered: sets.reduce((all, { covered }) => all + covered, 0),
    total: sets.reduce((all, { total }) => all + total, 0),
  };
}

/** In percent; of no rules at all everything is covered. */
export function percentOf({ covered, total }: Pick<Coverage, 'covered' | 'total'>): number {
  return total === 0 ? 100 : (covered / total) * 100;
}
