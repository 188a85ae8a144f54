import type { Expression } from '../expression.ts';
import { fieldType, isField } from '../fields.ts';
import { type TypeName, typeOf } from '../types.ts';
import { ones } from './bits.ts';

/** Sorts as nft does: of equal elements those of the second half come first. */
export function mergeSort<T>(items: readonly T[], compare: (left: T, right: T) => number): readonly T[] {
  if (items.length < 2) return items;
  const middle = Math.ceil(items.length / 2);
  const first = mergeSort(items.slice(0, middle), compare);
  const second = mergeSort(items.slice(middle), compare);
  const merged: T[] = [];
  let [at, other] = [0, 0];
  while (at < first.length) {
    const own = first[at] as T;
    if (other === second.length || compare(own, second[other] as T) < 0) {
      merged.push(own);
      at += 1;
    } else {
      merged.push(second[other] as T);
      other += 1;
    }
  }
  return [...merged, ...second.slice(other)];
}

/**
 * The order in which nft 1.0.6 lists the elements of a set that holds single values. One field goes by its value; names, and
 * fields put together, go as the number that their bytes make on a little-endian machine, on which the last byte weighs most.
 */
export function compareKeys(
  left: Expression,
  right: Expression,
  field?: Expression,
  isDeclared = false,
): number {
  if (left.kind === 'any' || right.kind === 'any') return compareRest(left, right, field, isDeclared);
  if (left.kind === 'concat' && right.kind === 'concat') {
    for (let part = left.parts.length - 1; part >= 0; part -= 1) {
      const isHost = field?.kind === 'concat' && isHostNumber(field.parts[part]);
      const order = compareBytes(left.parts[part] as Expression, right.parts[part] as Expression, isHost);
      if (order !== 0) return order;
    }
    return 0;
  }
  return left.kind === 'text' ? compareBytes(left, right) : compareNumbers(startOf(left), startOf(right));
}

/**
 * What holds everything else counts as the greatest value, and goes before it. Of a declared set with the field's `typeof` it is that of the
 * field's bits, elsewhere that of its bytes.
 */
function compareRest(
  left: Expression,
  right: Expression,
  field: Expression | undefined,
  isDeclared: boolean,
): number {
  if (left.kind === right.kind) return 0;
  const other = left.kind === 'any' ? right : left;
  const bits = other.kind === 'value' ? bitsOf(other.type, field) : 0;
  const greatest = isDeclared && field ? ones(bits) : greatestOf(bits);
  const isGreatest = other.kind === 'value' && BigInt(other.value) === greatest;
  return (left.kind === 'any') === isGreatest ? -1 : 1;
}

/** All bits of the bytes that hold a value. */
const greatestOf = (bits: number): bigint => ones(Math.ceil(bits / 8) * 8);

/** Numbers are as long as their field. */
function bitsOf(type: TypeName, field: Expression | undefined): number {
  const own = field && isField(field) ? fieldType(field)?.bits : undefined;
  return own ?? typeOf(type).bits;
}

/** Fields that lie in the network's order, whatever their type does elsewhere. */
export const ofHeaders: ReadonlySet<Expression['kind']> = new Set(['payload', 'exthdr', 'option', 'chunk']);

/** Numbers that no header has lie in the node's order, but for what is drawn and what numbers a connection; other values as their type does. */
export function isHostNumber(field: Expression | undefined): boolean {
  const type = field && isField(field) ? fieldType(field)?.type : undefined;
  const isOfHeader = field !== undefined && ofHeaders.has(field.kind);
  if (type !== undefined && type !== 'integer' && !isOfHeader) return typeOf(type).order === 'host';
  switch (field?.kind) {
    case 'meta':
      return field.key !== 'random';
    case 'ct':
      return field.key !== 'id';
    case 'socket':
    case 'rt':
    case 'numgen':
    case 'hash':
      return true;
    case 'ipsec':
      return field.key === 'reqid';
    case 'binary':
      return isHostNumber(field.left);
    default:
      return false;
  }
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

/** The least value of a key, of bits that have names the lowest one; 0 where it has none. */
export function startOf(key: Expression): bigint {
  if (key.kind === 'value' && typeOf(key.type).base === 'bitmask')
    return BigInt(key.value) & -BigInt(key.value);
  if (key.kind === 'value' || key.kind === 'prefix') return BigInt(key.value);
  return key.kind === 'range' ? startOf(key.from) : 0n;
}

function compareNumbers(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** By the last byte first. */
function compareBytes(left: Expression, right: Expression, isHost = false): number {
  const [a, b] = [bytesOf(left, isHost), bytesOf(right, isHost)];
  for (let at = Math.max(a.length, b.length) - 1; at >= 0; at -= 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Of the longest number that is no header's. */
const hostBytes = 8;

/** As they lie in a register. */
function bytesOf(part: Expression, isHost: boolean): readonly number[] {
  if (part.kind === 'text') return [...new TextEncoder().encode(part.text)];
  if (part.kind !== 'value') return [];
  const { bits, order } = typeOf(part.type);
  const length = isHost && part.type === 'integer' ? hostBytes : Math.ceil(bits / 8);
  const bytes = Array.from({ length }, (_, at) => Number((BigInt(part.value) >> BigInt(8 * at)) & 255n));
  return order === 'host' || (isHost && part.type === 'integer') ? bytes : bytes.reverse();
}
