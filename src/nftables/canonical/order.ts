import type { Expression } from '../expression.ts';
import { typeOf } from '../types.ts';

/**
 * The order in which nft 1.0.6 lists the elements of a set that holds single values. One field goes by its value; names, and
 * fields put together, go as the number that their bytes make on a little-endian machine, on which the last byte weighs most.
 */
export function compareKeys(left: Expression, right: Expression): number {
  if (left.kind === 'any' || right.kind === 'any')
    return Number(left.kind === 'any') - Number(right.kind === 'any');
  if (left.kind === 'concat' && right.kind === 'concat') {
    for (let part = left.parts.length - 1; part >= 0; part -= 1) {
      const order = compareBytes(left.parts[part] as Expression, right.parts[part] as Expression);
      if (order !== 0) return order;
    }
    return 0;
  }
  return left.kind === 'text' ? compareBytes(left, right) : compareNumbers(startOf(left), startOf(right));
}

/** The order of intervals: by their beginnings, of names by the first byte. */
export function compareStarts(left: Expression, right: Expression): number {
  if (left.kind === 'any' || right.kind === 'any')
    return Number(left.kind === 'any') - Number(right.kind === 'any');
  if (left.kind === 'text' && right.kind === 'text') {
    const [a, b] = [left.text.replace(/\*$/, ''), right.text.replace(/\*$/, '')];
    return a < b ? -1 : a > b ? 1 : 0;
  }
  return compareNumbers(startOf(left), startOf(right));
}

/** The least value of a key; 0 where it has none. */
export function startOf(key: Expression): bigint {
  if (key.kind === 'value' || key.kind === 'prefix') return BigInt(key.value);
  return key.kind === 'range' ? startOf(key.from) : 0n;
}

function compareNumbers(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** By the last byte first. */
function compareBytes(left: Expression, right: Expression): number {
  const [a, b] = [bytesOf(left), bytesOf(right)];
  for (let at = Math.max(a.length, b.length) - 1; at >= 0; at -= 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** As they lie in a register. */
function bytesOf(part: Expression): readonly number[] {
  if (part.kind === 'text') return [...new TextEncoder().encode(part.text)];
  if (part.kind !== 'value') return [];
  const { bits, order } = typeOf(part.type);
  const bytes = Array.from({ length: Math.ceil(bits / 8) }, (_, at) =>
    Number((BigInt(part.value) >> BigInt(8 * at)) & 255n),
  );
  return order === 'host' ? bytes : bytes.reverse();
}
