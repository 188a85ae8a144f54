import type { Family } from '../../address/address.ts';
import type { IrRule } from '../../engine/ir.ts';
import { type Cube, decide, divide } from './decide.ts';

/** Cubes that are looked at for one pair of lists. */
const mostCubes = 4_000;

/** Two lists of plain rules, and what comes after them. */
export interface Lists {
  readonly left: readonly IrRule[];
  readonly right: readonly IrRule[];
  readonly family: Family;
  /** What a packet meets that comes to the end of a list, and that returns from it: on either side. */
  readonly after: (decided: string, side: 'left' | 'right') => string;
  /** The packets that are asked; absent: all. */
  readonly of?: readonly Cube[];
}

/**
 * The packets that meet another end in one list than in the other: every value of every field that is asked, in all
 * combinations. Null: too many to tell.
 */
export function cubesThatDiffer({
  left,
  right,
  family,
  after,
  of = [new Map()],
}: Lists): readonly Cube[] | null {
  const differing: Cube[] = [];
  const open: Cube[] = [...of];
  let looked = 0;
  for (let cube = open.pop(); cube; cube = open.pop()) {
    looked += 1;
    if (looked > mostCubes) return null;
    const was = decide(left, cube, family);
    const is = typeof was === 'object' ? was : decide(right, cube, family);
    if (typeof was === 'object' || typeof is === 'object') {
      open.push(...divide(cube, typeof was === 'object' ? was : (is as Exclude<typeof is, string>)));
    } else if (after(was, 'left') !== after(is, 'right')) differing.push(cube);
  }
  return differing;
}
