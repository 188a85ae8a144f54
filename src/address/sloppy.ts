import { type Address, formatAddress, parseAddress } from './address.ts';
import { formatSubnet, parsePrefix, type Subnet } from './subnet.ts';

/** What is wrong with the spelling of an address or prefix that is understood all the same. */
export type SloppyFault = 'leading-zeros' | 'mapped' | 'host-bits';

/**
 * An address as kube-proxy reads it, and the API server before 1.36 (netutils.ParseIPSloppy): zeros before an octet mean nothing, and an
 * IPv4 address mapped into IPv6 is the IPv4 address.
 */
export function parseSloppyAddress(text: string): Address | undefined {
  const address = parseAddress(text) ?? (text.includes('.') ? parseAddress(withoutZeros(text)) : undefined);
  return typeof address === 'bigint' && isMapped(address) ? Number(address & 0xffffffffn) : address;
}

/** The same for a prefix. */
export function parseSloppyPrefix(text: string): Subnet | undefined {
  return parsePrefix(text) ?? parsePrefix(withoutZeros(text).replace(/\/0+(?=\d)/, '/'));
}

/** Undefined also where the text is no address at all. */
export function faultOfAddress(text: string): SloppyFault | undefined {
  const address = parseAddress(text);
  if (address === undefined) return parseSloppyAddress(text) === undefined ? undefined : 'leading-zeros';
  return typeof address === 'bigint' && isMapped(address) ? 'mapped' : undefined;
}

/** Undefined also where the text is no prefix at all. */
export function faultOfPrefix(text: string): SloppyFault | undefined {
  if (parseSloppyPrefix(text) === undefined) return undefined;
  const subnet = parsePrefix(text);
  const [address = '', length = ''] = text.split('/');
  if (subnet === undefined || /^0\d/.test(length)) return 'leading-zeros';
  const whole = parseAddress(address) as Address;
  if (typeof whole === 'bigint' && isMapped(whole)) return 'mapped';
  return whole === subnet.address ? undefined : 'host-bits';
}

/** RFC 5952 for what is understood. */
export function canonicalAddress(text: string): string {
  const address = parseSloppyAddress(text);
  return address === undefined ? text : formatAddress(address);
}

export function canonicalPrefix(text: string): string {
  const subnet = parseSloppyPrefix(text);
  return subnet === undefined ? text : formatSubnet(subnet);
}

/** It stands for an address of IPv4. */
export function isMapped(address: bigint): boolean {
  return address >> 32n === 0xffffn;
}

/** `10.0.010.001` to `10.0.10.1`; the digits of IPv6 before it stay. */
function withoutZeros(text: string): string {
  const start = text.lastIndexOf(':') + 1;
  const octets = text.slice(start).split('.');
  return text.slice(0, start) + octets.map((octet) => octet.replace(/^0+(?=\d)/, '')).join('.');
}
