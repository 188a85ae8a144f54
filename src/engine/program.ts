import type { Address } from '../address/address.ts';
import type { Sets } from '../ipset/sets.ts';
import type { RecentMatch } from '../iptables/rule/match.ts';
import type { Hook, Policy, Rule, Ruleset, TableName } from '../iptables/rule/ruleset.ts';
import { builtInChains } from '../iptables/rule/ruleset.ts';
import { InputError, type Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';

/** Where a rule stands: `number` counts from 1 within its chain, as iptables does. */
export interface RulePlace {
  readonly table: TableName;
  readonly chain: string;
  readonly number: number;
  readonly rule: Rule;
}

export interface ProgramRule extends RulePlace {
  /** Where a jump leads; null for every other target. */
  readonly jump: ProgramChain | null;
}

export interface ProgramChain {
  readonly table: TableName;
  readonly name: string;
  readonly policy: Policy | null;
  readonly rules: readonly ProgramRule[];
}

/** A rule set with its jumps resolved: what packets are walked through. */
export interface Program {
  readonly ruleset: Ruleset;
  /** By table and hook. */
  readonly entries: ReadonlyMap<string, ProgramChain>;
  readonly chains: ReadonlyMap<string, ProgramChain>;
  /** How many time stamps a list of `recent` keeps for a source, by the list's name. */
  readonly stampsKept: ReadonlyMap<string, number>;
  /** For how many seconds rules look back into a list of `recent`, by its name. */
  readonly recentSeconds: ReadonlyMap<string, number>;
  /** What a list of `recent` makes of addresses, by its name: the mask of the rule that made it, the first one. */
  readonly recentMasks: ReadonlyMap<string, Address>;
  readonly usesConntrack: boolean;
  /** What `-m set` asks for, where it is known. */
  readonly sets?: Sets;
}

export function chainKey(table: TableName, chain: string): string {
  return `${table}/${chain}`;
}

/**
 * Resolves the jumps. Throws an InputError where a rule jumps to a chain that does not exist, or a built-in chain
 * reaches a loop: the kernel loads neither. `source` is the dump, whose lines the problems point at; `sets` the contents
 * of the node's sets, where they are known.
 */
export function buildProgram(ruleset: Ruleset, source?: Source, sets: Sets = null): Program {
  const chains = new Map<string, ProgramChain>();
  for (const table of ruleset.tables) {
    for (const { name, policy } of table.chains.values()) {
      chains.set(chainKey(table.name, name), { table: table.name, name, policy, rules: [] });
    }
  }
  const problems: Problem[] = [];
  for (const table of ruleset.tables) {
    for (const chain of table.chains.values()) {
      const rules = (chains.get(chainKey(table.name, chain.name)) as ProgramChain).rules as ProgramRule[];
      chain.rules.forEach((rule, index) => {
        const jump = resolve(chains, table.name, rule, problems, source);
        rules.push({ table: table.name, chain: chain.name, number: index + 1, rule, jump });
      });
    }
  }
  const entries = listEntries(chains);
  problems.push(...findLoops([...entries.values()], source));
  if (problems.length > 0) throw new InputError(problems);
  return { ruleset, entries, chains, ...surveyMatches(ruleset), sets };
}

function resolve(
  chains: ReadonlyMap<string, ProgramChain>,
  table: TableName,
  rule: Rule,
  problems: Problem[],
  source: Source | undefined,
): ProgramChain | null {
  if (rule.target?.kind !== 'jump') return null;
  const chain = chains.get(chainKey(table, rule.target.chain));
  if (chain) return chain;
  problems.push({
    code: 'chain-missing',
    severity: 'error',
    message: `table ${table} has no chain ${rule.target.chain}`,
    ...spanOf(rule, source),
    expected: 'a chain that the table declares',
  });
  return null;
}

/** The line of a rule: `at` is its offset where the rule set came from a dump. */
export function spanOf(rule: Rule, source: Source | undefined) {
  if (!source) return {};
  const newline = source.text.indexOf('\n', rule.at);
  return { span: { source, start: rule.at, end: newline === -1 ? source.text.length : newline } };
}

function listEntries(chains: ReadonlyMap<string, ProgramChain>): Map<string, ProgramChain> {
  return new Map(
    [...chains].filter(([, { table, name }]) => (builtInChains[table] as readonly string[]).includes(name)),
  );
}

/** Depth first, with a stack of its own: a dump may chain thousands of chains together. */
function findLoops(entries: readonly ProgramChain[], source: Source | undefined): Problem[] {
  const problems: Problem[] = [];
  const state = new Map<ProgramChain, 'open' | 'closed'>();
  for (const entry of entries) {
    const stack = [{ chain: entry, next: 0 }];
    state.set(entry, 'open');
    for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
      const rule = frame.chain.rules[frame.next++];
      if (!rule) {
        state.set(frame.chain, 'closed');
        stack.pop();
      } else if (rule.jump && state.get(rule.jump) === 'open') {
        problems.push(loopProblem(rule, source));
        return problems;
      } else if (rule.jump && !state.has(rule.jump)) {
        state.set(rule.jump, 'open');
        stack.push({ chain: rule.jump, next: 0 });
      }
    }
  }
  return problems;
}

function loopProblem(rule: ProgramRule, source: Source | undefined): Problem {
  return {
    code: 'chain-loop',
    severity: 'error',
    message: `rule ${rule.number} of ${rule.table}/${rule.chain} closes a loop of chains at ${rule.jump?.name}`,
    ...spanOf(rule.rule, source),
    expected: 'jumps that end, as the kernel demands of what a built-in chain reaches',
  };
}

const conntrackTargets: ReadonlySet<string> = new Set([
  'dnat',
  'snat',
  'masquerade',
  'redirect',
  'netmap',
  'connmark',
  'ct',
]);
const conntrackMatches: ReadonlySet<string> = new Set(['conntrack', 'state', 'connmark']);

type Survey = Pick<Program, 'stampsKept' | 'recentSeconds' | 'recentMasks' | 'usesConntrack'>;

function surveyMatches(ruleset: Ruleset): Survey {
  const stampsKept = new Map<string, number>();
  const recentSeconds = new Map<string, number>();
  const recentMasks = new Map<string, Address>();
  let usesConntrack = false;
  for (const { chains } of ruleset.tables) {
    for (const { rules } of chains.values()) {
      for (const { matches, target } of rules) {
        usesConntrack ||= target !== null && conntrackTargets.has(target.kind);
        for (const match of matches) {
          usesConntrack ||= conntrackMatches.has(match.kind);
          if (match.kind !== 'recent') continue;
          noteRecent(stampsKept, recentSeconds, match);
          recentMasks.set(match.name, recentMasks.get(match.name) ?? match.mask);
        }
      }
    }
  }
  return { stampsKept, recentSeconds, recentMasks, usesConntrack };
}

/** xt_recent rounds the hit count up to a power of two; without any it keeps 32. */
function noteRecent(
  stampsKept: Map<string, number>,
  recentSeconds: Map<string, number>,
  { name, hitcount, seconds }: RecentMatch,
): void {
  const wanted = hitcount ? 2 ** Math.ceil(Math.log2(hitcount)) : 32;
  stampsKept.set(name, Math.max(stampsKept.get(name) ?? 0, wanted));
  if (seconds) recentSeconds.set(name, Math.max(recentSeconds.get(name) ?? 0, seconds));
}

export function entryOf(program: Program, table: TableName, hook: Hook): ProgramChain | undefined {
  return program.entries.get(chainKey(table, hook));
}
