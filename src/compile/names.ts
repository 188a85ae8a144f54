import { sha256 } from './sha256.ts';

/** kube-proxy's chain prefixes for what belongs to one service port, or to one of its endpoints. */
export type ChainPrefix = 'KUBE-SVC-' | 'KUBE-SVL-' | 'KUBE-EXT-' | 'KUBE-FW-' | 'KUBE-SEP-';

const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Two letters for ten bits. */
const base32Pairs = Array.from(
  { length: 1024 },
  (_, bits) => `${base32Alphabet[bits >> 5]}${base32Alphabet[bits & 31]}`,
);

/**
 * What follows the prefix in a chain's name: the first 16 letters of the base32 (RFC 4648) of the sha256 of `text`, which
 * are its first 80 bits.
 */
export function chainHash(text: string): string {
  const bytes = sha256(text);
  return letters(bytes, 0) + letters(bytes, 5);
}

/** Eight letters for the five bytes from `start` on. */
function letters(bytes: string, start: number): string {
  const high =
    (bytes.charCodeAt(start) << 16) | (bytes.charCodeAt(start + 1) << 8) | bytes.charCodeAt(start + 2);
  const low = (bytes.charCodeAt(start + 3) << 8) | bytes.charCodeAt(start + 4);
  const middle = ((high & 15) << 6) | (low >> 10);
  return pair(high >> 14) + pair((high >> 4) & 1023) + pair(middle) + pair(low & 1023);
}

function pair(bits: number): string {
  return base32Pairs[bits] as string;
}
