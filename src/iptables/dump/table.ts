import { isTargetName } from '../rule/options.ts';
import {
  builtInChains,
  type Chain,
  type Counters,
  isBuiltIn,
  type Policy,
  type Rule,
  type Table,
  type TableName,
} from '../rule/ruleset.ts';
import type { Backend } from '../rule/syntax.ts';
import type { JumpTarget } from '../rule/target.ts';
import { everyHook } from './hooks.ts';

/** A chain while its text is being read. */
export interface Draft {
  readonly name: string;
  policy: Policy | null;
  counters: Counters | undefined;
  rules: Rule[];
  /** Its place among all chains that ever were in the table. */
  readonly index: number;
  /** What all rules that jump there have in common: a large dump has few chains that many rules go to. */
  readonly jump: JumpTarget;
  /** Where its rules jump, as far as that was noticed while they were read; undefined where they have to be looked at. */
  next: Draft[] | undefined;
  /** The bits of the hooks at which all of its rules can stand, where `next` is known. */
  hooks: number;
}

const nowhere: Draft[] = [];

/** A table while its text is being read: what iptables-restore has made of it so far. */
export class TableBuilder {
  readonly name: TableName;
  readonly backend: Backend;
  /** Rules before which nft inserted others: it cannot do so once they are gone. */
  readonly anchors = new Set<Rule>();
  private readonly chains = new Map<string, Draft>();
  /** In the order of their coming; those that went leave a gap. */
  private readonly order: (Draft | undefined)[] = [];
  private odd = false;
  private built: Table | undefined;

  constructor(name: TableName, backend: Backend) {
    this.name = name;
    this.backend = backend;
  }

  /** Whether the chain is there: the built-in ones always are. */
  has(chain: string): boolean {
    return this.chains.has(chain) || isBuiltIn(this.name, chain);
  }

  /** The chain, where the text has named it. */
  find(chain: string): Draft | undefined {
    return this.chains.get(chain);
  }

  /** The chain that came next: iptables-save prints the rules of chains in the order in which it declares them. */
  following(draft: Draft | undefined): Draft | undefined {
    return this.order[draft === undefined ? 0 : draft.index + 1];
  }

  /** Whether a chain has the name of a target, or one that would have to be quoted, which `:` lines do not hinder. */
  get hasOddNames(): boolean {
    return this.odd;
  }

  declare(name: string, policy: Policy | null, counters: Counters | undefined): Draft {
    const draft = this.chains.get(name) ?? this.add(name);
    draft.policy = policy;
    draft.counters = counters;
    return draft;
  }

  /** Declares a chain of the user's, whose name needs no quotes; false where there is one of the name. */
  declareNew(name: string): boolean {
    if (this.has(name)) return false;
    this.add(name, true);
    return true;
  }

  append(chain: string, rules: readonly Rule[]): void {
    const draft = this.chain(chain);
    for (const rule of rules) draft.rules.push(rule);
  }

  /** The chain that is asked for, whose rules are to be changed. */
  chain(name: string): Draft {
    const draft = this.chains.get(name) ?? this.add(name);
    draft.next = undefined;
    return draft;
  }

  empty(name: string): void {
    const draft = this.chain(name);
    draft.rules = [];
    draft.next = nowhere;
    draft.hooks = everyHook;
  }

  /** Built-in chains that the text has not named come into being like others. */
  private add(name: string, isPlain = false): Draft {
    if (isTargetName(name) || !(isPlain || /^\w[\w-]*$/.test(name))) this.odd = true;
    const draft: Draft = {
      name,
      policy: !isPlain && isBuiltIn(this.name, name) ? 'ACCEPT' : null,
      counters: undefined,
      rules: [],
      index: this.order.length,
      jump: { kind: 'jump', chain: name, returns: true },
      next: nowhere,
      hooks: everyHook,
    };
    this.chains.set(name, draft);
    this.order.push(draft);
    return draft;
  }

  userChains(): Draft[] {
    return this.drafts().filter(({ name }) => !isBuiltIn(this.name, name));
  }

  /** All chains, in the order of their coming. */
  drafts(): Draft[] {
    return this.order.filter((draft) => draft !== undefined);
  }

  allNames(): string[] {
    return [...this.chains.keys()];
  }

  remove({ name, index }: Draft): void {
    this.order[index] = undefined;
    this.chains.delete(name);
  }

  /** Whether any rule goes to the chain. */
  refersTo(name: string): boolean {
    return this.drafts().some(({ rules }) =>
      rules.some(({ target }) => target?.kind === 'jump' && target.chain === name),
    );
  }

  /** The table as it is now, and as it stays: nothing more can be said to it. */
  build(): Table {
    this.built ??= this.freeze();
    return this.built;
  }

  /** Chains take the place of their drafts: a second map of a hundred thousand names would cost as much as the first. */
  private freeze(): Table {
    const chains: Map<string, Draft | Chain> = this.chains;
    // Whatever is done to a table makes its built-in chains; legacy makes them where a table is named.
    const isThere = this.backend === 'legacy' || this.order.length > 0;
    if (chains.size === 0 && isThere) this.add(builtInChains[this.name][0] as string);
    for (const { name, policy, counters, rules } of this.drafts()) {
      chains.set(name, counters ? { name, policy, counters, rules } : { name, policy, rules });
    }
    this.order.length = 0;
    return { name: this.name, chains: chains as Map<string, Chain> };
  }
}
