import type { LeftOut } from '../../diff/scope.ts';
import type { OthersLeftOut } from '../../session/note.ts';

/** Rules of others that were not looked at, on each side that has its own; on none: both have the same ones. */
export type OthersLeftOutWords = (sides: readonly Pick<OthersLeftOut, 'side' | 'places'>[]) => string;

const mostPlaces = 3;

/** In a headline, some places, and of how many rules the rest is. */
export function cutPlaces(
  all: readonly LeftOut[],
  isBrief: boolean,
): { readonly places: readonly LeftOut[]; readonly more: number } {
  if (!isBrief || all.length <= mostPlaces) return { places: all, more: 0 };
  const more = all.slice(mostPlaces).reduce((sum, { rules }) => sum + rules, 0);
  return { places: all.slice(0, mostPlaces), more };
}
