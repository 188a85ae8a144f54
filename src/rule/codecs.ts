import {
  type Address,
  addressBits,
  familyOf,
  formatAddress,
  parseAddress,
  parseIPv4,
} from '../address/address.ts';
import { highestPort, type PortRange } from '../address/port.ts';
import { formatSubnet, parseSubnet, prefixLength, prefixMask, type Subnet } from '../address/subnet.ts';
import { byteLength } from '../text/bytes.ts';
import { readInteger } from './numbers.ts';
import { quoteWord } from './quote.ts';
import { servicePort } from './services.ts';
import { type Codec, type Context, refuseValue } from './syntax.ts';

// Numbers.

export function integer(
  first: number,
  last: number,
  print = String as (value: number) => string,
): Codec<number> {
  return {
    read(text) {
      const number = readInteger(text);
      if (number === undefined || number < first || number > last) {
        return refuseValue(text, `a number from ${first} to ${last}`);
      }
      return number;
    },
    print,
  };
}

export const uint8 = integer(0, 0xff);
export const uint16 = integer(0, 0xffff);
export const uint32 = integer(0, 0xffffffff);

export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

export interface IntegerRange {
  readonly first: number;
  readonly last: number;
}

/** `FIRST:LAST`, either end may be left out; a single number is both ends. */
export function integerRange(
  highest: number,
  print: (range: IntegerRange) => string = printRange,
): Codec<IntegerRange> {
  const one = integer(0, highest);
  return {
    read(text, context) {
      const parts = text.split(':');
      if (parts.length > 2) return refuseValue(text, 'FIRST:LAST');
      const [first = '', last = first] = parts;
      return {
        first: first === '' ? 0 : one.read(first, context),
        last: last === '' ? (parts.length === 2 ? highest : 0) : one.read(last, context),
      };
    },
    print,
  };
}

export function printRange({ first, last }: IntegerRange): string {
  return first === last ? String(first) : `${first}:${last}`;
}

// Ports.

/** A number in any base, or a name of /etc/services that has the rule's protocol. */
export const port: Codec<number> = {
  read(text, { protocol }) {
    const number = readInteger(text) ?? servicePort(text, protocol);
    if (number !== undefined && number <= highestPort) return number;
    return refuseValue(text, `a port from 0 to ${highestPort}, or a service's name`);
  },
  print: String,
};

/** A decimal number, of which 16 bits count, or a name of /etc/services for any protocol, as getaddrinfo(3) takes it. */
export const anyPort: Codec<number> = {
  read(text) {
    const number = /^\d{1,9}$/.test(text) ? Number(text) & highestPort : servicePort(text, 0);
    if (number !== undefined) return number;
    return refuseValue(text, `a port from 0 to ${highestPort}, or a service's name`);
  },
  print: String,
};

/** `PORT`, `FIRST:LAST`, `FIRST:`, `:LAST`. */
function rangeOf(one: Codec<number>, separator: string): Codec<PortRange> {
  return {
    read(text, context) {
      const at = text.indexOf(separator);
      if (at === -1) {
        const only = one.read(text, context);
        return { first: only, last: only };
      }
      const [first, last] = [text.slice(0, at), text.slice(at + 1)];
      return {
        first: first === '' ? 0 : one.read(first, context),
        last: last === '' ? highestPort : one.read(last, context),
      };
    },
    print: printRange,
  };
}

export const portRange = rangeOf(port, ':');
export const anyPortRange = rangeOf(anyPort, ':');

export const everyPort: PortRange = { first: 0, last: highestPort };

export function isEveryPort(range: PortRange): boolean {
  return range.first === 0 && range.last === highestPort;
}

// Marks: `value/mask`, 32 bits.

export interface MarkMask {
  readonly value: number;
  readonly mask: number;
}

export const allBits = 0xffffffff;

export const mark32 = integer(0, allBits, hex);

export const markMask: Codec<MarkMask> = {
  read(text, context) {
    const slash = text.indexOf('/');
    if (slash === -1) return { value: mark32.read(text, context), mask: allBits };
    return {
      value: mark32.read(text.slice(0, slash), context),
      mask: mark32.read(text.slice(slash + 1), context),
    };
  },
  print: ({ value, mask }) => `${hex(value)}/${hex(mask)}`,
};

