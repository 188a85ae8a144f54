import type { Address } from '../../address/address.ts';
import type { LazyChain } from '../rules/program.ts';
import { type Box, isInside, withSide } from '../sets/box.ts';
import { isSingle } from '../sets/intervals.ts';

type MaybeChain = LazyChain | undefined;

/** Boxes for which one pair of chains is compared; after that it is compared once more, for all packets. */
const mostBoxes = 64;

/** Pairs of chains that were compared, and for which packets. */
export class Compared {
  /** The rules of all pairs that were taken, and the pairs. */
  work = 0;
  private readonly everything: Box;
  private readonly known = new Map<MaybeChain, Map<MaybeChain, Taken>>();

  constructor(everything: Box) {
    this.everything = everything;
  }

  /** The packets for which the pair is to be compared now: at least those of the box, or null where that was done. */
  take(left: MaybeChain, right: MaybeChain, box: Box): Box | null {
    const taken = this.takenOf(left, right);
    const near = taken.near(box);
    if ([...near, ...taken.broad].some((other) => isInside(box, other))) return null;
    const fresh = near.length < mostBoxes ? box : this.widen(box);
    near.push(fresh);
    this.work += 1 + (left?.rules.length ?? 0) + (right?.rules.length ?? 0);
    return fresh;
  }

  /** All packets, but to one address only where the box is of one. */
  private widen({ sides: { destination } }: Box): Box {
    return isSingle(destination) ? withSide(this.everything, 'destination', destination) : this.everything;
  }

  private takenOf(left: MaybeChain, right: MaybeChain): Taken {
    const byRight = this.known.get(left) ?? new Map<MaybeChain, Taken>();
    this.known.set(left, byRight);
    const taken = byRight.get(right) ?? new Taken();
    byRight.set(right, taken);
    return taken;
  }
}

/** The boxes of one pair. */
class Taken {
  /** Boxes of more than one destination. */
  readonly broad: Box[] = [];
  private readonly byAddress = new Map<Address, Box[]>();

  /** Those that a box like this one is to be kept with. */
  near({ sides: { destination } }: Box): Box[] {
    if (!isSingle(destination)) return this.broad;
    const address = destination[0] as Address;
    const boxes = this.byAddress.get(address) ?? [];
    this.byAddress.set(address, boxes);
    return boxes;
  }
}
