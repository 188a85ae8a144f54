import * as crypto from 'node:crypto';

/**
 * sha256 in hexadecimal. `crypto.hash` does it in one call, three times as fast as a Hash object; Node 20 has it from
 * 20.12 on.
 */
export const hash: (text: string) => string =
  typeof crypto.hash === 'function'
    ? (text) => crypto.hash('sha256', text)
    : (text) => crypto.createHash('sha256').update(text).digest('hex');
