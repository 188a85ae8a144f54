import { type Box, isInside, withSide } from '../../sets/box.ts';
import { ByDestination } from '../../sets/by-destination.ts';
import { isSingle } from '../../sets/intervals.ts';
import type { LazyChain } from '../rules/program.ts';

type MaybeChain = LazyChain | undefined;

/** Boxes of one destination, or of several, for which a pair of chains is compared; then once more for all such packets. */
const mostBoxes = 64;

/** Pairs of chains that were compared, and for which packets. */
export class Compared {
  /** The rules of all pairs that were taken, and the pairs. */
  work = 0;
  private readonly everything: Box;
  private readonly known = new Map<MaybeChain, Map<MaybeChain, ByDestination<Box>>>();

  constructor(everything: Box) {
    this.everything = everything;
  }

  /** The packets for which the pair is to be compared now: at least those of the box, or null where that was done. */
  take(left: MaybeChain, right: MaybeChain, box: Box): Box | null {
    const taken = this.takenOf(left, right);
    const like = taken.like(box);
    if (like.some(holds(box)) || taken.broad.some(holds(box))) return null;
    const fresh = like.length < mostBoxes ? box : this.widen(box);
    like.push(fresh);
    this.work += 1 + (left?.rules.length ?? 0) + (right?.rules.length ?? 0);
    return fresh;
  }

  /** All packets, but to one address only where the box is of one. */
  private widen({ sides: { destination } }: Box): Box {
    return isSingle(destination) ? withSide(this.everything, 'destination', destination) : this.everything;
  }

  private takenOf(left: MaybeChain, right: MaybeChain): ByDestination<Box> {
    const byRight = this.known.get(left) ?? new Map<MaybeChain, ByDestination<Box>>();
    this.known.set(left, byRight);
    const taken = byRight.get(right) ?? new ByDestination<Box>();
    byRight.set(right, taken);
    return taken;
  }
}

const holds = (box: Box) => (other: Box) => isInside(box, other);
