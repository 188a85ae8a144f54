import type { Matched } from './branch.ts';

/** Something on a packet's way, and what came before it. */
interface OnWay<T> {
  readonly before: T | null;
  readonly perhaps?: true;
}

/** The rules that a packet matched on two ways of which nobody knows the right one: those of one way alone, perhaps. */
export function matchedOnBoth(left: Matched | null, right: Matched | null): Matched | null {
  return alignWays(left, right, nameOf);
}

/** Two ways as one: what is on one of them alone is on it perhaps. `nameOf`: equal for the same thing. */
export function alignWays<T extends OnWay<T>>(
  left: T | null,
  right: T | null,
  nameOf: (own: T) => string,
): T | null {
  if (left === right) return left;
  const [one, other] = [listOf(left), listOf(right)];
  const names = [one, other].map((list) => new Set(list.map(nameOf))) as [Set<string>, Set<string>];
  const found: T[] = [];
  let from = 0;
  for (const own of one) {
    const isCommon = names[1].has(nameOf(own));
    if (isCommon) {
      const at = other.findIndex((next, index) => index >= from && nameOf(next) === nameOf(own));
      found.push(
        ...other
          .slice(from, at === -1 ? from : at)
          .filter((next) => !names[0].has(nameOf(next)))
          .map(perhaps),
      );
      if (at !== -1) from = at + 1;
    }
    found.push(isCommon && !other.find((next) => nameOf(next) === nameOf(own))?.perhaps ? own : perhaps(own));
  }
  found.push(
    ...other
      .slice(from)
      .filter((next) => !names[0].has(nameOf(next)))
      .map(perhaps),
  );
  return found.reduce<T | null>((before, own) => ({ ...own, before }), null);
}

function perhaps<T extends OnWay<T>>(own: T): T {
  return { ...own, perhaps: true };
}

function listOf<T extends OnWay<T>>(last: T | null): readonly T[] {
  const list: T[] = [];
  for (let next = last; next; next = next.before) list.push(next);
  return list.reverse();
}

function nameOf({ hook, place: { table, chain, number } }: Matched): string {
  return `${hook} ${table}/${chain}/${number}`;
}
