import { IPv6 } from 'ip-num';

/**
 * An IP address as a plain integer, so that matching costs a comparison: a `number` of 32 bits is IPv4, a `bigint` of
 * 128 bits is IPv6.
 */
export type Address = number | bigint;

/** An address family. */
export type Family = 'ipv4' | 'ipv6';

export const families: readonly Family[] = ['ipv4', 'ipv6'];

/** Bits in an address of the family. */
export const addressBits: Readonly<Record<Family, number>> = { ipv4: 32, ipv6: 128 };

export function familyOf(address: Address): Family {
  return typeof address === 'number' ? 'ipv4' : 'ipv6';
}

/** The address that the text spells (RFC 4291 for IPv6, four decimal octets for IPv4), or undefined. */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseIPv6(text) : parseIPv4(text);
}

/**
 * Four decimal octets without leading zeros, as inet_pton(3) reads them. Written out, because a dump of 435,000 lines
 * has an address in most of them; a property test compares it with ip-num.
 */
export function parseIPv4(text: string): number | undefined {
  let address = 0;
  let octet = -1;
  let dots = 0;
  let digits = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 46) {
      if (octet < 0 || ++dots > 3) return undefined;
      address = address * 256 + octet;
      octet = -1;
      digits = 0;
    } else if (code >= 48 && code <= 57) {
      if (digits > 0 && octet === 0) return undefined;
      octet = Math.max(octet, 0) * 10 + (code - 48);
      digits += 1;
      if (octet > 255) return undefined;
    } else return undefined;
  }
  return dots === 3 && octet >= 0 ? address * 256 + octet : undefined;
}

/** No IPv6 address is written with more characters than ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255. */
const longest = 45;

const knownIPv6 = new Map<string, bigint>();

/** ip-num takes 8 microseconds for one address and a dump repeats each several times, so the last ones are kept. */
function parseIPv6(text: string): bigint | undefined {
  const known = knownIPv6.get(text);
  if (known !== undefined) return known;
  if (text.length > longest || !/^(?:[0-9a-fA-F]*:)+(?:[0-9a-fA-F]*|\d+\.\d+\.\d+\.\d+)$/.test(text))
    return undefined;
  try {
    const { value } = IPv6.fromString(text);
    if (knownIPv6.size > 200_000) knownIPv6.clear();
    knownIPv6.set(text, value);
    return value;
  } catch {
    return undefined;
  }
}

/** The canonical text: dotted decimal; RFC 5952 for IPv6, with mapped addresses as inet_ntop(3) spells them. */
export function formatAddress(address: Address): string {
  return typeof address === 'number' ? formatIPv4(address) : formatIPv6(address);
}

function formatIPv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

function formatIPv6(address: bigint): string {
  const high = address >> 32n;
  const embedsIPv4 = high === 0xffffn || (high === 0n && address >> 16n !== 0n);
  const groups = embedsIPv4 ? 6 : 8;
  const words: string[] = [];
  for (let index = 0; index < groups; index += 1) {
    words.push(((address >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  }
  const text = shortenZeros(words);
  if (!embedsIPv4) return text;
  const dotted = formatIPv4(Number(address & 0xffffffffn));
  return text.endsWith('::') ? text + dotted : `${text}:${dotted}`;
}

/** RFC 5952, section 4.2: the longest run of two or more zero groups becomes `::`, the first one of equals. */
function shortenZeros(words: readonly string[]): string {
  let best = { start: 0, length: 1 };
  for (let start = 0; start < words.length; start += 1) {
    let end = start;
    while (words[end] === '0') end += 1;
    if (end - start > best.length) best = { start, length: end - start };
  }
  if (best.length < 2) return words.join(':');
  return `${words.slice(0, best.start).join(':')}::${words.slice(best.start + best.length).join(':')}`;
}

/** `address:port`, IPv6 as `[address]:port`. */
export function formatEndpoint(address: Address, port: number): string {
  return typeof address === 'number' ? `${formatIPv4(address)}:${port}` : `[${formatIPv6(address)}]:${port}`;
}
