import type { Chain, Rule, Ruleset } from '../../iptables/rule/ruleset.ts';

/** A rule set with rules in the place of others; `ofRule` gives back the same rule where it stays. A chain that has all of its own stays, too. */
export function rewritten(ruleset: Ruleset, ofRule: (rule: Rule, at: number, chain: Chain) => Rule): Ruleset {
  const ofChain = (chain: Chain): Chain => {
    const rules = chain.rules.map((rule, at) => ofRule(rule, at, chain));
    return rules.every((rule, at) => rule === chain.rules[at]) ? chain : { ...chain, rules };
  };
  const tables = ruleset.tables.map((table) => ({
    ...table,
    chains: new Map([...table.chains].map(([name, chain]) => [name, ofChain(chain)] as const)),
  }));
  return { ...ruleset, tables };
}
