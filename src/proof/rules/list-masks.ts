import type { Address } from '../../address/address.ts';
import type { Match } from '../../iptables/rule/match.ts';
import type { Rule, Ruleset } from '../../iptables/rule/ruleset.ts';

/**
 * The mask of a list of `recent` is that of the first rule that names it (xt_recent.c, recent_mt_check): so rules that
 * print the same do not do the same where others stand before them. Here each rule says the mask that counts.
 */
export function withListMasks(ruleset: Ruleset): Ruleset {
  const masks = new Map<string, Address>();
  let differ = false;
  for (const { chains } of ruleset.tables) {
    for (const { rules } of chains.values()) {
      for (const { matches } of rules) {
        for (const match of matches) {
          if (match.kind !== 'recent') continue;
          const first = masks.get(match.name) ?? match.mask;
          masks.set(match.name, first);
          differ ||= first !== match.mask;
        }
      }
    }
  }
  return differ ? rewrite(ruleset, masks) : ruleset;
}

function rewrite(ruleset: Ruleset, masks: ReadonlyMap<string, Address>): Ruleset {
  const masked = (match: Match): Match =>
    match.kind === 'recent' ? { ...match, mask: masks.get(match.name) ?? match.mask } : match;
  const ofRule = (rule: Rule): Rule =>
    rule.matches.some(({ kind }) => kind === 'recent')
      ? { ...rule, matches: rule.matches.map(masked) }
      : rule;
  const tables = ruleset.tables.map((table) => ({
    ...table,
    chains: new Map(
      [...table.chains].map(([name, chain]) => [name, { ...chain, rules: chain.rules.map(ofRule) }] as const),
    ),
  }));
  return { ...ruleset, tables };
}
