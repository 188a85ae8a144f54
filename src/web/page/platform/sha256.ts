import { sha256 as digest } from '@noble/hashes/sha2.js';

const encoder = new TextEncoder();

/** In place of src/text/sha256.ts, which asks Node: browsers have no sha256 that answers at once. */
export const sha256 = (text: string): string => String.fromCharCode(...digest(encoder.encode(text)));
