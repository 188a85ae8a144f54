import type { Match } from '../../iptables/rule/match.ts';
import { printMatch, printTarget } from '../../iptables/rule/print.ts';
import type { Rule } from '../../iptables/rule/ruleset.ts';

/** What a rule asks, in canonical spelling. Comments say nothing to a packet and are left out. */
export function matchesKey(matches: readonly Match[]): string {
  let key = '';
  for (const match of matches) if (match.kind !== 'comment') key += printMatch(match);
  return key;
}

/** A whole rule without its comments; where it jumps to is named, not looked into. */
export function ruleKey({ matches, target }: Rule): string {
  return target ? matchesKey(matches) + printTarget(target) : matchesKey(matches);
}

export function commentOf({ matches }: Rule): string | null {
  for (const match of matches) if (match.kind === 'comment' && match.text !== '') return match.text;
  return null;
}
