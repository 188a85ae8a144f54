import type { VirtualServers } from '../host/virtual-servers.ts';
import type { Sets } from '../ipset/sets.ts';
import { hasNoCircles } from '../iptables/dump/read.ts';
import type { Hook, Policy, Rule, Ruleset, TableName } from '../iptables/rule/ruleset.ts';
import { builtInChains } from '../iptables/rule/ruleset.ts';
import { want } from '../text/expected.ts';
import { InputError, type Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { WalkAssumption } from './assumption.ts';
import { usesConntrack } from './conntrack-use.ts';
import type { BaseChain, IrProgram, RecentList, States } from './ir.ts';
import { type LoweredChain, LoweredChains } from './lower/iptables/chain.ts';
import { recentLists } from './lower/iptables/states.ts';
import { MadeChains } from './lower/made-chains.ts';

export type { IrChain as ProgramChain, IrRule as ProgramRule, RulePlace } from './ir.ts';
export type { IptablesProgram as Program };

export function chainKey(table: string, chain: string): string {
  return `${table}/${chain}`;
}

/**
 * Resolves the jumps. Throws an InputError where a rule jumps to a chain that does not exist, or a built-in chain
 * reaches a loop: the kernel loads neither. `source` is the dump, whose lines the problems point at; `sets` the contents
 * of the node's sets, where they are known, and `servers` those of IPVS.
 */
export function buildProgram(
  ruleset: Ruleset,
  source?: Source,
  sets: Sets = null,
  servers?: VirtualServers,
): IptablesProgram {
  const problems = ruleset.checked ? [] : problemsOf(ruleset, source);
  if (problems.length > 0) throw new InputError(problems);
  return new IptablesProgram(ruleset, sets, servers);
}

/** A rule set of iptables as a program. Jumps must lead to chains that exist, and not in circles. */
export function lowerRuleset(ruleset: Ruleset, sets: Sets = null): IptablesProgram {
  return new IptablesProgram(ruleset, sets);
}

function problemsOf(ruleset: Ruleset, source: Source | undefined): readonly Problem[] {
  const missing = missingChains(ruleset, source);
  return hasNoCircles(ruleset) ? missing : [...missing, ...findLoops(ruleset, source)];
}

/** What one family's rules of iptables do on one node. */
export class IptablesProgram implements IrProgram {
  readonly ruleset: Ruleset;
  readonly family: IrProgram['family'];
  readonly chains: ReadonlyMap<string, LoweredChain>;
  /** Built-in chains, by `chainKey`. */
  readonly entries: ReadonlyMap<string, LoweredChain>;
  readonly baseChains: Readonly<Record<Hook, readonly BaseChain[]>>;
  readonly states: States;
  readonly virtualServers?: VirtualServers;
  readonly assumed: readonly WalkAssumption[];

  constructor(ruleset: Ruleset, sets: Sets, servers?: VirtualServers) {
    this.ruleset = ruleset;
    this.family = ruleset.family;
    if (servers) this.virtualServers = servers;
    this.assumed = (ruleset.notShown ?? []).map((table) => ({ code: 'table-not-shown', table }));
    const tables = new Map<string, LoweredChains>();
    const entries = new Map<string, LoweredChain>();
    for (const table of ruleset.tables) {
      const own = new LoweredChains(table, ruleset.family);
      tables.set(table.name, own);
      for (const name of table.chains.keys())
        if (isBase(table.name, name)) entries.set(chainKey(table.name, name), own.get(name) as LoweredChain);
    }
    this.chains = new MadeChains(tables);
    this.entries = entries;
    this.baseChains = orderBaseChains(entries);
    this.states = new IptablesStates(ruleset, sets);
  }

  /** Asked only where nobody says that connections are tracked anyway: it looks at every rule. */
  get usesConntrack(): boolean {
    return usesConntrack(this.chains.values());
  }
}

/** The lists of `recent` are looked for when a rule first asks one. */
class IptablesStates implements States {
  readonly sets: Sets;
  private readonly ruleset: Ruleset;
  private lists: ReadonlyMap<string, RecentList> | undefined;

  constructor(ruleset: Ruleset, sets: Sets) {
    this.ruleset = ruleset;
    this.sets = sets;
  }

  get recent(): ReadonlyMap<string, RecentList> {
    this.lists ??= recentLists(this.ruleset);
    return this.lists;
  }
}

function isBase(table: TableName, chain: string): chain is Hook {
  return (builtInChains[table] as readonly string[]).includes(chain);
}

/** Of the tables of iptables (enum nf_ip_hook_priorities); nat's is that of the hook. */
export const tablePriorities: Readonly<Record<Exclude<TableName, 'nat'>, number>> = {
  raw: -300,
  mangle: -150,
  filter: 0,
  security: 50,
};

export const natPriorities: Readonly<Record<Hook, number>> = {
  PREROUTING: -100,
  OUTPUT: -100,
  INPUT: 100,
  POSTROUTING: 100,
  FORWARD: 100,
};

const noBaseChains = { PREROUTING: [], INPUT: [], FORWARD: [], OUTPUT: [], POSTROUTING: [] } as const;

function orderBaseChains(entries: ReadonlyMap<string, LoweredChain>): Record<Hook, readonly BaseChain[]> {
  const ordered: Record<Hook, readonly BaseChain[]> = { ...noBaseChains };
  for (const chain of entries.values()) {
    const hook = chain.name as Hook;
    const { table, policy } = chain;
    const priority = table === 'nat' ? natPriorities[hook] : tablePriorities[table];
    // What mangle changes in OUTPUT is routed again, as by a chain of type route.
    const type = table === 'nat' ? 'nat' : table === 'mangle' && hook === 'OUTPUT' ? 'route' : 'filter';
    const base: BaseChain = { name: chain.name, type, hook, priority, policy: policy as Policy, chain };
    ordered[hook] = [...ordered[hook], base].sort((left, right) => left.priority - right.priority);
  }
  return ordered;
}

function missingChains(ruleset: Ruleset, source: Source | undefined): Problem[] {
  const problems: Problem[] = [];
  for (const { name: table, chains } of ruleset.tables) {
    for (const { rules } of chains.values()) {
      for (const rule of rules) {
        const { target } = rule;
        if (target?.kind !== 'jump' || chains.has(target.chain)) continue;
        problems.push({
          code: 'chain-missing',
          severity: 'error',
          message: `table ${table} has no chain ${target.chain}`,
          ...spanOf(rule, source),
          expected: want.thing('declared-chain'),
        });
      }
    }
  }
  return problems;
}

/** The line of a rule: `at` is its offset where the rule set came from a dump. */
export function spanOf(rule: Rule, source: Source | undefined) {
  if (!source) return {};
  const newline = source.text.indexOf('\n', rule.at);
  return { span: { source, start: rule.at, end: newline === -1 ? source.text.length : newline } };
}

/** Depth first, with a stack of its own: a dump may chain thousands of chains together. */
function findLoops(ruleset: Ruleset, source: Source | undefined): Problem[] {
  const state = new Map<unknown, 'open' | 'closed'>();
  for (const { name: table, chains } of ruleset.tables) {
    for (const entry of chains.values()) {
      if (!isBase(table, entry.name)) continue;
      const stack = [{ chain: entry, next: 0 }];
      state.set(entry, 'open');
      for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
        const rule = frame.chain.rules[frame.next++];
        if (!rule) {
          state.set(frame.chain, 'closed');
          stack.pop();
          continue;
        }
        const called = rule.target?.kind === 'jump' ? chains.get(rule.target.chain) : undefined;
        if (called && state.get(called) === 'open') {
          return [
            loopProblem(rule, { table, chain: frame.chain.name, number: frame.next }, called.name, source),
          ];
        }
        if (called && !state.has(called)) {
          state.set(called, 'open');
          stack.push({ chain: called, next: 0 });
        }
      }
    }
  }
  return [];
}

function loopProblem(
  rule: Rule,
  place: { readonly table: string; readonly chain: string; readonly number: number },
  called: string,
  source: Source | undefined,
): Problem {
  return {
    code: 'chain-loop',
    severity: 'error',
    message: `rule ${place.number} of ${place.table}/${place.chain} closes a loop of chains at ${called}`,
    ...spanOf(rule, source),
    expected: want.thing('ending-jumps'),
  };
}
