import type { Address } from '../address/address.ts';
import type { AddressRange } from '../iptables/rule/match.ts';
import type { Tuple } from './connection.ts';
import type { NatRange, Side } from './ir.ts';

/**
 * The address that a range gives a flow. The kernel hashes the flow's ends (nf_nat_core's find_best_ips_proto), without
 * any secret: the same flow always gets the same address. The words are hashed as a little-endian machine reads them.
 */
export function pickAddress(
  tuple: Tuple,
  side: Side,
  { addresses, persistent }: NatRange,
  zone: number,
): Address {
  if (!addresses) return side === 'source' ? tuple.source : tuple.destination;
  const { first, last } = addresses;
  if (first === last) return first;
  const destination = wordsOf(tuple.destination);
  const seed = persistent ? 0 : (destination.at(-1) as number);
  const source = wordsOf(tuple.source);
  const stirred = persistent ? 0 : swap(seed) ^ zone;
  const hash = jhash2([...source, ...Array<number>(4 - source.length).fill(0)], stirred);
  if (typeof first === 'number') return first + scale(hash, (last as number) - first + 1);
  return pickIPv6(addresses, hash, (word, index) => {
    if (persistent) return 0;
    // The kernel picks in place: of a destination, the words that it has picked already are what it stirs in.
    return swap(side === 'source' ? (destination[index] as number) : word);
  });
}

/** Word by word: once a word is below the range's highest, the words after it may be anything. */
function pickIPv6(
  { first, last }: AddressRange,
  hash: number,
  stir: (word: number, index: number) => number,
): Address {
  const least = wordsOf(first);
  const most = wordsOf(last);
  let rest = hash;
  let free = false;
  let address = 0n;
  for (let index = 0; index < 4; index += 1) {
    const low: number = free ? 0 : (least[index] as number);
    const size: number = free ? 0xffffffff : (most[index] as number) - low + 1;
    const word: number = low + scale(rest, size);
    free ||= word !== most[index];
    address = (address << 32n) | BigInt(word);
    rest ^= stir(word, index);
  }
  return address;
}

function wordsOf(address: Address): number[] {
  if (typeof address === 'number') return [address];
  return [96n, 64n, 32n, 0n].map((shift) => Number((address >> shift) & 0xffffffffn));
}

/** Network order, read by a little-endian machine. */
function swap(word: number): number {
  return (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}

/** reciprocal_scale(): a 32-bit number mapped to 0 up to `size`, exclusive. */
function scale(value: number, size: number): number {
  return Number((BigInt(value >>> 0) * BigInt(size)) >> 32n);
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Bob Jenkins' lookup3 over four words, as the kernel's jhash2. */
function jhash2(words: readonly number[], seed: number): number {
  const [k0, k1, k2, k3] = words.map(swap) as [number, number, number, number];
  const start = (0xdeadbeef + (4 << 2) + seed) | 0;
  let a = (start + k0) | 0;
  let b = (start + k1) | 0;
  let c = (start + k2) | 0;
  for (const [bits] of [[4], [6], [8], [16], [19], [4]] as const) {
    // One round of __jhash_mix: the roles of a, b and c turn with every step.
    [a, b, c] = mixStep(a, b, c, bits);
  }
  a = (a + k3) | 0;
  return finish(a, b, c);
}

function mixStep(a: number, b: number, c: number, bits: number): [number, number, number] {
  const mixed = ((a - c) | 0) ^ rotate(c, bits);
  return [b, (c + b) | 0, mixed];
}

function finish(first: number, second: number, third: number): number {
  let [a, b, c] = [first, second, third];
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
}
