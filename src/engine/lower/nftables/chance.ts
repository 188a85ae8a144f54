import type { Expression } from '../../../nftables/expression.ts';
import { type Fraction, fraction } from '../../../sets/fraction.ts';
import { emptySet, has, type IntervalSet, interval, subtract, union } from '../../../sets/intervals.ts';
import type { ChosenWay, Condition, Instruction } from '../../ir.ts';
import { test, when } from '../conditions.ts';
import { spelled } from './operands.ts';
import type { Scope } from './scope.ts';

type Hash = Extract<Expression, { kind: 'hash' }>;

/** What the values of a number lead to. */
export interface Choice {
  readonly values: IntervalSet;
  readonly code: readonly Instruction[];
}

/** `meta random`, or some of its lowest bits: how iptables' statistic is printed. */
export function isNumber(expression: Expression): boolean {
  return randomBits(expression) !== null;
}

/** How many values the number can have, from 0 on; null where it is no number of chance. */
function randomBits(expression: Expression): number | null {
  if (expression.kind === 'meta' && expression.key === 'random') return 2 ** 32;
  if (expression.kind !== 'binary' || expression.operator !== '&' || expression.right.kind !== 'value')
    return null;
  const size = Number(expression.right.value) + 1;
  const isWhole = Number.isInteger(Math.log2(size));
  return isWhole && expression.left.kind === 'meta' && expression.left.key === 'random' ? size : null;
}

/** A match of a number of chance: the rule goes on, or ends. */
export function byNumber(
  left: Expression,
  { values, negated }: { readonly values: IntervalSet; readonly negated: boolean },
  scope: Scope,
): readonly Instruction[] {
  const hit: readonly Instruction[] = negated ? [{ do: 'fail' }] : [];
  const missed: readonly Instruction[] = negated ? [] : [{ do: 'fail' }];
  return choose(left, [{ values, code: hit }], missed, scope);
}

/** Chance, or a counter, chooses one of the choices; `otherwise` for values that none of them has. */
export function choose(
  number: Expression,
  choices: readonly Choice[],
  otherwise: readonly Instruction[],
  scope: Scope,
): readonly Instruction[] {
  const [first, size] = rangeOf(number);
  const full = interval(first, first + size - 1);
  const rest = subtract(full, union(...choices.map(({ values }) => values)));
  const ways = [...choices, { values: rest, code: otherwise }].flatMap(({ values, code }) => {
    const own = within(values, full);
    return sizeOf(own) === 0 ? [] : [{ own, share: fraction(sizeOf(own), size), code }];
  });
  if (number.kind === 'numgen' && number.mode === 'inc') return byCounter(first, size, ways, scope);
  return [{ do: 'choose', by: { kind: 'chance' }, ways: ways.map(({ share, code }) => ({ share, code })) }];
}

function byCounter(
  first: number,
  every: number,
  ways: readonly {
    readonly own: IntervalSet;
    readonly share: Fraction;
    readonly code: readonly Instruction[];
  }[],
  { place }: Scope,
): readonly Instruction[] {
  const positions = Array.from({ length: every }, (_, position) => position);
  const chosen: ChosenWay[] = ways.map(({ own, share, code }) => ({
    share,
    code,
    at: positions.filter((position) => has(own, first + position)),
  }));
  return [{ do: 'choose', by: { kind: 'counter', key: place, every }, ways: chosen }];
}

/** The least value, and how many there are. */
function rangeOf(number: Expression): readonly [first: number, size: number] {
  if (number.kind === 'numgen') return [number.offset, number.modulus];
  return [0, randomBits(number) ?? 1];
}

function within(values: IntervalSet, full: IntervalSet): IntervalSet {
  return subtract(full, subtract(full, values));
}

function sizeOf(set: IntervalSet): number {
  let size = 0;
  for (let at = 0; at < set.length; at += 2) size += Number(set[at + 1]) - Number(set[at]) + 1;
  return size;
}

/** A hash is one number for a connection, which nobody knows. */
export function byHash(
  hash: Hash,
  { values, negated }: { readonly values: IntervalSet; readonly negated: boolean },
  scope: Scope,
): Condition {
  return when(negated, test('hash', hashValues(hash, values), hashName(hash, scope)));
}

/** Of the same words it is the same, but for jhash without a seed: each rule draws one of its own (nft_jhash_init). */
export function hashName(hash: Hash, { place }: Scope): string {
  return hash.of && hash.seed === undefined ? `${spelled(hash)} of ${place}` : spelled(hash);
}

/** Of the field, which has more values than the hash, those beyond the ends go with the ends. */
export function hashValues({ modulus, offset }: Hash, values: IntervalSet): IntervalSet {
  const last = offset + modulus - 1;
  return union(
    within(values, interval(offset, last)),
    offset > 0 && has(values, offset) ? interval(0, offset - 1) : emptySet,
    has(values, last) ? interval(last, 0xffffffff) : emptySet,
  );
}
