import type { RecentMatch } from '../../../iptables/rule/match.ts';
import type { Ruleset } from '../../../iptables/rule/ruleset.ts';
import type { RecentList } from '../../ir.ts';

/** The lists of `recent` that rules name. Of what they disagree on, the rule that is loaded first decides. */
export function recentLists(ruleset: Ruleset): ReadonlyMap<string, RecentList> {
  const lists = new Map<string, RecentList>();
  for (const { chains } of ruleset.tables) {
    for (const { rules } of chains.values()) {
      for (const { matches } of rules) {
        for (const match of matches) {
          if (match.kind === 'recent') lists.set(match.name, joined(lists.get(match.name), match));
        }
      }
    }
  }
  return lists;
}

/** xt_recent rounds the hit count up to a power of two; without any it keeps 32. */
function joined(known: RecentList | undefined, { hitcount, seconds, mask }: RecentMatch): RecentList {
  const stamps = hitcount ? 2 ** Math.ceil(Math.log2(hitcount)) : 32;
  return {
    stamps: Math.max(known?.stamps ?? 0, stamps),
    seconds: seconds ? Math.max(known?.seconds ?? 0, seconds) : known?.seconds,
    mask: known?.mask ?? mask,
  };
}
