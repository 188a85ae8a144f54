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
  const checker = { table, places: (rule: Rule) => placesOf(rule, family, backend), report };
  checkJumps(table, report);
  checkTables(checker);
  for (const hook of builtInChains[table.name]) checkHook(checker, hook);
}

interface Checker {
  readonly table: Table;
  places(rule: Rule): Generator<NamedPlace>;
  readonly report: RuleReport;
}

/** Where an extension of a rule may stand, the letter before its name, and the name. */
interface NamedPlace {
  readonly letter: string;
  readonly name: string;
  readonly place: Place;
}

function checkJumps(table: Table, report: RuleReport): void {
  for (const { rules } of table.chains.values()) {
    for (const { target, at } of rules) {
      if (target?.kind !== 'jump') continue;
      if (table.chains.has(target.chain) && !isBuiltIn(table.name, target.chain)) continue;
      const message = isBuiltIn(table.name, target.chain)
        ? `${target.chain} is a built-in chain: no rule can jump to it`
        : `there is no chain '${target.chain}' in table ${table.name}`;
      report(at, afterJump, 'chain-missing', message);
    }
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

function* placesOf({ matches, target }: Rule, family: Family, backend: Backend): Generator<NamedPlace> {
  for (const match of matches) {
    const extension = extensionOf(match, family);
    if (extension) yield { letter: 'm', name: extension.name, place: extension.place(match, backend) };
  }
  const extension = target && targetExtensionOf(target, family);
  if (extension) yield { letter: 'j', name: extension.name, place: extension.place(target, backend) };
}

function checkTables({ table, places, report }: Checker): void {
  for (const { rules } of table.chains.values()) {
    for (const rule of rules) {
      for (const { letter, name, place } of places(rule)) {
        if (!place.tables || place.tables.includes(table.name)) continue;
        const message = `${name} is for table ${place.tables.join(' and ')} only`;
        report(rule.at, wordAfter(letter, name), 'target-place', message);
      }
    }
  }
}

/** Walks all that a hook reaches, each chain once, and notices where it comes back to a chain that it is in. */
function checkHook(checker: Checker, hook: Hook): void {
  const { table, report } = checker;
  const done = new Set<string>();
  const within = new Set<string>();
  const walk = (name: string): void => {
    done.add(name);
    within.add(name);
    for (const rule of table.chains.get(name)?.rules ?? []) {
      checkPlaces(checker, rule, hook);
      if (rule.target?.kind !== 'jump') continue;
      const { chain } = rule.target;
      if (within.has(chain))
        report(rule.at, afterJump, 'chain-loop', `chain ${chain} is reached from itself`);
      else if (!done.has(chain) && table.chains.has(chain)) walk(chain);
    }
    within.delete(name);
  };
  walk(hook);
}

function checkPlaces({ table, places, report }: Checker, rule: Rule, hook: Hook): void {
  for (const { letter, name, place } of places(rule)) {
    if (place.tables && !place.tables.includes(table.name)) continue;
    if (!place.hooks || place.hooks.includes(hook)) continue;
    const message = `${name} works in ${place.hooks.join(' and ')} only, and ${hook} reaches this rule`;
    report(rule.at, wordAfter(letter, name), 'target-place', message);
  }
}
