import type { Family } from '../../address/address.ts';
import { stateNumbers } from '../../engine/fields.ts';
import type { Condition } from '../../engine/ir.ts';
import { single, union } from '../../sets/intervals.ts';
import { type Cube, divide, judge } from './decide.ts';

const mostCubes = 4_000;

const { INVALID, UNTRACKED, NEW, RELATED, ESTABLISHED } = stateNumbers;

/** All packets: those without an entry of conntrack are invalid or untracked, and no others are (nf_ct_get). */
export const allPackets: readonly Cube[] = [
  new Map([
    ['ct', single(0)],
    ['ctState', union(single(INVALID), single(UNTRACKED))],
  ]),
  new Map([
    ['ct', single(1)],
    ['ctState', union(single(NEW), single(RELATED), single(ESTABLISHED))],
  ]),
];

/**
 * Whether two conditions are the same for every packet: every value of every field that is asked, in all combinations. Null:
 * too many to tell.
 */
export function alwaysAgree(left: Condition, right: Condition, family: Family): boolean | null {
  const open = [...allPackets];
  let looked = 0;
  for (let cube = open.pop(); cube; cube = open.pop()) {
    looked += 1;
    if (looked > mostCubes) return null;
    const was = judge(left, cube, family);
    const is = typeof was === 'object' ? was : judge(right, cube, family);
    const undecided = typeof was === 'object' ? was : is;
    if (typeof undecided === 'object') open.push(...divide(cube, undecided));
    else if (was !== is) return false;
  }
  return true;
}
