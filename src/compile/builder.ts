import type { Family } from '../address/address.ts';
import type { Match } from '../rule/match.ts';
import type { Chain, Policy, Rule, Ruleset, Table, TableName } from '../rule/ruleset.ts';
import type { Target } from '../rule/target.ts';

/** Collects rules in the order in which they are written, over all chains. */
export class RulesetBuilder {
  readonly #tables = new Map<TableName, Map<string, WritableChain>>();
  #written = 0;

  /** Declares a chain; a second time changes nothing. */
  chain(table: TableName, name: string, policy: Policy | null = null): WritableChain {
    let chains = this.#tables.get(table);
    if (!chains) {
      chains = new Map();
      this.#tables.set(table, chains);
    }
    let chain = chains.get(name);
    if (!chain) {
      chain = { name, policy, rules: [] };
      chains.set(name, chain);
    }
    return chain;
  }

  append(chain: WritableChain, matches: readonly Match[], target: Target | null, origin?: unknown): void {
    chain.rules.push({ matches, target, at: this.#written, origin });
    this.#written += 1;
  }

  ruleset(family: Family): Ruleset {
    const tables = Array.from(this.#tables, ([name, chains]): Table => ({ name, chains }));
    return { family, tables };
  }
}

export interface WritableChain extends Chain {
  readonly rules: Rule[];
}
