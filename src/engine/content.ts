import type { Address } from '../address/address.ts';
import {
  emptySet,
  has,
  type IntervalSet,
  intersect,
  interval,
  single,
  subtract,
  union,
  unionOf,
} from '../sets/intervals.ts';
import type { Change } from './ir.ts';

/**
 * What a field holds after rules have changed it: a value, or what changes make of a value that is not known. `base` tells
 * that one from others.
 */
export type Content =
  | { readonly value: Address }
  | { readonly base: string; readonly changes: readonly Fixed[] };

/** A change that is the same for all packets. */
export type Fixed =
  | { readonly kind: 'bits'; readonly clear: Address; readonly flip: Address }
  | Extract<Change, { kind: 'add' | 'at-most' }>;

export function bitsOf(value: Address, mask: Address): Address {
  return typeof value === 'bigint' || typeof mask === 'bigint'
    ? BigInt(value) & BigInt(mask)
    : (value & mask) >>> 0;
}

/** What a change makes of a value that is known. `most`: the highest that the field can hold. */
export function changed(old: Address, change: Fixed, most: Address): Address {
  if (change.kind === 'bits') {
    if (typeof old === 'number') return ((old & ~Number(change.clear)) ^ Number(change.flip)) >>> 0;
    return (old & ~BigInt(change.clear) & BigInt(most)) ^ BigInt(change.flip);
  }
  const number = Number(old);
  if (change.kind === 'add') return Math.min(Math.max(number + change.by, 0), Number(most));
  return number === most ? change.otherwise : Math.min(number, change.value);
}

/** For which values before the changes the value after them is in the set. Null: it cannot be listed. */
export function before(set: IntervalSet, changes: readonly Fixed[], full: IntervalSet): IntervalSet | null {
  let wanted: IntervalSet | null = set;
  for (const change of changes.toReversed()) wanted = wanted && beforeOne(wanted, change, full);
  return wanted;
}

function beforeOne(set: IntervalSet, change: Fixed, full: IntervalSet): IntervalSet | null {
  const most = full[1] as Address;
  if (change.kind === 'bits') return beforeBits(set, change, full);
  if (change.kind === 'at-most') return beforeLimit(set, change, Number(most));
  return beforeSum(set, change.by, Number(most));
}

function beforeSum(set: IntervalSet, by: number, most: number): IntervalSet {
  const parts: IntervalSet[] = [];
  for (let at = 0; at < set.length; at += 2) {
    const [first, last] = [Number(set[at]), Number(set[at + 1])];
    // What would go beyond either end stays at it.
    const low = first === 0 ? 0 : first - by;
    const high = last === most ? most : last - by;
    parts.push(intersect(interval(low, high), interval(0, most)));
  }
  return unionOf(parts);
}

function beforeLimit(
  set: IntervalSet,
  { value, otherwise }: Extract<Fixed, { kind: 'at-most' }>,
  most: number,
): IntervalSet {
  return union(
    intersect(set, interval(0, value - 1)),
    has(set, value) ? interval(value, most - 1) : emptySet,
    has(set, otherwise) ? single(most) : emptySet,
  );
}

/** Fields of more bits are not listed value by value. */
const mostBits = 16;

function beforeBits(
  set: IntervalSet,
  change: Extract<Fixed, { kind: 'bits' }>,
  full: IntervalSet,
): IntervalSet | null {
  const most = full[1] as Address;
  if (Number(most) >= 2 ** mostBits) return null;
  const clear = Number(change.clear);
  const flip = Number(change.flip);
  return setOf(Number(most), (value) => has(set, ((value & ~clear) ^ flip) & Number(most)));
}

/** All values of which the bits of a mask are in the set; null where they cannot be listed. */
export function masked(set: IntervalSet, mask: Address, full: IntervalSet): IntervalSet | null {
  const most = full[1] as Address;
  if (typeof most === 'number' && most < 2 ** mostBits)
    return setOf(most, (value) => has(set, value & Number(mask)));
  return null;
}

function setOf(most: number, holds: (value: number) => boolean): IntervalSet {
  const edges: number[] = [];
  for (let value = 0; value <= most; value += 1) {
    if (!holds(value)) continue;
    if (edges.at(-1) === value - 1) edges[edges.length - 1] = value;
    else edges.push(value, value);
  }
  return edges;
}

/** The other values of a field. */
export function others(set: IntervalSet, full: IntervalSet): IntervalSet {
  return subtract(full, set);
}
