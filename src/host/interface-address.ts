import { type Address, addressBits, familyOf, parseAddress } from '../address/address.ts';
import { hostSubnet, parseSubnet, prefixLength } from '../address/subnet.ts';
import type { InterfaceAddress } from './model.ts';

/** `192.168.10.11/24`; without a length, the address alone is on the link. */
export function parseInterfaceAddress(text: string): InterfaceAddress | undefined {
  const address = parseAddress(text.split('/')[0] as string);
  const subnet = parseSubnet(text);
  const length = subnet && prefixLength(subnet);
  return address === undefined || !subnet || length === undefined
    ? undefined
    : { address, prefix: subnet, length };
}

export function loneAddress(address: Address): InterfaceAddress {
  return { address, prefix: hostSubnet(address), length: addressBits[familyOf(address)] };
}
