import type { ProgramRule } from '../../engine/program.ts';
import { printMatch } from '../../iptables/rule/print.ts';
import { ruleKey } from '../rules/keys.ts';
import type { Standing } from '../rules/survey.ts';
import { hasOwnState } from './asking.ts';

/** Extensions of which it is known that a state is its rule's alone. Others may tell it to each other, or to people. */
export const ownStates: ReadonlySet<string> = new Set(['connlimit', 'limit', 'quota']);

/** A state that a rule keeps for itself. */
export interface Instance {
  /** Of both rules of a pair, and of no others: of rules of either side. */
  readonly name: string;
  /** What only one side has cannot have another content than before. */
  readonly isPaired: boolean;
}

/** The states that rules of both sides keep. */
export type Instances = ReadonlyMap<ProgramRule, Instance>;

/**
 * Pairs rules that keep a state of their own. Whether a pair is right is no question: that both see the same packets is
 * asked of every packet, and where they do not, no proof stands on them.
 */
export function pairInstances(before: readonly Standing[], after: readonly Standing[]): Instances {
  const instances = new Map<ProgramRule, Instance>();
  let left = before.map(({ rule }) => rule);
  let right = after.map(({ rule }) => rule);
  for (const keyOf of [wholeKey, textKey, statesKey]) {
    const ordered = (rules: readonly ProgramRule[]) => numbered(rules, keyOf);
    const known = new Map(ordered(right));
    for (const [key, rule] of ordered(left)) {
      const other = known.get(key);
      if (!other) continue;
      const instance = { name: `${statesKey(rule)} of ${placeOf(rule)}`, isPaired: true };
      instances.set(rule, instance);
      instances.set(other, instance);
    }
    left = left.filter((rule) => !instances.has(rule));
    right = right.filter((rule) => !instances.has(rule));
  }
  // Two rules in one place are two states all the same, if they keep others.
  for (const rule of left) instances.set(rule, { name: `${placeOf(rule)} before`, isPaired: false });
  for (const rule of right) instances.set(rule, { name: `${placeOf(rule)} after`, isPaired: false });
  return instances;
}

const placeOf = ({ table, chain, number }: ProgramRule) => `${table}/${chain} ${number}`;

function numbered(
  rules: readonly ProgramRule[],
  keyOf: (rule: ProgramRule) => string,
): (readonly [string, ProgramRule])[] {
  const counts = new Map<string, number>();
  return rules.map((rule) => {
    const key = keyOf(rule);
    const number = (counts.get(key) ?? 0) + 1;
    counts.set(key, number);
    return [`${key} ${number}`, rule] as const;
  });
}

const wholeKey = ({ table, chain, rule }: ProgramRule) => `${table} ${chain}${ruleKey(rule)}`;
const textKey = ({ table, rule }: ProgramRule) => `${table}${ruleKey(rule)}`;
const statesKey = ({ rule }: ProgramRule) => rule.matches.filter(hasOwnState).map(printMatch).join('').trim();
