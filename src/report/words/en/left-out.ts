import type { LeftOut } from '../../../diff/scope.ts';
import { cutPlaces, type OthersLeftOutWords } from '../left-out.ts';

/** Behind a verdict: what it is not about. */
export const othersLeftOut: OthersLeftOutWords = (sides) => {
  if (sides.length === 0) return 'rules of others, the same on both sides, were not looked at';
  const where = sides.map(({ side, places }) => `${leftOutPlaces(places, true)} of ${side}`);
  return `rules of others (${where.join('; ')}) were not looked at`;
};

/** `2 in nat PREROUTING, filter FORWARD with policy DROP` */
export function leftOutPlaces(all: readonly LeftOut[], isBrief = false): string {
  const { places, more } = cutPlaces(all, isBrief);
  const said = places.map(({ table, chain, rules, policy }) => {
    const where = `${rules > 0 ? `${rules} in ` : ''}${table} ${chain}`;
    return policy ? `${where} with policy ${policy}` : where;
  });
  return [...said, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
