import type { Address } from '../address/address.ts';

/**
 * A set of integers as the disjoint, ascending stretches that it consists of: first and last of each, one after the
 * other. Equal sets have equal lists. Addresses of IPv6 are bigints, all else are numbers; they are never mixed.
 */
export type IntervalSet = readonly Address[];

export const emptySet: IntervalSet = [];

export function interval(first: Address, last: Address): IntervalSet {
  return first > last ? emptySet : [first, last];
}

export function single(value: Address): IntervalSet {
  return [value, value];
}

export function isEmpty(set: IntervalSet): boolean {
  return set.length === 0;
}

export function isSingle(set: IntervalSet): boolean {
  return set.length === 2 && set[0] === set[1];
}

export function sameSet(left: IntervalSet, right: IntervalSet): boolean {
  return left === right || (left.length === right.length && left.every((edge, at) => edge === right[at]));
}

/** The position of the first stretch that ends at or after a value. */
function seek(set: IntervalSet, value: Address): number {
  let low = 0;
  let high = set.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((set[2 * middle + 1] as Address) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function has(set: IntervalSet, value: Address): boolean {
  const first = set[2 * seek(set, value)];
  return first !== undefined && first <= value;
}

export function intersect(left: IntervalSet, right: IntervalSet): IntervalSet {
  if (left === right) return left;
  if (left.length > right.length) return intersect(right, left);
  const [begin, end] = [left[0], left.at(-1)];
  if (begin === undefined || end === undefined) return emptySet;
  const result: Address[] = [];
  let at = 0;
  let other = seek(right, begin);
  while (2 * at < left.length && 2 * other < right.length) {
    const [a, b] = [left[2 * at] as Address, left[2 * at + 1] as Address];
    const [c, d] = [right[2 * other] as Address, right[2 * other + 1] as Address];
    const first = a > c ? a : c;
    const last = b < d ? b : d;
    if (first <= last) result.push(first, last);
    if (b < d) at += 1;
    else other += 1;
  }
  return result;
}

export function overlaps(left: IntervalSet, right: IntervalSet): boolean {
  return !isEmpty(intersect(left, right));
}

const before = (value: Address): Address => (typeof value === 'number' ? value - 1 : value - 1n);
const after = (value: Address): Address => (typeof value === 'number' ? value + 1 : value + 1n);

/** What is in `left` and not in `right`. */
export function subtract(left: IntervalSet, right: IntervalSet): IntervalSet {
  const [begin] = left;
  if (begin === undefined || right.length === 0) return left;
  const result: Address[] = [];
  let other = seek(right, begin);
  for (let at = 0; at < left.length; at += 2) {
    let first = left[at] as Address;
    const last = left[at + 1] as Address;
    while (2 * other < right.length && (right[2 * other + 1] as Address) < first) other += 1;
    let cut = other;
    while (2 * cut < right.length && (right[2 * cut] as Address) <= last) {
      if ((right[2 * cut] as Address) > first) result.push(first, before(right[2 * cut] as Address));
      first = after(right[2 * cut + 1] as Address);
      cut += 1;
    }
    if (first <= last) result.push(first, last);
  }
  return result;
}

export function isWithin(inner: IntervalSet, outer: IntervalSet): boolean {
  return inner === outer || isEmpty(subtract(inner, outer));
}

/** Joins stretches of any order, which may overlap or touch. */
export function union(...sets: readonly IntervalSet[]): IntervalSet {
  return unionOf(sets);
}

/** The same of a list, which may be longer than what a call takes as arguments. */
export function unionOf(sets: Iterable<IntervalSet>): IntervalSet {
  const stretches: (readonly [Address, Address])[] = [];
  for (const set of sets) {
    for (let at = 0; at < set.length; at += 2) {
      stretches.push([set[at] as Address, set[at + 1] as Address]);
    }
  }
  stretches.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  const result: Address[] = [];
  for (const [first, last] of stretches) {
    const end = result.at(-1);
    if (end === undefined || first > after(end)) result.push(first, last);
    else if (last > end) result[result.length - 1] = last;
  }
  return result;
}

/** How many values it holds. */
export function sizeOf(set: IntervalSet): bigint {
  let size = 0n;
  for (let at = 0; at < set.length; at += 2) {
    size += BigInt(set[at + 1] as Address) - BigInt(set[at] as Address) + 1n;
  }
  return size;
}

/** All members, in ascending order; for sets that are known to be small. */
export function membersOf(set: IntervalSet): Address[] {
  const members: Address[] = [];
  for (let at = 0; at < set.length; at += 2) {
    const last = set[at + 1] as Address;
    for (let value = set[at] as Address; value <= last; value = after(value)) members.push(value);
  }
  return members;
}

/** A member: the first of the wanted ones that is in, else one that is not to be avoided, else any. */
export function pick(
  set: IntervalSet,
  wanted: readonly Address[],
  avoid: (value: Address) => boolean,
): Address {
  const chosen = wanted.find((value) => has(set, value) && !avoid(value));
  if (chosen !== undefined) return chosen;
  for (let at = 0; at < set.length; at += 2) {
    const last = set[at + 1] as Address;
    let value = set[at] as Address;
    for (let tries = 0; tries < 1000 && value <= last; tries += 1, value = after(value)) {
      if (!avoid(value)) return value;
    }
  }
  return wanted.find((value) => has(set, value)) ?? (set[0] as Address);
}
