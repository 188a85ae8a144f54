import { type Address, addressBits, type Family, familyOf } from '../../address/address.ts';
import type { PortRange } from '../../address/port.ts';
import { prefixLength, type Subnet } from '../../address/subnet.ts';
import { sha256 } from '../../text/sha256.ts';

/** The numbers from `first` to `last` can be given; those from `preferred` on are given first. */
export interface Stretch {
  readonly first: number;
  readonly preferred: number;
  readonly last: number;
}

/** How often a hash that meets a taken number is drawn again before the next free number is taken. */
const draws = 16;

/**
 * Gives numbers to names by their hash, so that what one name gets does not depend on which others there are: only two
 * names with the same hash do, and then the one that asks later gives way.
 */
export class Pool {
  readonly #stretch: Stretch;
  readonly #taken = new Set<number>();
  /** So many numbers, from `preferred` on and then from `first` on, are not free any more. */
  #tried = 0;

  constructor(stretch: Stretch) {
    this.#stretch = stretch;
  }

  /** Says that a number is not to be given; false where it was taken already. */
  reserve(number: number): boolean {
    if (this.#taken.has(number)) return false;
    this.#taken.add(number);
    return true;
  }

  /** Null where nothing is left. `collided`: another name has the number that the hash says. */
  take(name: string): { readonly number: number; readonly collided: boolean } | null {
    const { first, preferred, last } = this.#stretch;
    if (this.#tried > last - first) return null;
    for (let draw = 0; draw < draws && preferred <= last; draw += 1) {
      const number = preferred + (hashOf(draw === 0 ? name : `${name}#${draw}`) % (last - preferred + 1));
      if (this.reserve(number)) return { number, collided: draw > 0 };
    }
    return this.#takeNext();
  }

  /** Nothing is given back, so that no number is looked at twice, however many ask in vain. */
  #takeNext(): { readonly number: number; readonly collided: boolean } | null {
    const { first, preferred, last } = this.#stretch;
    const size = last - first + 1;
    for (; this.#tried < size; this.#tried += 1) {
      const number = first + ((preferred - first + this.#tried) % size);
      if (this.reserve(number)) return { number, collided: true };
    }
    return null;
  }
}

/** The first 48 bits of the sha256 of a text. */
export function hashOf(text: string): number {
  const bytes = sha256(text);
  let bits = 0;
  for (let index = 0; index < 6; index += 1) bits = bits * 256 + bytes.charCodeAt(index);
  return bits;
}

/** More addresses than this are not told apart: an IPv6 prefix has 2^64 of them and more. */
const largest = 2 ** 32;

/** The addresses of a prefix as a pool of their offsets. */
export class AddressPool {
  readonly #subnet: Subnet;
  readonly #pool: Pool;

  constructor(subnet: Subnet, spanOf: (size: number, family: Family) => Stretch) {
    this.#subnet = subnet;
    this.#pool = new Pool(spanOf(sizeOf(subnet), familyOf(subnet.address)));
  }

  reserve(address: Address): boolean {
    const { address: base } = this.#subnet;
    const isSmall = typeof address === 'number' && typeof base === 'number';
    return this.#pool.reserve(isSmall ? address - base : Number(BigInt(address) - BigInt(base)));
  }

  take(name: string): { readonly address: Address; readonly collided: boolean } | null {
    const given = this.#pool.take(name);
    if (!given) return null;
    const { address: base } = this.#subnet;
    const address = typeof base === 'number' ? base + given.number : base + BigInt(given.number);
    return { address, collided: given.collided };
  }
}

function sizeOf(subnet: Subnet): number {
  const family = familyOf(subnet.address);
  return Math.min(2 ** (addressBits[family] - (prefixLength(subnet) ?? addressBits[family])), largest);
}

/**
 * The API server keeps the lower band of a range for values that are asked for, and gives out the upper one
 * (pkg/registry/core/service/ipallocator and portallocator): a sixteenth, at least 16 and at most 256.
 */
export function serviceSpan(size: number, family: Family): Stretch {
  const last = family === 'ipv4' && size > 2 ? size - 2 : size - 1;
  const first = size > 2 ? 1 : 0;
  const band = size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 16)), 256);
  return { first, preferred: first + band, last };
}

/** A thirty-second of the range, at least 16 and at most 128. */
export function nodePortSpan({ first, last }: PortRange): Stretch {
  const size = last - first + 1;
  const band = size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 32)), 128);
  return { first, preferred: first + band, last };
}

/** All addresses but those of the network itself and, in IPv4, of the broadcast. */
export function hostSpan(size: number, family: Family): Stretch {
  const first = size > 2 ? 1 : 0;
  return { first, preferred: first, last: family === 'ipv4' && size > 2 ? size - 2 : size - 1 };
}

/** Host addresses but the first, which is the gateway's. */
export function podSpan(size: number, family: Family): Stretch {
  const span = hostSpan(size, family);
  return span.last > span.first ? { ...span, first: span.first + 1, preferred: span.first + 1 } : span;
}
