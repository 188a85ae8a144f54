import { firstRead } from '../../iptables/dump/written.ts';
import type { HeldPart, KeptSet } from '../../iptables/rule/kept-set.ts';
import type { HeldTest, Match, SetMatch } from '../../iptables/rule/match.ts';
import type { Ruleset } from '../../iptables/rule/ruleset.ts';
import type { Target } from '../../iptables/rule/target.ts';
import { keptBy } from '../../text/kept.ts';
import { asksCounters } from '../open/asking.ts';
import { rewritten } from './rewritten.ts';

/** Both sides, and the sets that their rules ask for what they hold. */
export interface HeldSides {
  readonly sides: readonly [Ruleset, Ruleset];
  readonly names: readonly string[];
}

/**
 * Rules that ask a set ask for what it holds, where its side says so and no rule of it changes that. A set that both sides ask is known on
 * both, or asked by its name on both.
 */
export function withHeld(before: Ruleset, after: Ruleset): HeldSides {
  const sides = [before, after] as const;
  if (!before.kept && !after.kept) return { sides, names: [] };
  const used = sides.map(usesIn) as [Uses, Uses];
  const names = [...new Set(used.flatMap(({ asked }) => [...asked]))].filter((name) =>
    sides.every((side, at) => !used[at]?.asked.has(name) || isFixed(side.kept?.get(name), used[at])),
  );
  const held = new Set(names);
  return { sides: [asking(before, held), asking(after, held)], names: names.toSorted() };
}

/** What rules of one side ask, and what they count or change, by name. */
interface Uses {
  readonly asked: ReadonlySet<string>;
  readonly moved: ReadonlySet<string>;
}

const usesIn = keptBy(({ tables }: Ruleset): Uses => {
  const asked = new Set<string>();
  const moved = new Set<string>();
  for (const { chains } of tables)
    for (const chain of chains.values())
      for (const { matches, target } of firstRead(chain).rules) {
        for (const match of matches)
          if (match.kind === 'set') (asksCounters(match) ? moved : asked).add(match.name);
        for (const name of changedBy(target)) moved.add(name);
      }
  return { asked, moved };
});

function changedBy(target: Target | null): readonly string[] {
  return target?.kind === 'other' && target.name === 'SET' ? target.words : [];
}

function isFixed(set: KeptSet | undefined, { moved }: Uses): boolean {
  return (
    set !== undefined &&
    set.held !== null &&
    set.exceptions !== null &&
    !set.asks.some((name) => moved.has(name))
  );
}

function asking(ruleset: Ruleset, names: ReadonlySet<string>): Ruleset {
  if (names.size === 0) return ruleset;
  const matchOf = (match: Match): Match => {
    const kept = match.kind === 'set' && names.has(match.name) ? ruleset.kept?.get(match.name) : undefined;
    return kept ? heldBy(match as SetMatch, kept, ruleset) : match;
  };
  const isAsked = ({ kind }: Match) => kind === 'set';
  return rewritten(ruleset, (rule) =>
    rule.matches.some(isAsked) ? { ...rule, matches: rule.matches.map(matchOf) } : rule,
  );
}

/** A rule that names too few ends for a set never matches, nor one of another family (ip_set_test). */
function heldBy(match: SetMatch, { held, exceptions }: KeptSet, { family }: Ruleset): SetMatch {
  const { directions, further } = match;
  const entries = (further.includes('--return-nomatch') ? exceptions : held) ?? [];
  const own = entries.filter(
    (one) => (one.family === null || one.family === family) && one.parts.length <= directions.length,
  );
  return {
    ...match,
    held: own.map(({ parts }) => parts.flatMap((part, at) => testsOf(part, directions[at] as Direction))),
  };
}

type Direction = SetMatch['directions'][number];

function testsOf(part: HeldPart, direction: Direction): readonly HeldTest[] {
  const end = direction === 'src' ? 'source' : 'destination';
  if (part.kind === 'address') return [{ field: end, set: part.set }];
  return [
    { field: 'protocol', set: part.protocols },
    { field: `${end}Port`, set: part.ports },
  ];
}
