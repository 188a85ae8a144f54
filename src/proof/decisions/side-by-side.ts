import type { Family } from '../../address/address.ts';
import type { IrRule } from '../../engine/ir.ts';
import type { Policy } from '../../iptables/rule/ruleset.ts';
import type { Cube } from './decide.ts';
import { cubesThatDiffer } from './differ.ts';
import { PlainRules } from './plain.ts';

/** A chain of one side. */
export interface ChainSide<R extends IrRule> {
  readonly rules: readonly R[];
  /** Of a base chain; null for others. */
  readonly policy: Policy | null;
  /** Equal for rules that do the same, with all that they lead to. */
  readonly wholeKey: (rule: R) => string;
  /** Equal for rules that are taken for one where they are not plain: what they call may differ. */
  readonly markKey: (rule: R) => string;
}

/** Two chains, divided at the rules that are not plain. */
export interface SideBySide<R extends IrRule> {
  /** Packets, as they are when they come to such a rule or to the end, that one side has ended otherwise by then. */
  readonly cubes: readonly Cube[];
  /** Rules that are not plain, each with the same one of the other side: the same packets come to both. */
  readonly pairs: readonly (readonly [R, R])[];
}

/** Rules that are decided together, those of chains that they call included. */
export const mostRules = 300;
/** Equal rules before and after those that differ: one of them may make a rule of the others idle. */
const context = 32;

/**
 * Lays two chains side by side and decides the plain rules between those that are not. Null where the ones that are not
 * plain differ, or there is too much.
 */
export function sideBySide<R extends IrRule>(
  left: ChainSide<R>,
  right: ChainSide<R>,
  family: Family,
): SideBySide<R> | null {
  const window = cutAlike(left, right);
  if (!window) return null;
  const plain = new PlainRules();
  const was = divide(window.left, plain);
  const is = divide(window.right, plain);
  if (was === null || is === null || was.marks.length !== is.marks.length) return null;
  const pairs = was.marks.map((mark, at) => [mark, is.marks[at] as R] as const);
  if (pairs.some(([one, other]) => left.markKey(one) !== right.markKey(other))) return null;
  const cubes: Cube[] = [];
  for (const [at, run] of was.runs.entries()) {
    const atEnd = window.toEnd && at === was.runs.length - 1;
    const differing = cubesThatDiffer({
      left: run,
      right: is.runs[at] as readonly R[],
      family,
      after: (decided, side) => comesTo(decided, (side === 'left' ? left : right).policy, atEnd),
    });
    if (differing === null) return null;
    cubes.push(...differing);
  }
  return { cubes, pairs };
}

/** Who returns from a base chain, or comes to its end, gets its policy; of other chains both go on where they came from. */
export function comesTo(decided: string, policy: Policy | null, atEnd: boolean): string {
  const leaves = decided === 'return' || (decided === 'end' && atEnd);
  if (!leaves) return decided;
  if (policy === null) return 'return';
  return policy === 'ACCEPT' ? '{"do":"accept"}' : '{"do":"drop"}';
}

interface Window<R> {
  readonly left: readonly R[];
  readonly right: readonly R[];
  /** It reaches to the end of the chains. */
  readonly toEnd: boolean;
}

/** Leaves away what both begin and end with; null where too much is left. */
function cutAlike<R extends IrRule>(left: ChainSide<R>, right: ChainSide<R>): Window<R> | null {
  const [long, other] = [left.rules.length, right.rules.length];
  const alike = (at: number, from: number) =>
    left.wholeKey(left.rules[at] as R) === right.wholeKey(right.rules[from] as R);
  const most = Math.min(long, other);
  let first = 0;
  while (first < most && alike(first, first)) first += 1;
  let last = 0;
  const samePolicy = left.policy === right.policy;
  while (samePolicy && last < most - first && alike(long - 1 - last, other - 1 - last)) last += 1;
  const begin = Math.max(0, first - context);
  const end = Math.max(0, last - context);
  if (Math.max(long, other) - begin - end > mostRules) return null;
  return {
    left: left.rules.slice(begin, long - end),
    right: right.rules.slice(begin, other - end),
    toEnd: end === 0,
  };
}

interface Divided<R> {
  /** Plain rules, as they stand between those that are not: one run more than there are marks. */
  readonly runs: readonly (readonly R[])[];
  readonly marks: readonly R[];
}

function divide<R extends IrRule>(rules: readonly R[], plain: PlainRules): Divided<R> | null {
  const runs: R[][] = [[]];
  const marks: R[] = [];
  let sum = 0;
  for (const rule of rules) {
    const size = plain.sizeOf(rule);
    if (size === null) {
      marks.push(rule);
      runs.push([]);
      continue;
    }
    sum += size;
    if (sum > mostRules) return null;
    runs.at(-1)?.push(rule);
  }
  return { runs, marks };
}
