import type { OtherMatch } from '../../iptables/rule/match.ts';
import type { Chain, Rule, Ruleset } from '../../iptables/rule/ruleset.ts';
import type { OtherTarget } from '../../iptables/rule/target.ts';

type Part = OtherMatch | OtherTarget;

const isObscured = (part: { readonly kind: string } | null): part is Part =>
  part?.kind === 'other' && (part as Part).obscured === true;

const hasObscured = ({ matches, target }: Rule) => isObscured(target) || matches.some(isObscured);

const rulesOf = ({ tables }: Ruleset) =>
  tables.flatMap(({ chains }) => [...chains.values()].flatMap(({ rules }) => rules));

/**
 * The rules of one side, with each part that the text does not show in full named by where it stands: two that read alike, on two sides or in
 * two rules, need not be alike.
 */
export function apart(ruleset: Ruleset, side: 'before' | 'after'): Ruleset {
  if (!rulesOf(ruleset).some(hasObscured)) return ruleset;
  const chainOf = (chain: Chain): Chain => {
    const rules = chain.rules.map((rule, at) => named(rule, `(rule ${at + 1} of ${chain.name} ${side})`));
    return { ...chain, rules };
  };
  const tables = ruleset.tables.map((table) => ({
    ...table,
    chains: new Map([...table.chains].map(([name, chain]) => [name, chainOf(chain)])),
  }));
  return { ...ruleset, tables };
}

function named(rule: Rule, place: string): Rule {
  if (!hasObscured(rule)) return rule;
  const own = <P extends Part>(part: P): P => ({ ...part, words: [...part.words, place] });
  const { matches, target } = rule;
  return {
    ...rule,
    matches: matches.map((match) => (isObscured(match) ? own(match) : match)),
    target: isObscured(target) ? own(target) : target,
  };
}
