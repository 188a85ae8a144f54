import { sha256 } from '../../text/sha256.ts';

const codesOf = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));
const base32 = codesOf('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567');

/**
 * `prefix`, and the first `count` letters (8 or 16) of the base32 (RFC 4648) of the sha256 of `text`. It is made in one piece: names that are
 * put together of others cost twice as much to look up and to sort.
 */
export function hashedName(prefix: string, text: string, count: 8 | 16): string {
  const bytes = sha256(text);
  const codes: number[] = [];
  for (let index = 0; index < prefix.length; index += 1) codes.push(prefix.charCodeAt(index));
  pushLetters(codes, bytes, 0);
  if (count === 16) pushLetters(codes, bytes, 5);
  return String.fromCharCode.apply(null, codes);
}

/** Eight letters for the five bytes from `start` on, in two halves of 20 bits. */
function pushLetters(codes: number[], bytes: string, start: number): void {
  const middle = bytes.charCodeAt(start + 2);
  const high = (bytes.charCodeAt(start) << 12) | (bytes.charCodeAt(start + 1) << 4) | (middle >> 4);
  const low = ((middle & 15) << 16) | (bytes.charCodeAt(start + 3) << 8) | bytes.charCodeAt(start + 4);
  for (let shift = 15; shift >= 0; shift -= 5) codes.push(base32[(high >> shift) & 31] as number);
  for (let shift = 15; shift >= 0; shift -= 5) codes.push(base32[(low >> shift) & 31] as number);
}
