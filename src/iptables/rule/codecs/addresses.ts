import {
  type Address,
  addressBits,
  familyOf,
  formatAddress,
  parseAddress,
  parseIPv4,
} from '../../../address/address.ts';
import { formatSubnet, prefixLength, prefixMask, type Subnet, subnetOf } from '../../../address/subnet.ts';
import { want } from '../../../text/expected.ts';
import { readInteger } from '../numbers.ts';
import { type Codec, type Context, refuseValue } from '../syntax.ts';
import { spelling } from './words.ts';

// iptables has three readers of IPv4 addresses, which differ in what is not four decimal octets.

/** One to four octets in any base, of which those that are missing are zero: iptables' own reader. */
export function readDotted(text: string, atLeast: number): number | undefined {
  const octets = text.split('.').map(readInteger);
  if (octets.length > 4 || octets.length < atLeast) return undefined;
  let address = 0;
  for (let index = 0; index < 4; index += 1) {
    const octet = index < octets.length ? octets[index] : 0;
    if (octet === undefined || octet > 255) return undefined;
    address = address * 256 + octet;
  }
  return address;
}

/** The name that means the same everywhere (RFC 6761). Others are not looked up: machines do not agree on them. */
const localhost = 0x7f000001;

/** getaddrinfo(3) for IPv4: one to four parts in any base, of which the last one fills what is left; or a host's name. */
export function readHost(text: string): number | undefined {
  if (text.toLowerCase() === 'localhost') return localhost;
  if (text.includes('+')) return undefined;
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

/** An address that `readIPv4` reads, or an IPv6 one. */
function addressOf(readIPv4: (text: string) => number | undefined): Codec<Address> {
  return {
    read(text, { family }) {
      const read = family === 'ipv4' ? readIPv4(text) : parseAddress(text);
      return read !== undefined && familyOf(read) === family
        ? read
        : refuseValue(text, want.thing('address-of', family === 'ipv4' ? 'IPv4' : 'IPv6'));
    },
    print: formatAddress,
  };
}

export const addressHost = addressOf((text) => parseIPv4(text) ?? readHost(text));
/** As inet_pton(3) reads it. */
export const plainAddress = addressOf(parseIPv4);
export const dottedAddress = addressOf((text) => parseIPv4(text) ?? readDotted(text, 1));

/**
 * A mask by its length, or as an address. What is neither a length nor a mask without holes is the mask of one address
 * alone, without a word.
 */
function readMask(text: string, context: Context): Address {
  const { family } = context;
  const length = readInteger(text);
  if (length !== undefined && length <= addressBits[family]) return prefixMask(family, length);
  const mask = addressHost.read(text, context);
  return prefixLength({ address: mask, mask }) === undefined ? prefixMask(family, addressBits[family]) : mask;
}

/** A subnet together with the address as it was written: bits outside the mask do not matter, but are printed. */
export interface WrittenSubnet extends Subnet {
  readonly host?: Address;
}

/** `ADDRESS`, `ADDRESS/LENGTH` or `ADDRESS/MASK`; one address alone is printed without a length. */
export const writtenSubnet: Codec<WrittenSubnet> = {
  read(text, context) {
    const slash = text.indexOf('/');
    const host = addressHost.read(slash === -1 ? text : text.slice(0, slash), context);
    const mask =
      slash === -1
        ? prefixMask(context.family, addressBits[context.family])
        : readMask(text.slice(slash + 1), context);
    const read = subnetOf(host, mask);
    return host === read.address ? read : { ...read, host };
  },
  print({ address, mask, host }) {
    const length = prefixLength({ address, mask });
    const text = formatAddress(host ?? address);
    return length === addressBits[familyOf(address)] ? text : `${text}/${length}`;
  },
};

/** The same without the bits that are outside the mask, printed always with a length. */
export const subnet: Codec<Subnet> = {
  read(text, context) {
    const { address, mask } = writtenSubnet.read(text, context);
    return { address, mask };
  },
  print: formatSubnet,
};

/** The same, bits outside the mask included. */
export const hostMask: Codec<string> = spelling((text, context) => {
  const { host, address, mask } = writtenSubnet.read(text, context);
  return `${formatAddress(host ?? address)}/${prefixLength({ address, mask })}`;
});

/** The same, one address alone printed without a length. */
export const shortHostMask: Codec<string> = spelling((text, context) =>
  writtenSubnet.print(writtenSubnet.read(text, context)),
);

/** The mask's length. */
export const prefixBits = spelling((text, context) => {
  const mask = readMask(text, context);
  return String(prefixLength({ address: mask, mask }));
});
