import type { Match, OtherMatch } from '../../iptables/rule/match.ts';
import type { Rule, Ruleset } from '../../iptables/rule/ruleset.ts';
import type { OtherTarget, Target } from '../../iptables/rule/target.ts';
import { rewritten } from './rewritten.ts';

type Part = OtherMatch | OtherTarget;

const isObscured = (part: { readonly kind: string } | null): part is Part =>
  part?.kind === 'other' && (part as Part).obscured === true;

const hasObscured = ({ matches, target }: Rule) => isObscured(target) || matches.some(isObscured);

const rulesOf = ({ tables }: Ruleset) =>
  tables.flatMap(({ chains }) => [...chains.values()].flatMap(({ rules }) => rules));

/**
 * The rules of both sides, with all that reads alike and need not be alike named by its side: each part that the text does not show in
 * full, also by where it stands, and sets of which both sides say what they hold, and not the same.
 */
export function apart(one: Ruleset, other: Ruleset): readonly [Ruleset, Ruleset] {
  const sets = setsApart(one, other);
  return [named(one, 'before', sets), named(other, 'after', sets)];
}

/** The set of which a question of the proof, spelt as rules spell it, asks. */
export function setIn(question: string, sets: ReadonlySet<string>): string | undefined {
  return [...sets].find((name) => question.includes(`--match-set ${name} `));
}

/** The same of a set that is apart: it has the name of its side, too. */
export function setApartIn(question: string, sets: ReadonlySet<string>): string | undefined {
  return [...sets].find((name) => question.includes(`--match-set ${name} (`));
}

/** The sets of one name that do not hold the same. */
export function setsApart(
  { kept }: Pick<Ruleset, 'kept'>,
  { kept: others }: Pick<Ruleset, 'kept'>,
): ReadonlySet<string> {
  if (!kept || !others) return new Set();
  return new Set(
    [...kept.keys(), ...others.keys()].filter((name) => kept.get(name)?.key !== others.get(name)?.key),
  );
}

function named(ruleset: Ruleset, side: 'before' | 'after', sets: ReadonlySet<string>): Ruleset {
  if (sets.size === 0 && !rulesOf(ruleset).some(hasObscured)) return ruleset;
  return rewritten(ruleset, (rule, at, chain) =>
    ofSets(placed(rule, `(rule ${at + 1} of ${chain.name} ${side})`), sets, side),
  );
}

function placed(rule: Rule, place: string): Rule {
  if (!hasObscured(rule)) return rule;
  const own = <P extends Part>(part: P): P => ({ ...part, words: [...part.words, place] });
  const { matches, target } = rule;
  return {
    ...rule,
    matches: matches.map((match) => (isObscured(match) ? own(match) : match)),
    target: isObscured(target) ? own(target) : target,
  };
}

function ofSets(rule: Rule, sets: ReadonlySet<string>, side: string): Rule {
  if (sets.size === 0) return rule;
  const nameOf = (name: string) => (sets.has(name) ? `${name} (${side})` : name);
  const matchOf = (match: Match): Match =>
    match.kind === 'set' ? { ...match, name: nameOf(match.name) } : match;
  const targetOf = (target: Target | null): Target | null =>
    target?.kind === 'other' && target.name === 'SET'
      ? { ...target, words: target.words.map(nameOf) }
      : target;
  return { ...rule, matches: rule.matches.map(matchOf), target: targetOf(rule.target) };
}
