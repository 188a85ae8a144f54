import type { Constant, Value } from '../expression.ts';
import type { Match } from '../statement.ts';
import { typeOf } from '../types.ts';

/** A question for some bits of a field, as nft lists it: `tcp flags ! syn`, or a prefix in place of a mask of addresses. */
export function canonicalMask(match: Match): Match {
  const { left, operator, right } = match;
  if (
    left.kind !== 'binary' ||
    left.operator !== '&' ||
    left.right.kind !== 'value' ||
    right.kind !== 'value'
  )
    return match;
  if (operator !== '==' && operator !== '!=') return match;
  const mask = left.right;
  if (typeOf(mask.type).base === 'bitmask') {
    if (BigInt(right.value) !== 0n) return match;
    return { kind: 'match', left: left.left, operator: operator === '==' ? 'lacks' : 'has', right: mask };
  }
  const prefix = prefixOf(mask, right);
  return prefix ? { kind: 'match', left: left.left, operator, right: prefix } : match;
}

/** Null where the mask has holes, or asks for bits that it hides. */
function prefixOf(mask: Value, { type, value }: Value): Constant | null {
  if (mask.type !== 'ipv4_addr' && mask.type !== 'ipv6_addr') return null;
  const { bits } = typeOf(mask.type);
  const rest = ~BigInt(mask.value) & ((1n << BigInt(bits)) - 1n);
  if ((rest & (rest + 1n)) !== 0n || (BigInt(value) & rest) !== 0n) return null;
  const length = bits - (rest === 0n ? 0 : rest.toString(2).length);
  return length === bits ? { kind: 'value', type, value } : { kind: 'prefix', type, value, length };
}