/** The same without the mask where it is full, as the matches print it. */
export const shortMarkMask: Codec<MarkMask> = {
  read: markMask.read,
  print: (mark) => (mark.mask === allBits ? hex(mark.value) : markMask.print(mark)),
};

// Addresses.

/** An IPv4 address as inet_aton(3) reads it: one to four parts in any base, the last one fills what is left. */
function readHost(text: string): number | undefined {
  const parts = text.split('.').map(readInteger);
  const last = parts.pop();
  if (parts.length > 3 || last === undefined || last >= 256 ** (4 - parts.length)) return undefined;
  let address = 0;
  for (const part of parts) {
    if (part === undefined || part > 255) return undefined;
    address = address * 256 + part;
  }
  return address * 256 ** (4 - parts.length) + last;
}

export const addressHost: Codec<Address> = {
  read(text, context) {
    const read = context.family === 'ipv4' ? (parseIPv4(text) ?? readHost(text)) : parseAddress(text);
    if (read === undefined || familyOf(read) !== context.family) {
      return refuseValue(text, `an ${context.family === 'ipv4' ? 'IPv4' : 'IPv6'} address`);
    }
    return read;
  },
  print: formatAddress,
};

/** A subnet together with the address as it was written: bits outside the mask do not matter, but are printed. */
export interface WrittenSubnet extends Subnet {
  readonly host?: Address;
}

export const writtenSubnet: Codec<WrittenSubnet> = {
  read(text, context) {
    const read = subnet.read(text, context);
    const slash = text.indexOf('/');
    const host = addressHost.read(slash === -1 ? text : text.slice(0, slash), context);
    return host === read.address ? read : { ...read, host };
  },
  print({ address, mask, host }) {
    const length = prefixLength({ address, mask });
    const text = formatAddress(host ?? address);
    return length === undefined || length === addressBits[familyOf(address)] ? text : `${text}/${length}`;
  },
};

/** `ADDRESS`, `ADDRESS/LENGTH` or `ADDRESS/MASK`, printed always with a length or mask. */
export const subnet: Codec<Subnet> = {
  read(text, { family }) {
    const read = parseSubnet(text.endsWith('/') ? `${text}0` : text);
    if (read === undefined || familyOf(read.address) !== family) {
      return refuseValue(text, `an ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address or subnet`);
    }
    return read;
  },
  print: formatSubnet,
};

/** The same, without clearing the bits that are outside the mask. */
export const hostMask: Codec<string> = {
  read(text, context) {
    const slash = text.indexOf('/');
    const host = formatAddress(addressHost.read(slash === -1 ? text : text.slice(0, slash), context));
    return host + formatSubnet(subnet.read(text, context)).replace(/^[^/]*/, '');
  },
  print: (text) => text,
};

/** The same, one address alone printed without a length. */
export const shortHostMask: Codec<string> = {
  read: (text, context) =>
    hostMask.read(text, context).replace(context.family === 'ipv4' ? /\/32$/ : /\/128$/, ''),
  print: (text) => text,
};

/** The same, one address alone printed without a length. */
export const shortSubnet: Codec<Subnet> = {
  read: subnet.read,
  print: (one) =>
    prefixLength(one) === addressBits[familyOf(one.address)] ? formatAddress(one.address) : formatSubnet(one),
};

/** A mask of the family, as a length or as an address; printed as an address. */
export const addressMask: Codec<Address> = {
  read(text, context) {
    const length = readInteger(text);
    if (length !== undefined && length <= addressBits[context.family]) {
      return prefixMask(context.family, length);
    }
    return addressHost.read(text, context);
  },
  print: formatAddress,
};

// Texts.

/** A text of at most `longest` characters (bytes, for iptables). */
export function text(longest: number, shortest = 0): Codec<string> {
  return {
    read(word) {
      const length = byteLength(word);
      if (length > longest || length < shortest) {
        return refuseValue(word, `${shortest} to ${longest} characters`);
      }
      return word;
    },
    print: quoteWord,
  };
}

/** A text of which iptables keeps only so many characters, without a word. */
export function cutText(longest: number, shortest = 0): Codec<string> {
  return {
    read: (word) =>
      word.length < shortest ? refuseValue(word, `at least ${shortest} characters`) : word.slice(0, longest),
    print: quoteWord,
  };
}

