import type { Match } from '../rule/match.ts';
import { printMatch, printTarget } from '../rule/print.ts';
import type { Target } from '../rule/target.ts';

/** A rule as iptables-save prints it. */
export function printForSave(start: string, matches: readonly Match[], target: Target | null): string {
  let text = start;
  for (const match of matches) text += printMatch(match);
  return target === null ? text : text + printTarget(target);
}
