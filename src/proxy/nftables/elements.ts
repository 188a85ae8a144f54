import { addressBits, familyOf, formatAddress } from '../../address/address.ts';
import { lastOf, type Subnet } from '../../address/subnet.ts';
import type { KeyValue } from './operations.ts';
import type { TableElement } from './table.ts';

// The order of elements as nft lists them.

const protocolNumbers = { TCP: 6, UDP: 17, SCTP: 132 } as const;

/**
 * nft orders keys of several fields as little-endian numbers: the last byte of the last field weighs most. Each field takes four bytes, or
 * sixteen, and stands in its first ones.
 */
export function orderedElements(elements: readonly TableElement[]): readonly TableElement[] {
  const keyed = elements.map((one) => ({ one, weight: weightOf(one.element.key) }));
  return keyed.sort((left, right) => compare(left.weight, right.weight)).map(({ one }) => one);
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < left.length; index += 1) {
    const difference = (left[index] as number) - (right[index] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What is compared, the weightiest first. A single field is compared as the number that it is. */
function weightOf(key: readonly KeyValue[]): readonly number[] {
  const bytes = key.flatMap(bytesOf);
  return key.length === 1 ? bytes : bytes.reverse();
}

function bytesOf(value: KeyValue): readonly number[] {
  if ('protocol' in value) return [protocolNumbers[value.protocol], 0, 0, 0];
  if ('port' in value) return [value.port >> 8, value.port & 255, 0, 0];
  const bits = BigInt(addressBits[familyOf(value.address)]);
  const bytes: number[] = [];
  for (let shift = bits - 8n; shift >= 0n; shift -= 8n) {
    bytes.push(Number((BigInt(value.address) >> shift) & 255n));
  }
  return bytes;
}

/**
 * The elements of an anonymous set of prefixes as nft lists them: in order, what overlaps or meets joined together. One that was written with
 * a single element is no set any more.
 */
export function listedPrefixes(prefixes: readonly Subnet[]): string {
  const [only, ...others] = prefixes;
  if (only && others.length === 0) return spellRange(BigInt(only.address), BigInt(lastOf(only)), only);
  const ordered = prefixes.toSorted((left, right) => (left.address < right.address ? -1 : 1));
  return `{ ${joined(ordered).join(', ')} }`;
}

function joined(ordered: readonly Subnet[]): readonly string[] {
  const ranges: { first: bigint; last: bigint }[] = [];
  for (const prefix of ordered) {
    const [first, last] = [BigInt(prefix.address), BigInt(lastOf(prefix))];
    const before = ranges.at(-1);
    if (before && first <= before.last + 1n) before.last = last > before.last ? last : before.last;
    else ranges.push({ first, last });
  }
  return ranges.map(({ first, last }) => spellRange(first, last, ordered[0] as Subnet));
}

/** As an address, a prefix, or first and last address. */
function spellRange(first: bigint, last: bigint, { address }: Subnet): string {
  const family = familyOf(address);
  const text = (value: bigint) => formatAddress(family === 'ipv4' ? Number(value) : value);
  if (first === last) return text(first);
  const size = last - first + 1n;
  const isPrefix = (size & (size - 1n)) === 0n && first % size === 0n;
  return isPrefix
    ? `${text(first)}/${addressBits[family] - (size.toString(2).length - 1)}`
    : `${text(first)}-${text(last)}`;
}