/** One of some words. */
export function oneOf<W extends string>(words: readonly W[]): Codec<W> {
  return {
    read(word) {
      return (words as readonly string[]).includes(word)
        ? (word as W)
        : refuseValue(word, `one of ${words.join(', ')}`);
    },
    print: (word) => word,
  };
}

/**
 * Some of some words, in any case, separated by commas; a beginning of a word stands for the first that has it. Kept in
 * the order of `words`, looked for in the order of `search`; `none` is the word for none of them.
 */
export function someOf<W extends string>(
  words: readonly W[],
  search = words,
  none?: string,
): Codec<readonly W[]> {
  return {
    read(word) {
      const names: readonly string[] = none === undefined ? search : [none, ...search];
      const asked = word.split(',').map((part) => {
        const found = names.find((one) => one.startsWith(part.toUpperCase()));
        return part === '' || found === undefined ? refuseValue(word, `some of ${names.join()}`) : found;
      });
      return words.filter((one) => asked.includes(one));
    },
    print: (some) => (some.length === 0 && none !== undefined ? none : some.join()),
  };
}

/** Some of some words, in any case, each whole, separated by commas; kept in the order of `words`. */
export function wholeWords<W extends string>(words: readonly W[]): Codec<readonly W[]> {
  return {
    read(text) {
      const asked = new Set(text.toUpperCase().split(','));
      const known = words.filter((word) => asked.delete(word.toUpperCase()));
      asked.delete('');
      return asked.size === 0 ? known : refuseValue(text, `some of ${words.join()}`);
    },
    print: (some) => some.join(),
  };
}

/** One of some words, in any case; the beginning of one stands for the first that has it. */
export function wordOf<W extends string>(words: readonly W[]): Codec<W> {
  return {
    read: (word) =>
      words.find((one) => one.toLowerCase() === word.toLowerCase()) ?? refuseValue(word, words.join(' or ')),
    print: (word) => word,
  };
}

/** A number with a fraction, as strtod(3) reads it. */
export function readDecimal(word: string): number | undefined {
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(word) ? Number(word) : readInteger(word);
}

/** An interface's name, at most 15 characters; `+` at its end stands for any end. */
export const interfaceName: Codec<string> = {
  read: (word) => (byteLength(word) > 15 ? refuseValue(word, 'at most 15 characters') : word),
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
      : refuseValue(word, 'six octets with colons'),
  print: (word) => word,
};

/** A user's or group's number, or two of them with `-`; of the names only root's is the same everywhere. */
export const ownerRange: Codec<IntegerRange> = {
  read(word) {
    if (word === 'root') return { first: 0, last: 0 };
    const [first = '', last = first, ...more] = word.split('-');
    const [low, high] = [readInteger(first), readInteger(last)];
    if (more.length > 0 || low === undefined || high === undefined || high > 0xfffffffe || low > high) {
      return refuseValue(word, 'a number, or FIRST-LAST');
    }
    return { first: low, last: high };
  },
  print: ({ first, last }) => (first === last ? String(first) : `${first}-${last}`),
};

/** A value whose canonical spelling is all that is kept of it. */
export function spelling(read: (word: string, context: Context) => string): Codec<string> {
  return { read, print: (word) => word };
}

/** As written. */
export const word = spelling((text) => text);

export const quoted = spelling(quoteWord);

/** Numbers of up to 64 bits. */
export const uint64 = spelling((text) => {
  if (!/^(?:\d+|0[xX][0-9a-fA-F]+)$/.test(text) || BigInt(text) > 0xffffffffffffffffn) {
    return refuseValue(text, 'a number of at most 64 bits');
  }
  return BigInt(text).toString();
});

export const paddedHex = (digits: number) => (value: number) =>
  `0x${value.toString(16).padStart(digits, '0')}`;

/** The mask's length. */
export const prefixBits = spelling((text, context) => {
  const mask = addressMask.read(text, context);
  const length = prefixLength({ address: mask, mask });
  return length === undefined ? refuseValue(text, 'a prefix length') : String(length);
});

/** `VALUE/MASK`, printed in hexadecimal, without a mask that is full. */
export const valueMask = shortMarkMask;
