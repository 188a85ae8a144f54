import type { Address } from '../address/address.ts';
import type { Box } from './box.ts';
import { isSingle } from './intervals.ts';

/** Things that are about boxes, found by the one destination that most boxes have. */
export class ByDestination<T> {
  /** Those about boxes of more than one destination. */
  readonly broad: T[] = [];
  private readonly exact = new Map<Address, T[]>();

  /** Those about boxes of the same one destination, or all broad ones; to be looked at and added to. */
  like({ sides: { destination } }: Box): T[] {
    if (!isSingle(destination)) return this.broad;
    const address = destination[0] as Address;
    const known = this.exact.get(address) ?? [];
    this.exact.set(address, known);
    return known;
  }

  /** All that can be about a packet of the box. */
  near(box: Box): readonly T[] {
    if (isSingle(box.sides.destination)) return [...this.broad, ...this.like(box)];
    return [...this.broad, ...[...this.exact.values()].flat()];
  }
}
