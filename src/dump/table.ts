import type { CommandLetter } from '../rule/base-options.ts';
import { isTargetName } from '../rule/options.ts';
import { printMatch, printTarget } from '../rule/print.ts';
import {
  type Chain,
  type Counters,
  isBuiltIn,
  type Policy,
  type Rule,
  type Table,
  type TableName,
} from '../rule/ruleset.ts';
import type { JumpTarget } from '../rule/target.ts';
import type { ProblemCode } from '../text/codes.ts';
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

/** Why a command cannot be carried out, and which of its words is to blame. */
export interface Fault {
  readonly at: 'chain' | 'argument';
  readonly code: ProblemCode;
  readonly message: string;
}

/** A table while its text is being read: what iptables-restore has made of it so far. */
export class TableBuilder {
  readonly name: TableName;
  private readonly chains = new Map<string, Draft>();
  /** In the order of their coming; those that went leave a gap. */
  private readonly order: (Draft | undefined)[] = [];
  private odd = false;
  private built: Table | undefined;

  constructor(name: TableName) {
    this.name = name;
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

  remove(name: string): void {
    const draft = this.chains.get(name);
    if (draft) this.order[draft.index] = undefined;
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
    for (const { name, policy, counters, rules } of this.drafts()) {
      chains.set(name, counters ? { name, policy, counters, rules } : { name, policy, rules });
    }
    this.order.length = 0;
    return { name: this.name, chains: chains as Map<string, Chain> };
  }
}

type Applier = (
  table: TableBuilder,
  chain: string,
  argument: string | undefined,
  rules: readonly Rule[],
) => Fault | undefined;

/** What each command does to a table. The chain exists, where the command needs one. */
export const appliers = {
  A(table, chain, _argument, rules) {
    table.append(chain, rules);
    return undefined;
  },
  I(table, chain, argument, rules) {
    const list = table.chain(chain).rules;
    const number = argument === undefined ? 1 : ruleNumber(argument);
    if (number === undefined || number > list.length + 1)
      return noRule('argument', `the chain has ${list.length} rules`);
    // Several rules of one line are inserted one after the other at the same place.
    list.splice(number - 1, 0, ...rules.toReversed());
    return undefined;
  },
  R(table, chain, argument, rules) {
    const list = table.chain(chain).rules;
    const number = ruleNumber(argument ?? '');
    if (number === undefined || number > list.length)
      return noRule('argument', `the chain has ${list.length} rules`);
    if (rules.length !== 1) return noRule('argument', 'one rule can be replaced by one only');
    list.splice(number - 1, 1, ...rules);
    return undefined;
  },
  D(table, chain, argument, rules) {
    const list = table.chain(chain).rules;
    if (argument !== undefined) {
      const number = ruleNumber(argument);
      if (number === undefined || number > list.length)
        return noRule('argument', `the chain has ${list.length} rules`);
      list.splice(number - 1, 1);
      return undefined;
    }
    for (const rule of rules) {
      const index = list.findIndex((one) => sameRule(one, rule));
      if (index === -1) return noRule('chain', 'the chain has no such rule');
      list.splice(index, 1);
    }
    return undefined;
  },
  C(table, chain, _argument, rules) {
    const list = table.chain(chain).rules;
    const found = rules.every((rule) => list.some((one) => sameRule(one, rule)));
    return found ? undefined : noRule('chain', 'the chain has no such rule');
  },
  F(table, chain) {
    for (const name of chain === '' ? table.allNames() : [chain]) table.empty(name);
    return undefined;
  },
  Z: () => undefined,
  N(table, chain) {
    if (table.has(chain))
      return { at: 'chain', code: 'chain-name', message: `chain ${chain} is there already` };
    table.declare(chain, null, undefined);
    return undefined;
  },
  X(table, chain) {
    if (chain !== '' && isBuiltIn(table.name, chain)) return inUse(`${chain} is a built-in chain`);
    for (const { name, rules } of chain === '' ? table.userChains() : [table.chain(chain)]) {
      if (rules.length > 0) return inUse(`chain ${name} still has rules`);
      if (table.refersTo(name)) return inUse(`rules still jump to chain ${name}`);
      table.remove(name);
    }
    return undefined;
  },
  E(table, chain, argument = '') {
    if (isBuiltIn(table.name, chain)) return inUse(`${chain} is a built-in chain`);
    if (table.has(argument))
      return { at: 'argument', code: 'chain-name', message: `chain ${argument} is there already` };
    const { rules } = table.chain(chain);
    table.remove(chain);
    table.append(argument, rules);
    for (const name of table.allNames()) {
      const draft = table.chain(name);
      draft.rules = draft.rules.map((rule) => retarget(rule, chain, argument));
    }
    return undefined;
  },
  P(table, chain, argument) {
    if (!isBuiltIn(table.name, chain)) {
      return { at: 'chain', code: 'chain-name', message: 'only built-in chains have a policy' };
    }
    if (argument !== 'ACCEPT' && argument !== 'DROP') {
      return { at: 'argument', code: 'option-value', message: 'a policy is ACCEPT or DROP' };
    }
    if (argument === 'DROP' && table.name === 'nat') {
      return {
        at: 'argument',
        code: 'target-place',
        message: 'nat is not for filtering: DROP is refused there',
      };
    }
    table.declare(chain, argument, undefined);
    return undefined;
  },
} satisfies Record<CommandLetter, Applier>;

function ruleNumber(text: string): number | undefined {
  return /^\d+$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}

function noRule(at: Fault['at'], message: string): Fault {
  return { at, code: 'rule-missing', message };
}

function inUse(message: string): Fault {
  return { at: 'chain', code: 'chain-in-use', message };
}

function sameRule(left: Rule, right: Rule): boolean {
  return printed(left) === printed(right);
}

function printed({ matches, target }: Rule): string {
  return matches.map(printMatch).join('') + (target ? printTarget(target) : '');
}

function retarget(rule: Rule, from: string, to: string): Rule {
  const { target } = rule;
  return target?.kind === 'jump' && target.chain === from
    ? { ...rule, target: { ...target, chain: to } }
    : rule;
}
