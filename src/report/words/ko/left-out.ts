import type { LeftOut } from '../../../diff/scope.ts';
import { cutPlaces, type OthersLeftOutWords } from '../left-out.ts';

/** Behind a verdict: what it is not about. */
export const othersLeftOut: OthersLeftOutWords = (sides) => {
  if (sides.length === 0) return '양쪽이 똑같은 다른 프로그램의 규칙은 확인하지 않음';
  const where = sides.map(({ side, places }) => `${side}의 ${leftOutPlaces(places, true)}`);
  return `다른 프로그램의 규칙(${where.join('; ')})은 확인하지 않음`;
};

/** `nat PREROUTING 2개, filter FORWARD(정책 DROP)` */
export function leftOutPlaces(all: readonly LeftOut[], isBrief = false): string {
  const { places, more } = cutPlaces(all, isBrief);
  const said = places.map(
    ({ table, chain, rules, policy }) =>
      `${table} ${chain}${policy ? `(정책 ${policy})` : ''}${rules > 0 ? ` ${rules}개` : ''}`,
  );
  return [...said, ...(more > 0 ? [`그 밖에 ${more}개`] : [])].join(', ');
}
