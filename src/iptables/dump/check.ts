import type { Word } from '../../grammar/dump-nodes.ts';
import type { ProblemCode } from '../../text/codes.ts';
import type { DumpDetail } from '../rule/detail.ts';
import { builtInChains, type Hook, type Rule } from '../rule/ruleset.ts';
import { bitOf, everyHook, hooksOf, type Placed, placedMatch, placedTarget, type Where } from './hooks.ts';
import type { Draft, TableBuilder } from './table.ts';

/** Says what is wrong with the rule that stands at `at`; `find` picks the word to point at. */
export type RuleReport = (
  at: number,
  find: (words: readonly Word[]) => Word,
  code: ProblemCode,
  detail: DumpDetail,
) => void;

/** What the kernel looks at when a table is committed: where jumps lead, and where each extension may stand. */
export function checkTable(table: TableBuilder, where: Where, report: RuleReport): void {
  const drafts = table.drafts();
  const check: Check = {
    table,
    where,
    report,
    reached: new Uint8Array((drafts.at(-1)?.index ?? 0) + 1).fill(notKnown),
    looped: new Set(),
  };
  // No hook at all can also mean another table, which is wrong anywhere.
  for (const draft of drafts) {
    if (draft.next === undefined || draft.hooks === 0 || deadFrom(draft.rules, where) < draft.rules.length)
      survey(draft, check);
  }
  for (const hook of builtInChains[where.table]) {
    const start = table.find(hook);
    if (start && (reachedFrom(start, check) & bitOf(hook)) === 0) walk(start, hook, check);
  }
}

interface Check {
  readonly table: TableBuilder;
  readonly where: Where;
  readonly report: RuleReport;
  /** By a chain's index: the bits of the hooks at which all that is reached from it can stand, or one of those below. */
  readonly reached: Uint8Array;
  /** The rules that were found to close a loop. */
  readonly looped: Set<number>;
}

const notKnown = 255;
/** The way on which we are leads through the chain. */
const onTheWay = 254;

/**
 * The number of rules that the kernel follows: legacy's check of loops and hooks (`mark_source_chains`) does not go on
 * behind a rule that decides on every packet. nft looks at all of them.
 */
function deadFrom(rules: readonly Rule[], { backend }: Where): number {
  if (backend !== 'legacy') return rules.length;
  const last = rules.findIndex(({ matches, target }) => matches.length === 0 && target?.kind === 'verdict');
  return last === -1 ? rules.length : last + 1;
}

/** Looks at each rule of a chain once: where it goes, and at which hooks all of them can stand. */
function survey(draft: Draft, { table, where, report }: Check): void {
  const next: Draft[] = [];
  draft.hooks = everyHook;
  const dead = deadFrom(draft.rules, where);
  draft.rules.forEach((rule, index) => {
    const { target, at } = rule;
    const isFollowed = index < dead;
    const jumped = isFollowed && target?.kind === 'jump' ? table.find(target.chain) : undefined;
    if (jumped && jumped !== next.at(-1)) next.push(jumped);
    for (const placed of placedIn(rule, where)) {
      const { tables } = placed.place;
      if (isFollowed) draft.hooks &= hooksOf(placed, where);
      if (!tables || tables.includes(where.table)) continue;
      const detail: DumpDetail = { code: 'other-table', name: placed.name, tables: tables.join(' and ') };
      report(at, wordAfter(placed), 'target-place', detail);
    }
  });
  draft.next = next;
}

function placedIn({ matches, target }: Rule, where: Where): Placed[] {
  const placed = matches.map((match) => placedMatch(match, where));
  if (target) placed.push(placedTarget(target, where));
  return placed.filter((one) => one !== undefined);
}

/** A chain on the way that is being followed: its next jump, and the hooks of what was reached from it so far. */
interface Step {
  readonly draft: Draft;
  next: number;
  hooks: number;
}

/**
 * The hooks for all that is reached from a chain, each chain once; notices where one is reached from itself. Chains may
 * follow each other by the ten thousand, so the way is a list of its own and no recursion.
 */
function reachedFrom(start: Draft, check: Check): number {
  const { reached } = check;
  const way: Step[] = [];
  const enter = (draft: Draft) => {
    reached[draft.index] = onTheWay;
    way.push({ draft, next: 0, hooks: draft.hooks });
  };
  if (reached[start.index] === notKnown) enter(start);
  for (let step = way.at(-1); step; step = way.at(-1)) {
    const jump = step.draft.next?.[step.next];
    step.next += 1;
    if (!jump) leave(way, reached);
    else {
      const known = reached[jump.index] as number;
      if (known === onTheWay) reportLoop(step.draft, jump, check);
      else if (known === notKnown) enter(jump);
      else step.hooks &= known;
    }
  }
  return reached[start.index] as number;
}

function leave(way: Step[], reached: Uint8Array): void {
  const { draft, hooks } = way.pop() as Step;
  reached[draft.index] = hooks;
  const caller = way.at(-1);
  if (caller) caller.hooks &= hooks;
}

function reportLoop({ rules }: Draft, { name }: Draft, { looped, report }: Check): void {
  const rule = rules.find(({ target }) => target?.kind === 'jump' && target.chain === name);
  if (!rule || looped.has(rule.at)) return;
  looped.add(rule.at);
  report(rule.at, afterJump, 'chain-loop', { code: 'chain-loop', chain: name });
}

/** Finds what cannot stand where a hook reaches it. */
function walk(start: Draft, hook: Hook, { where, report }: Check): void {
  const seen = new Set<Draft>();
  const open = [start];
  for (let draft = open.pop(); draft; draft = open.pop()) {
    if (seen.has(draft)) continue;
    seen.add(draft);
    reportMisplaced(draft, hook, where, report);
    for (const next of (draft.next as Draft[]).toReversed()) open.push(next);
  }
}

function reportMisplaced({ rules }: Draft, hook: Hook, where: Where, report: RuleReport): void {
  for (const rule of rules.slice(0, deadFrom(rules, where))) {
    for (const placed of placedIn(rule, where)) {
      const bits = hooksOf(placed, where);
      if (bits === 0 || (bits & bitOf(hook)) !== 0) continue;
      const hooks = placed.place.hooks?.join(' and ') ?? '';
      const detail: DumpDetail = { code: 'other-hook', name: placed.name, hooks, hook };
      report(rule.at, wordAfter(placed), 'target-place', detail);
    }
  }
}

/** What follows `-j` or `-g`, or is written together with it. */
function afterJump(words: readonly Word[]): Word {
  const index = words.findIndex(({ text }) => /^(?:-j|--jump|(?:-g|--goto).*)$/.test(text));
  return words[index + 1] ?? (words[index] as Word);
}

/** The target, or the name of a match; the rule's first word where that is written together with its `-m`. */
function wordAfter({ letter, name }: Placed): (words: readonly Word[]) => Word {
  if (letter === 'j') return afterJump;
  return (words) => {
    const flag = words.findIndex(
      ({ text }, index) => /^(?:-m|--match)$/.test(text) && words[index + 1]?.text === name,
    );
    return words[flag + 1] as Word;
  };
}
