import { sha256 } from './sha256.ts';

/** The sha256 of a text in hexadecimal, as it is written down. */
export function hexDigest(text: string): string {
  return Buffer.from(sha256(text), 'latin1').toString('hex');
}
