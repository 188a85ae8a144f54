import type { Matched } from './branch.ts';

/** The rules by which a packet's source was replaced, on one of its ways. */
export interface Masking {
  /** That replaced it. */
  readonly replacing: Matched;
  /** That marked the packet before, where one did; of a chain that does nothing else, the rule that leads to it, too. */
  readonly marking: readonly Matched[];
}

/** Who replaced the source of a packet that met these rules; null where none of them did. */
export function maskingOf(matched: readonly Matched[]): Masking | null {
  const index = matched.findLastIndex(({ place }) => isSourceNat(place.rule.target?.kind));
  const replacing = matched[index];
  if (!replacing) return null;
  const at = matched
    .slice(0, index)
    .findLastIndex(({ place, mark }) => place.rule.target?.kind === 'mark' && mark !== 0);
  return { replacing, marking: at === -1 ? [] : withCaller(matched, at) };
}

function isSourceNat(kind: string | undefined): boolean {
  return kind === 'masquerade' || kind === 'snat' || kind === 'netmap';
}

/** The rule that leads to the marking chain tells more than the marking rule in it, and comes first. */
function withCaller(matched: readonly Matched[], index: number): readonly Matched[] {
  const marking = matched[index] as Matched;
  const caller = matched[index - 1];
  const called = caller?.place.rule.target;
  return caller && called?.kind === 'jump' && called.chain === marking.place.chain
    ? [caller, marking]
    : [marking];
}
