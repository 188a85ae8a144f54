import type { Family } from '../address/address.ts';
import type { Word } from '../grammar/dump-nodes.ts';
import { extensionOf, targetExtensionOf } from '../rule/options.ts';
import { builtInChains, type Hook, isBuiltIn, type Rule, type Table } from '../rule/ruleset.ts';
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
  const nodes = graphOf(table, family, backend, report);
  for (const { placed } of nodes.values()) for (const one of placed) checkTables(table, one, report);
  builtInChains[table.name].forEach((hook, index) => {
    const start = nodes.get(hook);
    if (start) walk(start, index + 1, { table, hook, report });
  });
}

/** A rule with an extension that cannot stand anywhere. */
interface Placed {
  readonly at: number;
  /** The letter before the extension's name. */
  readonly letter: 'm' | 'j';
  readonly name: string;
  readonly place: Place;
}

/** What matters of a chain here: which rules go to which other chains, and what in it has its place. */
interface Node {
  readonly name: string;
  readonly jumps: Node[];
  readonly from: number[];
  readonly placed: Placed[];
  /** The number of the last walk that came here, and whether it is still inside. */
  visit: number;
  within: boolean;
}

/** Made once, as each hook walks over the whole of it. Reports jumps that lead nowhere. */
function graphOf(table: Table, family: Family, backend: Backend, report: RuleReport): Map<string, Node> {
  const nodes = new Map<string, Node>();
  for (const name of table.chains.keys()) {
    nodes.set(name, { name, jumps: [], from: [], placed: [], visit: 0, within: false });
  }
  for (const [name, { rules }] of table.chains) {
    const node = nodes.get(name) as Node;
    for (const rule of rules) {
      addPlaced(node.placed, rule, family, backend);
      if (rule.target?.kind !== 'jump') continue;
      const to = nodes.get(rule.target.chain);
      if (to && !isBuiltIn(table.name, to.name)) {
        node.jumps.push(to);
        node.from.push(rule.at);
      } else report(rule.at, afterJump, 'chain-missing', whyNoJump(rule.target.chain, table));
    }
  }
  return nodes;
}

function whyNoJump(chain: string, { name }: Table): string {
  return isBuiltIn(name, chain)
    ? `${chain} is a built-in chain: no rule can jump to it`
    : `there is no chain '${chain}' in table ${name}`;
}

function addPlaced(placed: Placed[], { matches, target, at }: Rule, family: Family, backend: Backend): void {
  for (const match of matches) {
    const extension = extensionOf(match, family);
    if (extension?.place) {
      placed.push({ at, letter: 'm', name: extension.name, place: extension.place(match, backend) });
    }
  }
  const extension = target === null ? undefined : targetExtensionOf(target, family);
  if (target && extension?.place) {
    placed.push({ at, letter: 'j', name: extension.name, place: extension.place(target, backend) });
  }
}

interface Walk {
  readonly table: Table;
  readonly hook: Hook;
  readonly report: RuleReport;
}

/** Visits all that a hook reaches, each chain once, and notices where it comes back to a chain that it is in. */
function walk(node: Node, visit: number, hook: Walk): void {
  node.visit = visit;
  node.within = true;
  for (const one of node.placed) checkPlace(one, hook);
  for (const [index, next] of node.jumps.entries()) {
    if (next.visit !== visit) walk(next, visit, hook);
    else if (next.within) {
      hook.report(
        node.from[index] as number,
        afterJump,
        'chain-loop',
        `chain ${next.name} is reached from itself`,
      );
    }
  }
  node.within = false;
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

function checkTables(table: Table, { at, letter, name, place }: Placed, report: RuleReport): void {
  if (!place.tables || place.tables.includes(table.name)) return;
  report(
    at,
    wordAfter(letter, name),
    'target-place',
    `${name} is for table ${place.tables.join(' and ')} only`,
  );
}

function checkPlace({ at, letter, name, place }: Placed, { table, hook, report }: Walk): void {
  if (place.tables && !place.tables.includes(table.name)) return;
  if (!place.hooks || place.hooks.includes(hook)) return;
  const message = `${name} works in ${place.hooks.join(' and ')} only, and ${hook} reaches this rule`;
  report(at, wordAfter(letter, name), 'target-place', message);
}
