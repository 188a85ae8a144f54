import type { ProgramRule } from '../../engine/program.ts';
import { printTarget } from '../../iptables/rule/print.ts';
import type { Ruleset } from '../../iptables/rule/ruleset.ts';
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
export interface Fingerprint {
  readonly program: LazyProgram;
  readonly survey: Survey;
  /** Of every chain that a built-in one reaches: equal for chains that do the same, whatever they are called. */
  readonly chains: ReadonlyMap<LazyChain, number>;
}

const made = new WeakMap<Ruleset, Fingerprint>();

/** Linear in the rules. The result is kept as long as the rule set is, so it can be made ahead, while reading. */
export function fingerprint(ruleset: Ruleset): Fingerprint {
  const known = made.get(ruleset);
  if (known) return known;
  const program = lazyProgram(ruleset);
  const survey = new Survey(ruleset.family);
  const chains = new Map<LazyChain, number>();
  for (const entry of program.entries.values()) visit(entry, chains, survey);
  const fresh = { program, survey, chains };
  made.set(ruleset, fresh);
  return fresh;
}

/** Callees first, with a stack of its own: a dump may chain thousands of chains together. */
function visit(entry: LazyChain, chains: Map<LazyChain, number>, survey: Survey): void {
  if (chains.has(entry)) return;
  const stack = [{ chain: entry, next: 0 }];
  for (let frame = stack.at(-1); frame; frame = stack.at(-1)) {
    const rule = frame.chain.rules[frame.next];
    frame.next += 1;
    if (!rule) {
      chains.set(frame.chain, numberOf(textOf(frame.chain, chains)));
      stack.pop();
      continue;
    }
    survey.note(rule, frame.chain);
    if (rule.jump && !chains.has(rule.jump as LazyChain))
      stack.push({ chain: rule.jump as LazyChain, next: 0 });
  }
}

/** Joined rather than added up: V8 would keep all the parts of a sum that nobody reads. */
function textOf({ policy, rules }: LazyChain, chains: ReadonlyMap<LazyChain, number>): string {
  return [policy ?? '', ...rules.map((rule) => treeKey(rule, chains))].join('\n');
}

/** A rule with all that it can lead to. */
export function treeKey({ rule, jump }: ProgramRule, chains: ReadonlyMap<LazyChain, number>): string {
  const asks = matchesKey(rule.matches);
  if (!jump) return rule.target ? asks + printTarget(rule.target) : asks;
  const letter = rule.target?.kind === 'jump' && !rule.target.returns ? 'g' : 'j';
  return `${asks} -${letter} #${chains.get(jump as LazyChain)}`;
}
