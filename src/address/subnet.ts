import { type Address, addressBits, type Family, familyOf, formatAddress, parseAddress } from './address.ts';

/**
 * The addresses `a` with `a & mask === address`. The mask may have holes (iptables allows 10.0.0.1/255.0.0.255);
 * `address` has no bits outside it.
 */
export interface Subnet {
  readonly address: Address;
  readonly mask: Address;
}

/** The mask of a prefix of `length` bits. */
export function prefixMask(family: Family, length: number): Address {
  if (family === 'ipv4') return length === 0 ? 0 : (-1 << (32 - length)) >>> 0;
  return ((1n << BigInt(length)) - 1n) << BigInt(128 - length);
}

/** Bits outside the mask are cleared, as iptables and kube-proxy do. */
export function subnetOf(address: Address, mask: Address): Subnet {
  return { address: and(address, mask), mask };
}

/** The subnet of one address alone. */
export function hostSubnet(address: Address): Subnet {
  return { address, mask: prefixMask(familyOf(address), addressBits[familyOf(address)]) };
}

/** Reads `address`, `address/length` or `address/mask`; undefined where the text is none of these. */
export function parseSubnet(text: string): Subnet | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash === -1 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  if (slash === -1) return hostSubnet(address);
  const mask = parseMask(familyOf(address), text.slice(slash + 1));
  return mask === undefined ? undefined : subnetOf(address, mask);
}

/** Reads a prefix as Kubernetes defines it: `address/length`, and nothing else. */
export function parsePrefix(text: string): Subnet | undefined {
  return /\/\d+$/.test(text) ? parseSubnet(text) : undefined;
}

function parseMask(family: Family, text: string): Address | undefined {
  if (/^\d{1,3}$/.test(text)) {
    const length = Number(text);
    return length <= addressBits[family] ? prefixMask(family, length) : undefined;
  }
  const mask = parseAddress(text);
  return mask !== undefined && familyOf(mask) === family ? mask : undefined;
}

export function contains(subnet: Subnet, address: Address): boolean {
  if (typeof address === 'number') {
    return typeof subnet.address === 'number' && (address & (subnet.mask as number)) >>> 0 === subnet.address;
  }
  return typeof subnet.address === 'bigint' && (address & (subnet.mask as bigint)) === subnet.address;
}

/** Every address of the family: a prefix of length 0. */
export function isEverything({ mask }: Subnet): boolean {
  return Number(mask) === 0;
}

/** The last address; of a mask with holes, the highest. */
export function lastOf({ address, mask }: Subnet): Address {
  if (typeof address === 'number') return (address | ~(mask as number)) >>> 0;
  return address | ((mask as bigint) ^ allOnes);
}

const allOnes = 2n ** 128n - 1n;

/** The number of leading one bits of the mask, or undefined where it has holes. */
export function prefixLength(subnet: Subnet): number | undefined {
  const family = familyOf(subnet.address);
  const length = leadingOnes(subnet.mask);
  return prefixMask(family, length) === subnet.mask ? length : undefined;
}

function leadingOnes(mask: Address): number {
  if (typeof mask === 'number') return Math.clz32(~mask);
  return (mask ^ ((1n << 128n) - 1n)) === 0n ? 128 : 128 - (mask ^ ((1n << 128n) - 1n)).toString(2).length;
}

/** `address/length`; `address/mask` where the mask has holes. */
export function formatSubnet(subnet: Subnet): string {
  return `${formatAddress(subnet.address)}/${prefixLength(subnet) ?? formatAddress(subnet.mask)}`;
}

function and(left: Address, right: Address): Address {
  if (typeof left === 'number') return (left & (right as number)) >>> 0;
  return left & (right as bigint);
}
