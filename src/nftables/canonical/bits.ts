import type { Binary, BinaryOperator, Expression, Value } from '../expression.ts';
import { fieldType, isField } from '../fields.ts';
import { typeOf } from '../types.ts';

/** The value with another number in it. */
export function withNumber(value: Value, number: bigint): Value {
  return { ...value, value: typeof value.value === 'bigint' ? number : Number(number) };
}

export const ones = (bits: number): bigint => (1n << BigInt(bits)) - 1n;

/** Bits that an expression has in a register, whole bytes; of a field of an extension header nft masks its own bits anyway. */
export function widthOf(expression: Expression): number {
  if (expression.kind === 'binary') return widthOf(expression.left);
  if (expression.kind === 'map' || expression.kind === 'concat') return 32;
  const bits = isField(expression) ? (fieldType(expression)?.bits ?? 32) : 32;
  return expression.kind === 'exthdr' ? bits : Math.ceil(bits / 8) * 8;
}

const isBoolean = (operator: BinaryOperator) => operator === '&' || operator === '|' || operator === '^';

/** `&`, `|` and `^` with constants, one after the other, are one operation of the kernel, which is listed in its own form. */
export function foldBits(expression: Expression): Expression {
  if (expression.kind !== 'binary') return expression;
  const { operator, right } = expression;
  if (!isBoolean(operator)) return { ...expression, left: foldBits(expression.left) };
  const chain: { operator: BinaryOperator; value: Value }[] = [];
  let left: Expression = expression;
  while (left.kind === 'binary' && isBoolean(left.operator)) {
    if (left.right.kind !== 'value') return expression;
    chain.unshift({ operator: left.operator, value: left.right });
    left = left.left;
  }
  const width = widthOf(left);
  let mask = ones(width);
  let flip = 0n;
  for (const { operator: own, value } of chain) {
    const [keep, turn] = stepOf(own, BigInt(value.value), width);
    flip = turn ^ (flip & keep);
    mask &= keep;
  }
  return spellBits(foldBits(left), mask, flip, width, right as Value);
}

/** What an operation keeps of the bits, and which it turns. */
function stepOf(operator: BinaryOperator, value: bigint, width: number): readonly [bigint, bigint] {
  if (operator === '&') return [value, 0n];
  return operator === '|' ? [ones(width) ^ value, value] : [ones(width), value];
}

/** `(left & mask) ^ flip`, with `|` for bits that are not kept and are set. */
function spellBits(left: Expression, mask: bigint, flip: bigint, width: number, like: Value): Expression {
  const set = (mask & flip) ^ flip;
  const turned = flip & mask;
  const kept = flip === 0n ? mask : mask | set;
  let result: Expression = left;
  const add = (operator: BinaryOperator, number: bigint) => {
    result = { kind: 'binary', operator, left: result, right: withNumber(like, number) } satisfies Binary;
  };
  if (kept !== ones(width)) add('&', kept);
  if (turned !== 0n) add('^', turned);
  if (set !== 0n) add('|', set);
  return result;
}

/** Whether a mask has its bits at the upper end: then it is a prefix, and this its length; else null. */
export function prefixLength(mask: bigint, bits: number): number | null {
  const rest = ones(bits) ^ mask;
  return (rest & (rest + 1n)) === 0n ? bits - bitLength(rest) : null;
}

export const bitLength = (number: bigint): number => (number === 0n ? 0 : number.toString(2).length);

/** The place of the lowest bit that is set. */
export function lowestBit(number: bigint): number {
  let at = 0;
  while (number !== 0n && ((number >> BigInt(at)) & 1n) === 0n) at += 1;
  return at;
}

/** Whether nft lists values of the type under a mask as a prefix. */
export const prefixTypes: ReadonlySet<string> = new Set([
  'ipv4_addr',
  'ipv6_addr',
  'mark',
  'realm',
  'devgroup',
]);

export const isBitmask = ({ type }: Value): boolean => typeOf(type).base === 'bitmask';
