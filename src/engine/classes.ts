import type { Range } from './borders.ts';
import { AddressSlots, Slots } from './slots.ts';

/**
 * Numbers for values that nothing tells apart: neither a rule nor the node's network has a border between them. A
 * border begins a class of its own. Single values are looked up, what lies between them is searched.
 */
export interface Classes<Value> {
  readonly size: number;
  of(value: Value): number;
}

/** Classes of 32-bit numbers: IPv4 addresses and ports. */
export class NumberClasses implements Classes<number> {
  private readonly borders: Float64Array;
  /** Values that are alone in their class. */
  private readonly alone = new Slots(1);
  readonly size: number;

  constructor(ranges: readonly Range<number>[]) {
    const { singles, wide } = listBorders(ranges, 0, (last) => last + 1);
    this.borders = Float64Array.from(wide).sort();
    for (const value of singles) this.alone.set(this.borders.length + this.alone.size, value);
    this.size = this.borders.length + this.alone.size;
  }

  of(value: number): number {
    const alone = this.alone.find(value);
    return alone === -1 ? findBorder(this.borders, value) : alone;
  }
}

/** Classes of IPv6 addresses. */
export class BigClasses implements Classes<bigint> {
  private readonly borders: readonly bigint[];
  private readonly alone = new AddressSlots();
  readonly size: number;

  constructor(ranges: readonly Range<bigint>[]) {
    const { singles, wide } = listBorders(ranges, 0n, (last) => last + 1n);
    this.borders = [...wide].sort((left, right) => (left < right ? -1 : 1));
    for (const value of singles) this.alone.set(this.borders.length + this.alone.size, value);
    this.size = this.borders.length + this.alone.size;
  }

  of(value: bigint): number {
    const alone = this.alone.find(value);
    return alone === -1 ? findBorder(this.borders, value) : alone;
  }
}

function listBorders<Value>(ranges: readonly Range<Value>[], least: Value, after: (last: Value) => Value) {
  const singles = new Set<Value>();
  const wide = new Set<Value>([least]);
  for (const [first, last] of ranges) {
    if (first === last) singles.add(first);
    else wide.add(first).add(after(last));
  }
  return { singles, wide };
}

/** The place of the last border that is not above the value. */
function findBorder<Value>(borders: ArrayLike<Value>, value: Value): number {
  let low = 0;
  let high = borders.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((borders[middle] as Value) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
