import type { Family } from '../../address/address.ts';
import type { Match } from '../../iptables/rule/match.ts';
import type { Chain, Policy, Rule, Ruleset, Table, TableName } from '../../iptables/rule/ruleset.ts';
import type { Target } from '../../iptables/rule/target.ts';
import type { ChainWriter, RulesetWriter } from '../../iptables/rule/writer.ts';

/** Keeps rules as data. */
export class RulesetBuilder implements RulesetWriter {
  readonly #tables = new Map<TableName, Map<string, BuiltChain>>();
  readonly #count = { written: 0 };

  chain(table: TableName, name: string, policy: Policy | null = null): BuiltChain {
    let chains = this.#tables.get(table);
    if (!chains) {
      chains = new Map();
      this.#tables.set(table, chains);
    }
    let chain = chains.get(name);
    if (!chain) {
      chain = new BuiltChain(name, policy, this.#count);
      chains.set(name, chain);
    }
    return chain;
  }

  newChain(table: TableName, name: string): BuiltChain {
    return this.chain(table, name);
  }

  ruleset(family: Family): Ruleset {
    const tables = Array.from(this.#tables, ([name, chains]): Table => ({ name, chains }));
    return { family, tables };
  }
}

class BuiltChain implements Chain, ChainWriter {
  readonly name: string;
  readonly policy: Policy | null;
  readonly rules: Rule[] = [];
  /** Of the whole ruleset. */
  readonly #count: { written: number };

  constructor(name: string, policy: Policy | null, count: { written: number }) {
    this.name = name;
    this.policy = policy;
    this.#count = count;
  }

  append(matches: readonly Match[], target: Target | null, origin?: unknown): void {
    this.rules.push({ matches, target, at: this.#count.written, origin });
    this.#count.written += 1;
  }
}
