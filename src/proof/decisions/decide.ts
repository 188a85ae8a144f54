import type { Address, Family } from '../../address/address.ts';
import { fieldKey, fields, fullSet } from '../../engine/fields.ts';
import type { Condition, Instruction, IrRule, LookupField, OpenCondition, Test } from '../../engine/ir.ts';
import {
  has,
  type IntervalSet,
  intersect,
  interval,
  isEmpty,
  isSingle,
  isWithin,
  subtract,
} from '../../sets/intervals.ts';
import { type End, isEnd } from './plain.ts';

/** Packets, by what they answer to tests: what is not in it may have any value. */
export type Cube = ReadonlyMap<string, IntervalSet>;

/** A test that a cube's packets answer in both ways. */
export interface Undecided {
  readonly asks: string;
  readonly set: IntervalSet;
  readonly full: IntervalSet;
}

/**
 * What becomes of the packets of a cube: the key of what ended it, `return` or `end` of the list; or what has to be known
 * first. The rules must be plain.
 */
export function decide(rules: readonly IrRule[], cube: Cube, family: Family): string | Undecided {
  for (const { code } of rules) {
    const decided = decideRule(code, cube, family);
    if (decided !== null) return decided;
  }
  return 'end';
}

/** Null: the next rule is asked. */
function decideRule(code: IrRule['code'], cube: Cube, family: Family): string | Undecided | null {
  for (const [at, instruction] of code.entries()) {
    if (instruction.do === 'test') {
      const truth = judge(instruction.condition, cube, family);
      if (typeof truth === 'object') return truth;
      if (!truth) return null;
    } else if (instruction.do === 'lookup') {
      const found = lookUp(instruction, cube, family);
      if (found === null || 'asks' in found) return found;
      return decideRule([...found, ...code.slice(at + 1)], cube, family);
    } else if (instruction.do === 'fail') return null;
    else if (isEnd(instruction)) return decideEnd(instruction, cube, family);
  }
  return null;
}

/** What the first element that holds does; null: none does. */
function lookUp(
  { fields: asked, elements, otherwise }: Extract<Instruction, { do: 'lookup' }>,
  cube: Cube,
  family: Family,
): IrRule['code'] | Undecided | null {
  for (const { keys, code } of elements) {
    const all = keys.map((set, at): Condition => ({ kind: 'test', ...(asked[at] as LookupField), set }));
    const truth = judge({ kind: 'all', of: all }, cube, family);
    if (typeof truth === 'object') return truth;
    if (truth) return code;
  }
  return otherwise ?? null;
}

function decideEnd(end: End, cube: Cube, family: Family): string | Undecided | null {
  if (end.do === 'return') return 'return';
  if (end.do !== 'jump' && end.do !== 'goto') return JSON.stringify(end, big);
  const inside = decide(end.chain.rules, cube, family);
  if (inside !== 'end' && inside !== 'return') return inside;
  // The end of a chain that was gone to is the end of this one, too.
  return end.do === 'goto' ? 'return' : null;
}

const big = (_name: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);

export type Truth = boolean | Undecided;

/** Whether a condition holds for the packets of a cube; or what has to be known first. */
export function judge(condition: Condition, cube: Cube, family: Family): Truth {
  switch (condition.kind) {
    case 'test':
      return askTest(asPrefix(condition, family), cube, family);
    case 'open':
      return ask(openOf(condition), cube);
    case 'not': {
      const truth = judge(condition.of, cube, family);
      return typeof truth === 'object' ? truth : !truth;
    }
    default: {
      const deciding = condition.kind === 'any';
      for (const part of condition.of) {
        const truth = judge(part, cube, family);
        if (typeof truth === 'object' || truth === deciding) return truth;
      }
      return !deciding;
    }
  }
}

function askTest(test: Test, cube: Cube, family: Family): Truth {
  return isFewBits(test.mask) ? byBits(test, test.mask, cube) : ask(testOf(test, family), cube);
}

/** An address of which the first bits are asked is one among others, however it is written. */
function asPrefix(test: Test, family: Family): Test {
  const { mask, set, field, of } = test;
  if (mask === undefined || fields[field].width !== 'address' || !isSingle(set)) return test;
  const rest = family === 'ipv4' ? ~Number(mask) >>> 0 : allOnes ^ BigInt(mask);
  const size = BigInt(rest) + 1n;
  if ((size & (size - 1n)) !== 0n) return test;
  const first = set[0] as Address;
  const last = typeof first === 'bigint' ? first | BigInt(rest) : (first | Number(rest)) >>> 0;
  return { kind: 'test', field, ...(of !== undefined && { of }), set: interval(first, last) };
}

const allOnes = (1n << 128n) - 1n;
const mostBits = 8;

function isFewBits(mask: Address | undefined): mask is number {
  return typeof mask === 'number' && mask > 0 && bitsOf(mask).length <= mostBits;
}

function bitsOf(mask: number): readonly number[] {
  return Array.from({ length: 32 }, (_, at) => 2 ** at).filter((bit) => (mask & bit) !== 0);
}

/** Bit by bit, so that questions with masks that overlap are about the same. */
function byBits(test: Test, mask: number, cube: Cube): Truth {
  let value = 0;
  const [only, last] = test.set;
  for (const bit of bitsOf(mask)) {
    const asked: Undecided = { asks: asksOf(test, bit), set: [bit, bit], full: [0, 0, bit, bit] };
    const own = ask(asked, cube);
    if (typeof own === 'object') return own;
    if (own) value += bit;
    const isOne = test.set.length === 2 && only === last;
    if (isOne && own !== ((Number(only) & bit) !== 0)) return false;
  }
  return has(test.set, value);
}

/** Of a masked field its bits are a value of their own: more combinations than there are, and none less. */
function testOf(test: Test, family: Family): Undecided {
  return { asks: asksOf(test, test.mask), set: test.set, full: fullSet(test.field, family) };
}

export function asksOf(test: Pick<Test, 'field' | 'of'>, mask?: Address): string {
  return mask === undefined ? fieldKey(test) : `${fieldKey(test)} & ${mask}`;
}

function openOf({ key }: OpenCondition): Undecided {
  return { asks: `open ${key}`, set: [1, 1], full: [0, 1] };
}

function ask(asked: Undecided, cube: Cube): Truth {
  const values = cube.get(asked.asks) ?? asked.full;
  if (isWithin(values, asked.set)) return true;
  if (isEmpty(intersect(values, asked.set))) return false;
  return asked;
}

/** The part of a cube that is within the set of a test, and the part that is not. */
export function divide(cube: Cube, { asks, set, full }: Undecided): readonly [Cube, Cube] {
  const values = cube.get(asks) ?? full;
  return [new Map(cube).set(asks, intersect(values, set)), new Map(cube).set(asks, subtract(values, set))];
}
