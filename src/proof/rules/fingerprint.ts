import type { ProgramRule } from '../../engine/program.ts';
import { firstRead } from '../../iptables/dump/written.ts';
import { printTarget } from '../../iptables/rule/print.ts';
import type { Chain, Rule, Ruleset } from '../../iptables/rule/ruleset.ts';
import { keptBy } from '../../text/kept.ts';
import { matchesKey } from './keys.ts';
import { type LazyChain, type LazyProgram, lazyProgram } from './program.ts';
import { Survey } from './survey.ts';

/**
 * Texts by number, for all rule sets of this process: equal texts have equal numbers, so that whole trees of chains are
 * compared as one number, without the doubt that a hash would leave.
 */
const numbers = new Map<string, number>();

function numberOf(text: string): number {
  const known = numbers.get(text);
  if (known !== undefined) return known;
  numbers.set(text, numbers.size);
  return numbers.size - 1;
}

/** What a rule set does, in a form that is quick to compare. */
export class Fingerprint {
  readonly program: LazyProgram;
  private surveyed: Surveyed | undefined;
  private numbers: ReadonlyMap<LazyChain, number> | undefined;

  constructor(program: LazyProgram) {
    this.program = program;
  }

  get survey(): Survey {
    this.surveyed ??= surveyOf(this.program);
    return this.surveyed.survey;
  }

  /** Every chain that a built-in one reaches, after all those that it leads to. */
  get reached(): ReadonlySet<LazyChain> {
    this.surveyed ??= surveyOf(this.program);
    return this.surveyed.reached;
  }

  /** Of all that are reached: equal for chains that do the same, whatever they are called. Made when rule sets are compared. */
  get chains(): ReadonlyMap<LazyChain, number> {
    this.numbers ??= numbersOf(this.reached);
    return this.numbers;
  }
}

interface Surveyed {
  readonly survey: Survey;
  readonly reached: ReadonlySet<LazyChain>;
}

function surveyOf(program: LazyProgram): Surveyed {
  const survey = new Survey(program.family);
  const reached = new Set<LazyChain>();
  for (const entry of program.entries.values()) visit(entry, reached, survey);
  return { survey, reached };
}

/** Linear in the rules. The result is kept as long as the rule set is, so it can be made ahead, while reading. */
export const fingerprint = keptBy((ruleset: Ruleset) => new Fingerprint(lazyProgram(ruleset)));

/** Callees first, with a stack of its own: a dump may chain thousands of chains together. */
function visit(entry: LazyChain, reached: Set<LazyChain>, survey: Survey): void {
  if (reached.has(entry)) return;
  const stack = [{ chain: entry, next: 0 }];
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const { chain, next } = frame;
    const rule = rulesOf(chain)[next];
    if (!rule) {
      reached.add(chain);
      stack.pop();
      continue;
    }
    const jump = chain.jumpOf(rule);
    survey.note(rule, jump, chain, next);
    frame.next += 1;
    if (jump && !reached.has(jump)) stack.push({ chain: jump, next: 0 });
  }
}

function numbersOf(reached: ReadonlySet<LazyChain>): ReadonlyMap<LazyChain, number> {
  const chains = new Map<LazyChain, number>();
  for (const chain of reached) {
    const behind = rulesOf(chain).map((rule) => {
      const jump = chain.jumpOf(rule);
      return jump && (chains.get(jump) as number);
    });
    chains.set(chain, numberOfChain(chain, behind));
  }
  return chains;
}

/** What is asked of them does not hang on where they stand. */
const rulesOf = ({ source }: LazyChain): readonly Rule[] => firstRead(source).rules;

interface Numbered {
  /** By rule: the number of the chain that it jumps to. */
  readonly behind: Behind;
  readonly number: number;
}

type Behind = readonly (number | null)[];

/** Rule sets that have a chain in common have in common what it leads to, nearly always. */
const numbered = new WeakMap<Chain, Numbered>();

function numberOfChain({ source }: LazyChain, behind: Behind): number {
  const first = firstRead(source);
  const known = numbered.get(first);
  if (known?.behind.every((number, index) => number === behind[index])) return known.number;
  const number = numberOf(textOf(first, behind));
  numbered.set(first, { behind, number });
  return number;
}

/**
 * The same numbers, but for the chains in `apart`: their rules are told apart by what `nameOf` says of them, too. All chains that
 * lead to one of these must be among them.
 */
export function numbersWith(
  { reached, chains }: Fingerprint,
  apart: ReadonlySet<LazyChain>,
  nameOf: (rule: ProgramRule) => string,
): ReadonlyMap<LazyChain, number> {
  const named = new Map(chains);
  for (const chain of reached) {
    if (!apart.has(chain)) continue;
    const rules = chain.rules.map((rule) => treeKey(rule, named) + nameOf(rule));
    named.set(chain, numberOf([chain.policy ?? '', ...rules].join('\n')));
  }
  return named;
}

/** Joined rather than added up: V8 would keep all the parts of a sum that nobody reads. */
function textOf({ policy, rules }: Chain, behind: Behind): string {
  return [policy ?? '', ...rules.map((rule, index) => keyOf(rule, behind[index] ?? null))].join('\n');
}

/** A rule with all that it can lead to. */
export function treeKey({ rule, jump }: ProgramRule, chains: ReadonlyMap<LazyChain, number>): string {
  return keyOf(rule, jump && (chains.get(jump as LazyChain) as number));
}

/** What a jump asks, and whether it comes back; where it leads is not looked at. */
export function jumpKey({ rule: { matches, target } }: ProgramRule): string {
  return `${matchesKey(matches)} ${target?.kind === 'jump' && target.returns}`;
}

function keyOf({ matches, target }: Rule, behind: number | null): string {
  const asks = matchesKey(matches);
  if (behind === null) return target ? asks + printTarget(target) : asks;
  const letter = target?.kind === 'jump' && !target.returns ? 'g' : 'j';
  return `${asks} -${letter} #${behind}`;
}
