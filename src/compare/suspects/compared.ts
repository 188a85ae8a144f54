import type { LazyChain } from '../rules/program.ts';
import { type Box, isInside } from '../sets/box.ts';

type MaybeChain = LazyChain | undefined;

/** Boxes for which one pair of chains is compared; after that it is compared once more, for all packets. */
const mostBoxes = 64;

/** Pairs of chains that were compared, and for which packets. */
export class Compared {
  /** The rules of all pairs that were taken. */
  rules = 0;
  private readonly everything: Box;
  private readonly known = new Map<MaybeChain, Map<MaybeChain, Box[]>>();

  constructor(everything: Box) {
    this.everything = everything;
  }

  /** The packets for which the pair is to be compared now: at least those of the box, or null where that was done. */
  take(left: MaybeChain, right: MaybeChain, box: Box): Box | null {
    const boxes = this.boxesOf(left, right);
    if (boxes.some((other) => isInside(box, other))) return null;
    const fresh = boxes.length < mostBoxes ? box : this.everything;
    boxes.push(fresh);
    this.rules += (left?.rules.length ?? 0) + (right?.rules.length ?? 0);
    return fresh;
  }

  private boxesOf(left: MaybeChain, right: MaybeChain): Box[] {
    const byRight = this.known.get(left) ?? new Map<MaybeChain, Box[]>();
    this.known.set(left, byRight);
    const boxes = byRight.get(right) ?? [];
    byRight.set(right, boxes);
    return boxes;
  }
}
