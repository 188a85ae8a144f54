import type { MarkMatch } from '../iptables/rule/match.ts';
import type { Rule } from '../iptables/rule/ruleset.ts';
import type { Matched } from './branch.ts';

/** The rules by which a packet's source was replaced, on one of its ways. */
export interface Masking {
  /** That replaced it. */
  readonly replacing: Matched;
  /** That marked the packet before, where one did; of a chain that does nothing else, the rule that leads to it, too. */
  readonly marking: readonly Matched[];
}

/** The rules of a chain, as explanations tell them. */
export type RulesIn = (table: string, chain: string) => readonly Rule[];

/**
 * Who replaced the source of a packet that met these rules; null where none of them did. Who marked it for that is the last
 * rule that gave it the bits that were asked for on the way to the translation; where none were, nobody.
 */
export function maskingOf(matched: readonly Matched[], rulesIn: RulesIn): Masking | null {
  const index = matched.findLastIndex(({ place }) => isSourceNat(place.rule.target?.kind));
  const replacing = matched[index];
  if (!replacing) return null;
  const asked = marksAsked(matched.slice(0, index + 1), rulesIn);
  const at = matched.slice(0, index).findLastIndex((one) => asked.some((mark) => gives(one, mark)));
  return { replacing, marking: at === -1 ? [] : withCaller(matched, at, rulesIn) };
}

/** What the rule itself asks, the rules before it in its chain that let others go back, and the rule that led to the chain. */
function marksAsked(matched: readonly Matched[], rulesIn: RulesIn): readonly MarkMatch[] {
  const asked: MarkMatch[] = [];
  let at = matched.length - 1;
  while (at >= 0) {
    const { place } = matched[at] as Matched;
    const rules = rulesIn(place.table, place.chain);
    asked.push(...marksOf(place.rule, false));
    for (const before of rules.slice(0, place.number - 1))
      if (before.target?.kind === 'verdict' && before.target.verdict === 'RETURN')
        asked.push(...marksOf(before, true));
    at = matched.slice(0, at).findLastIndex((one) => leadsTo(one, place.table, place.chain));
  }
  return asked;
}

function marksOf({ matches }: Rule, negated: boolean): MarkMatch[] {
  // A rule that asks for more besides lets others through whatever their mark is.
  if (negated && matches.length > 1) return [];
  return matches.filter((match): match is MarkMatch => match.kind === 'mark' && match.negated === negated);
}

function leadsTo({ place }: Matched, table: string, chain: string): boolean {
  const { target } = place.rule;
  return place.table === table && target?.kind === 'jump' && target.chain === chain;
}

/** Whether a rule gave the packet a mark that it did not have. */
function gives({ place, mark, before }: Matched, { value, mask }: MarkMatch): boolean {
  const { kind } = place.rule.target ?? {};
  if (kind !== 'mark' && kind !== 'connmark') return false;
  const has = (whole: number) => (whole & mask) >>> 0 === value >>> 0;
  return has(mark) && !has(before?.mark ?? 0);
}

function isSourceNat(kind: string | undefined): boolean {
  return kind === 'masquerade' || kind === 'snat' || kind === 'netmap';
}

/** The rule that leads to the marking chain tells more than the marking rule in it, and comes first. */
function withCaller(matched: readonly Matched[], index: number, rulesIn: RulesIn): readonly Matched[] {
  const marking = matched[index] as Matched;
  const { table, chain } = marking.place;
  if (rulesIn(table, chain).length > 1) return [marking];
  const caller = matched[index - 1];
  const called = caller?.place.rule.target;
  return caller && called?.kind === 'jump' && called.chain === marking.place.chain
    ? [caller, marking]
    : [marking];
}
