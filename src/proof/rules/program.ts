import { chainKey, type Program, type ProgramChain, type ProgramRule } from '../../engine/program.ts';
import {
  builtInChains,
  type Chain,
  type Policy,
  type Rule,
  type Ruleset,
  type TableName,
} from '../../iptables/rule/ruleset.ts';

/** A program whose chains are resolved when they are first entered: a comparison looks at few of them. */
export interface LazyProgram extends Program {
  readonly entries: ReadonlyMap<string, LazyChain>;
  readonly chains: ReadonlyMap<string, LazyChain>;
}

/** Jumps must lead to chains that exist, and not in circles: what `readDump` and the compiler guarantee. */
export function lazyProgram(ruleset: Ruleset): LazyProgram {
  const chains = new Map<string, LazyChain>();
  const entries = new Map<string, LazyChain>();
  for (const { name: table, chains: members } of ruleset.tables) {
    for (const chain of members.values()) {
      const lazy = new LazyChain(table, chain, chains);
      chains.set(chainKey(table, chain.name), lazy);
      if ((builtInChains[table] as readonly string[]).includes(chain.name)) {
        entries.set(chainKey(table, chain.name), lazy);
      }
    }
  }
  // What `recent` remembers is answered by who watches the walk, so nothing of it is gathered here.
  const program = {
    ruleset,
    chains,
    entries,
    stampsKept: new Map(),
    recentSeconds: new Map(),
    recentMasks: new Map(),
    usesConntrack: true,
  };
  return program;
}

export class LazyChain implements ProgramChain {
  readonly table: TableName;
  readonly name: string;
  readonly policy: Policy | null;
  readonly source: Chain;
  private readonly siblings: ReadonlyMap<string, LazyChain>;
  private resolved: readonly ProgramRule[] | undefined;

  constructor(table: TableName, source: Chain, siblings: ReadonlyMap<string, LazyChain>) {
    this.table = table;
    this.name = source.name;
    this.policy = source.policy;
    this.source = source;
    this.siblings = siblings;
  }

  get rules(): readonly ProgramRule[] {
    this.resolved ??= this.source.rules.map((rule, index) => this.resolve(rule, index + 1));
    return this.resolved;
  }

  private resolve(rule: Rule, number: number): ProgramRule {
    const { target } = rule;
    const jump =
      target?.kind === 'jump' ? (this.siblings.get(chainKey(this.table, target.chain)) ?? null) : null;
    return { table: this.table, chain: this.name, number, rule, jump };
  }
}
