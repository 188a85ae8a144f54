import { hash } from './sha256.ts';

/** kube-proxy's chain prefixes for what belongs to one service port, or to one of its endpoints. */
export type ChainPrefix = 'KUBE-SVC-' | 'KUBE-SVL-' | 'KUBE-EXT-' | 'KUBE-FW-' | 'KUBE-SEP-';

const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** Two letters for ten bits. */
const base32Pairs = Array.from(
  { length: 1024 },
  (_, bits) => `${base32Alphabet[bits >> 5]}${base32Alphabet[bits & 31]}`,
);

/**
 * What follows the prefix in a chain's name: the first 16 letters of the base32 (RFC 4648) of the sha256 of `text`.
 * Sixteen letters are 80 bits, so the first 20 hexadecimal digits say it all.
 */
export function chainHash(text: string): string {
  const digits = hash(text);
  return (
    letters(Number.parseInt(digits.slice(0, 10), 16)) + letters(Number.parseInt(digits.slice(10, 20), 16))
  );
}

/** Eight letters for 40 bits, by arithmetic: shifts would cut the number to 32. */
function letters(bits: number): string {
  const high = Math.floor(bits / 2 ** 20);
  const low = bits % 2 ** 20;
  return `${base32Pairs[high >> 10]}${base32Pairs[high & 1023]}${base32Pairs[low >> 10]}${base32Pairs[low & 1023]}`;
}
