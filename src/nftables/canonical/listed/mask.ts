import type { Constant } from '../../expression.ts';
import type { Match } from '../../statement.ts';
import { typeOf } from '../../types.ts';
import { isBitmask, prefixLength, prefixTypes, withNumber } from '../bits.ts';

/** A mask of bits that have names asks whether one of them is there; one of the upper bits is a prefix. */
export function spellMask(match: Match): Match {
  const { left, operator, right } = match;
  if (
    left.kind !== 'binary' ||
    left.operator !== '&' ||
    left.right.kind !== 'value' ||
    right.kind !== 'value'
  )
    return match;
  const mask = left.right;
  const isEquality = operator === '==' || operator === '!=';
  if (isEquality && isBitmask(mask)) {
    if (BigInt(right.value) !== 0n) return match;
    return { kind: 'match', left: left.left, operator: operator === '==' ? 'lacks' : 'has', right: mask };
  }
  const bits = typeOf(mask.type).bits;
  // What is compared by size is turned into the network's order first, and its mask stays.
  const isListed = isEquality || typeOf(mask.type).order === 'network';
  const length = isListed && prefixTypes.has(mask.type) ? prefixLength(BigInt(mask.value), bits) : null;
  if (length === null) return match;
  const prefix: Constant = { kind: 'prefix', type: mask.type, value: right.value, length };
  return {
    kind: 'match',
    left: left.left,
    operator,
    right: length === bits ? withNumber(right, BigInt(right.value)) : prefix,
  };
}
