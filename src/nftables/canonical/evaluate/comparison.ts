import { want } from '../../../text/expected.ts';
import type { Expression, Prefix, SetElement, Value } from '../../expression.ts';
import { Refusal } from '../../refusal.ts';
import type { Match } from '../../statement.ts';
import { foldBits, ones, prefixTypes, widthOf, withNumber } from '../bits.ts';
import { mapValues } from '../constants.ts';
import { isHostNumber } from '../order.ts';

export const big = (number: bigint): Value => ({ kind: 'value', type: 'xinteger', value: number });

export const binary = (operator: '&' | '|' | '>>', left: Expression, right: Value): Expression => ({
  kind: 'binary',
  operator,
  left,
  right,
});

/** A set that was written with one element is that element, whatever else it carries. */
export function soleElement(match: Match): Match {
  const { right } = match;
  if (right.kind !== 'set' || right.elements.length !== 1) return match;
  const [{ key }] = right.elements as [SetElement];
  if (!['value', 'prefix', 'range', 'text'].includes(key.kind)) return match;
  return { ...match, right: key };
}

/** A comparison as the kernel makes it. */
export function relation(left: Expression, operator: Match['operator'], right: Expression): readonly Match[] {
  const moved = transfer(left, right);
  if ((operator === 'has' || operator === 'lacks') && moved.right.kind === 'value') {
    const masked: Expression = { kind: 'binary', operator: '&', left: moved.left, right: moved.right };
    return [
      {
        kind: 'match',
        left: masked,
        operator: operator === 'has' ? '!=' : '==',
        right: withNumber(moved.right, 0n),
      },
    ];
  }
  if (moved.right.kind === 'range' && operator === '==') {
    const { from, to } = moved.right;
    return [
      { kind: 'match', left: moved.left, operator: '>=', right: from },
      { kind: 'match', left: moved.left, operator: '<=', right: to },
    ];
  }
  if (moved.right.kind === 'prefix') {
    if (operator !== '==' && operator !== '!=')
      throw new Refusal('a prefix is no value that others are below or above', want.either('==', '!='));
    const whole = moved.left.kind === 'raw' ? wholeBytes(moved.left, operator, moved.right) : null;
    if (whole) return [whole];
    if (!isPrefixKept(moved.left, moved.right)) return [masked(moved.left, operator, moved.right)];
  }
  return [{ kind: 'match', left: moved.left, operator, right: moved.right }];
}

/** Of numbers that no packet has, and of what was computed, whole bytes are compared alone where they lie in the network's order. */
function isPrefixKept(left: Expression, { type, length }: Prefix): boolean {
  if (left.kind === 'raw') return false;
  if (prefixTypes.has(type)) return true;
  return isWholeBytes(length) && length < widthOf(left) && !isHostNumber(left);
}

const isWholeBytes = (length: number) => length !== 0 && length % 8 === 0;

/** A prefix of whole bytes of a packet is a shorter load. */
function wholeBytes(
  left: Extract<Expression, { kind: 'raw' }>,
  operator: Match['operator'],
  { value, length }: Prefix,
): Match | null {
  if (!isWholeBytes(length)) return null;
  const right = big(BigInt(value) >> BigInt(left.length - length));
  return { kind: 'match', left: { ...left, length }, operator, right };
}

/** Any other prefix is a mask. */
function masked(left: Expression, operator: Match['operator'], { type, value, length }: Prefix): Match {
  const constant = { kind: 'value', type, value } as const;
  const bits = widthOf(left);
  if (length === bits) return { kind: 'match', left, operator, right: constant };
  const mask = withNumber(constant, ones(bits) ^ ones(bits - length));
  return { kind: 'match', left: binary('&', left, mask), operator, right: constant };
}

/** What the last operators turn is turned in the constant instead, before what is left becomes one operation of the kernel. */
export function turnBack(match: Match): Match {
  const { left, right } = match;
  if (left.kind !== 'binary' || left.operator !== '^' || left.right.kind !== 'value') return match;
  if (!canMove(right)) return match;
  const amount = BigInt(left.right.value);
  const turned = mapValues(right, (value) => withNumber(value, BigInt(value.value) ^ amount));
  return turnBack({ ...match, left: left.left, right: turned });
}

interface Sides {
  readonly left: Expression;
  readonly right: Expression;
}

export const swapSides = ({ left, right }: Sides) => ({ key: left, map: right });

/** What can be undone of a computation is done to the constant instead. */
export function transfer(left: Expression, right: Expression): Sides {
  if (left.kind !== 'binary' || left.right.kind !== 'value') return { left, right };
  const amount = BigInt(left.right.value);
  const change = changes[left.operator];
  checkCatchAll(left, right);
  if (!change || !canMove(right)) return { left, right };
  const moved = mapValues(right, (value) => ({ ...value, value: change(BigInt(value.value), amount) }));
  if (left.operator !== '>>') return { left: left.left, right: moved };
  // The bits that the shift took away are masked out.
  const isMasked = left.left.kind === 'binary' && left.left.operator === '&';
  if (isMasked) return { left: left.left, right: moved };
  return { left: foldBits(binary('&', left.left, left.right)), right: moved };
}

/** Beside an element for all others the shift is made in the packet's bytes, of which the others fill one only. */
function checkCatchAll({ operator, left }: Extract<Expression, { kind: 'binary' }>, right: Expression): void {
  const own = left.kind === 'binary' ? left.left : left;
  if (operator !== '>>' || own.kind !== 'raw' || own.length <= 8 || right.kind !== 'set') return;
  const isAny = ({ key }: SetElement) => key.kind === 'any';
  if (right.elements.some(isAny) && !right.elements.every(isAny))
    throw new Refusal('bits of two bytes are looked up where an element stands for all others');
}

const changes: Readonly<Record<string, (number: bigint, amount: bigint) => bigint>> = {
  '^': (number, amount) => number ^ amount,
  '>>': (number, amount) => number << amount,
  '<<': (number, amount) => number >> amount,
};

function canMove(right: Expression): boolean {
  if (right.kind === 'set') return right.elements.every(({ key }) => canMove(key));
  return right.kind === 'value' || (right.kind === 'range' && right.from.kind === 'value');
}
