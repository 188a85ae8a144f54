import type { Family } from '../address/address.ts';
import type { Word } from '../grammar/dump-nodes.ts';
import { extensionOf, targetExtensionOf } from '../rule/options.ts';
import { builtInChains, type Hook, type Rule, type Table } from '../rule/ruleset.ts';
import type { Backend, Place } from '../rule/syntax.ts';
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
  for (const { name, rules } of table.chains.values()) {
    nodes.set(name, {
      rules,
      next: noJumps,
      placed: nonePlaced,
      hooks: undefined,
      within: false,
      visited: undefined,
    });
  }
  const check: Check = { table, family, backend, report, nodes };
  for (const node of nodes.values()) survey(node, check);
  for (const hook of builtInChains[table.name]) {
    const start = nodes.get(hook);
    if (start && (hooksOf(start, check) & bitOf(hook)) === 0) walk(start, hook, check);
  }
}

/** A chain, and what is known of it. */
interface Node {
  readonly rules: readonly Rule[];
  /** Where its rules jump, one after the other. */
  next: Jump[];
  /** What cannot stand everywhere in it. */
  placed: Placed[];
  /** The bits of the hooks at which all that is reached from here can stand. */
  hooks: number | undefined;
  /** Whether the way on which we are leads through it. */
  within: boolean;
  /** The hook from which a walk came here last. */
  visited: Hook | undefined;
}

interface Jump {
  readonly at: number;
  readonly chain: string;
  readonly node: Node;
}

/** An extension that works at some hooks only. */
interface Placed {
  readonly at: number;
  /** What stands before its name. */
  readonly letter: 'm' | 'j';
  readonly name: string;
  readonly hooks: readonly Hook[];
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

/** Looks at each rule once: where it goes, and what in it has its place. Extensions of other tables are wrong anywhere. */
function survey(node: Node, check: Check): void {
  const { family, backend } = check;
  let last: Jump | undefined;
  for (const { matches, target, at } of node.rules) {
    for (const match of matches) {
      const extension = extensionOf(match, family);
      if (extension?.place) addPlace(node, at, 'm', extension.name, extension.place(match, backend), check);
    }
    if (target?.kind === 'jump') {
      if (last?.chain === target.chain) continue;
      const next = check.nodes.get(target.chain);
      if (!next) continue;
      last = { at, chain: target.chain, node: next };
      node.next = node.next === noJumps ? [last] : pushed(node.next, last);
    } else if (target) {
      const extension = targetExtensionOf(target, family);
      if (extension?.place) addPlace(node, at, 'j', extension.name, extension.place(target, backend), check);
    }
  }
}

function addPlace(
  node: Node,
  at: number,
  letter: 'm' | 'j',
  name: string,
  { tables, hooks }: Place,
  { table, report }: Check,
): void {
  if (tables && !tables.includes(table.name)) {
    const message = `${name} is for table ${tables.join(' and ')} only`;
    report(at, wordAfter(letter, name), 'target-place', message);
  } else if (hooks) {
    const placed = { at, letter, name, hooks };
    node.placed = node.placed === nonePlaced ? [placed] : pushed(node.placed, placed);
  }
}

/** Most chains have one of a kind or none, and an empty array that grows takes room for many. */
const noJumps: Jump[] = [];
const nonePlaced: Placed[] = [];

function pushed<T>(list: T[], one: T): T[] {
  list.push(one);
  return list;
}

/** A chain on the way that is being followed: its next jump, and the hooks of what was reached from it so far. */
interface Step {
  readonly node: Node;
  next: number;
  hooks: number;
}

function enter(node: Node): Step {
  node.within = true;
  let hooks = everyHook;
  for (const placed of node.placed) hooks &= placed.hooks.reduce((bits, hook) => bits | bitOf(hook), 0);
  return { node, next: 0, hooks };
}

/**
 * The hooks for all that is reached from a chain, each chain once; notices where one is reached from itself. Chains may
 * follow each other by the ten thousand, so the way is a list of its own and no recursion.
 */
function hooksOf(start: Node, check: Check): number {
  if (start.hooks !== undefined) return start.hooks;
  const way = [enter(start)];
  for (let step = way.at(-1); step; step = way.at(-1)) {
    const jump = step.node.next[step.next];
    step.next += 1;
    if (!jump) leave(way);
    else if (jump.node.within) {
      check.report(jump.at, afterJump, 'chain-loop', `chain ${jump.chain} is reached from itself`);
    } else if (jump.node.hooks === undefined) way.push(enter(jump.node));
    else step.hooks &= jump.node.hooks;
  }
  return start.hooks ?? everyHook;
}

function leave(way: Step[]): void {
  const { node, hooks } = way.pop() as Step;
  node.within = false;
  node.hooks = hooks;
  const caller = way.at(-1);
  if (caller) caller.hooks &= hooks;
}

/** Finds what cannot stand where a hook reaches it. */
function walk(start: Node, hook: Hook, check: Check): void {
  const open = [start];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.visited === hook) continue;
    node.visited = hook;
    for (const { at, letter, name, hooks } of node.placed) {
      if (hooks.includes(hook)) continue;
      const message = `${name} works in ${hooks.join(' and ')} only, and ${hook} reaches this rule`;
      check.report(at, wordAfter(letter, name), 'target-place', message);
    }
    for (const jump of node.next.toReversed()) open.push(jump.node);
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
