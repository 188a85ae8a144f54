import { byteLength } from '../../../text/bytes.ts';
import { want } from '../../../text/expected.ts';
import { readInteger } from '../numbers.ts';
import { type Codec, refuseValue } from '../syntax.ts';
import type { IntegerRange } from './numbers.ts';

// What a machine calls its own: interfaces, cards, users.

/** An interface's name, at most 15 characters; `+` at its end stands for any end. */
export const interfaceName: Codec<string> = {
  read: (word) => (byteLength(word) > 15 ? refuseValue(word, want.atMost(15, 'characters')) : word),
  print: (word) => word,
};

/** Six octets. */
export const etherAddress: Codec<string> = {
  read: (word) =>
    /^(?:[0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}$/.test(word)
      ? word
          .split(':')
          .map((octet) => octet.toLowerCase().padStart(2, '0'))
          .join(':')
      : refuseValue(word, want.thing('mac')),
  print: (word) => word,
};

/** A user's or group's number, or two of them with `-`; of the names only root's is the same everywhere. */
export const ownerRange: Codec<IntegerRange> = {
  read(word) {
    if (word === 'root') return { first: 0, last: 0 };
    const [first = '', last = first, ...more] = word.split(/[-:]/);
    const [low, high] = [readInteger(first), readInteger(last)];
    if (more.length > 0 || low === undefined || high === undefined || high > 0xfffffffe || low > high) {
      return refuseValue(word, want.orElse(want.thing('number'), 'FIRST-LAST'));
    }
    return { first: low, last: high };
  },
  print: ({ first, last }) => (first === last ? String(first) : `${first}-${last}`),
};
