import type { Family } from '../address/address.ts';
import type { Word } from '../grammar/dump-nodes.ts';
import { extensionOf, targetExtensionOf } from '../rule/options.ts';
import { builtInChains, type Chain, type Hook, type Rule, type Table } from '../rule/ruleset.ts';
import type { Backend } from '../rule/syntax.ts';
import type { ProblemCode } from '../text/codes.ts';

/** Says what is wrong with the rule that stands at `at`; `find` picks the word to point at. */
export type RuleReport = (
  at: number,
  find: (words: readonly Word[]) => { start: number; end: number },
  code: ProblemCode,
  message: string,
) => void;

/** What the kernel looks at when a table is committed: where jumps lead, and where each extension may stand. */
export function checkTable(table: Table, family: Family, backend: Backend, report: RuleReport): void {
  const nodes = new Map<string, Node>();
  for (const chain of table.chains.values()) {
    nodes.set(chain.name, { chain, hooks: undefined, within: false, visited: undefined });
  }
  const check: Check = { table, family, backend, report, nodes };
  for (const { chain } of nodes.values()) checkChain(chain, check);
  for (const hook of builtInChains[table.name]) {
    const start = nodes.get(hook);
    if (start && (hooksOf(start, check) & bitOf(hook)) === 0) walk(start, hook, check);
  }
}

/** A chain, and what is known of it. */
interface Node {
  readonly chain: Chain;
  /** The bits of the hooks at which all that is reached from here can stand. */
  hooks: number | undefined;
  /** Whether the way on which we are leads through it. */
  within: boolean;
  /** The hook from which a walk came here last. */
  visited: Hook | undefined;
}

const hookOrder: readonly Hook[] = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];
const everyHook = 31;

function bitOf(hook: Hook): number {
  return 1 << hookOrder.indexOf(hook);
}

interface Check {
  readonly table: Table;
  readonly family: Family;
  readonly backend: Backend;
  readonly report: RuleReport;
  readonly nodes: ReadonlyMap<string, Node>;
}

/** What is wrong with a chain wherever it is called from: extensions of other tables. */
function checkChain({ rules }: Chain, check: Check): void {
  const { table, report } = check;
  for (const rule of rules) {
    if (!hasPlace(rule, check.family)) continue;
    for (const { letter, name, place } of placesOf(rule, check)) {
      if (!place.tables || place.tables.includes(table.name)) continue;
      const message = `${name} is for table ${place.tables.join(' and ')} only`;
      report(rule.at, wordAfter(letter, name), 'target-place', message);
    }
  }
}

function hasPlace({ matches, target }: Rule, family: Family): boolean {
  if (target !== null && targetExtensionOf(target, family)?.place) return true;
  for (const match of matches) if (extensionOf(match, family)?.place) return true;
  return false;
}

/** Where the extensions of a rule may stand, with the letter before their names. */
function* placesOf({ matches, target }: Rule, { family, backend }: Check) {
  for (const match of matches) {
    const extension = extensionOf(match, family);
    const place = extension?.place?.(match, backend);
    if (extension && place) yield { letter: 'm', name: extension.name, place };
  }
  const extension = target === null ? undefined : targetExtensionOf(target, family);
  const place = target === null ? undefined : extension?.place?.(target, backend);
  if (extension && place) yield { letter: 'j', name: extension.name, place };
}

/** The hooks for all that is reached from a chain, each chain once; notices where one is reached from itself. */
function hooksOf(node: Node, check: Check): number {
  if (node.hooks !== undefined) return node.hooks;
  node.within = true;
  let hooks = everyHook;
  for (const rule of node.chain.rules) {
    hooks &= ownHooks(rule, check);
    if (rule.target?.kind !== 'jump') continue;
    const next = check.nodes.get(rule.target.chain);
    if (next?.within) {
      check.report(rule.at, afterJump, 'chain-loop', `chain ${rule.target.chain} is reached from itself`);
    } else if (next) hooks &= hooksOf(next, check);
  }
  node.within = false;
  node.hooks = hooks;
  return hooks;
}

function ownHooks(rule: Rule, check: Check): number {
  if (!hasPlace(rule, check.family)) return everyHook;
  let hooks = everyHook;
  for (const { place } of placesOf(rule, check)) {
    if (place.tables && !place.tables.includes(check.table.name)) continue;
    if (place.hooks) hooks &= place.hooks.reduce((bits, hook) => bits | bitOf(hook), 0);
  }
  return hooks;
}

/** Finds what cannot stand where a hook reaches it. */
function walk(node: Node, hook: Hook, check: Check): void {
  node.visited = hook;
  for (const rule of node.chain.rules) {
    checkHook(rule, hook, check);
    const next = rule.target?.kind === 'jump' ? check.nodes.get(rule.target.chain) : undefined;
    if (next && next.visited !== hook) walk(next, hook, check);
  }
}

function checkHook(rule: Rule, hook: Hook, check: Check): void {
  if (!hasPlace(rule, check.family)) return;
  for (const { letter, name, place } of placesOf(rule, check)) {
    if (place.tables && !place.tables.includes(check.table.name)) continue;
    if (!place.hooks || place.hooks.includes(hook)) continue;
    const message = `${name} works in ${place.hooks.join(' and ')} only, and ${hook} reaches this rule`;
    check.report(rule.at, wordAfter(letter, name), 'target-place', message);
  }
}

/** What follows `-j` or `-g`. */
function afterJump(words: readonly Word[]): { start: number; end: number } {
  const index = words.findIndex(({ text }) => /^(?:-[jg]|--jump|--goto)/.test(text));
  return words[index + 1] ?? words[index] ?? { start: 0, end: 0 };
}

function wordAfter(letter: string, name: string) {
  return (words: readonly Word[]) =>
    words.find(({ text }, index) => text === name && words[index - 1]?.text === `-${letter}`) ??
    words[0] ?? { start: 0, end: 0 };
}
