import { type Address, type Family, familyOf } from '../../address/address.ts';
import { contains, parsePrefix, type Subnet } from '../../address/subnet.ts';
import type { Special } from './detail.ts';

/** Addresses that the API server takes for no endpoint and no external address (ValidateNonSpecialIP), and their names. */
const special: readonly (readonly [prefix: string, name: Special])[] = [
  ['0.0.0.0/32', 'unspecified'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['224.0.0.0/24', 'link-local-multicast'],
  ['::/128', 'unspecified'],
  ['::1/128', 'loopback'],
  ['fe80::/10', 'link-local'],
  ['ff02::/16', 'link-local-multicast'],
];

const of = (family: Family) =>
  special
    .map(([prefix, name]) => ({ prefix: parsePrefix(prefix) as Subnet, name }))
    .filter(({ prefix }) => familyOf(prefix.address) === family);
const byFamily: Readonly<Record<Family, ReturnType<typeof of>>> = { ipv4: of('ipv4'), ipv6: of('ipv6') };

/** What an address is that stands for no machine one could send to; undefined where it is a usual one. */
export function specialAddress(address: Address): Special | undefined {
  return byFamily[familyOf(address)].find(({ prefix }) => contains(prefix, address))?.name;
}
