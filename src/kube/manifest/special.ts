import { type Address, type Family, familyOf } from '../../address/address.ts';
import { contains, parsePrefix, type Subnet } from '../../address/subnet.ts';

/** Addresses that the API server takes for no endpoint and no external address (ValidateNonSpecialIP), and their names. */
const special: readonly (readonly [prefix: string, name: string])[] = [
  ['0.0.0.0/32', 'the unspecified address'],
  ['127.0.0.0/8', 'a loopback address'],
  ['169.254.0.0/16', 'a link-local address'],
  ['224.0.0.0/24', 'a link-local multicast address'],
  ['::/128', 'the unspecified address'],
  ['::1/128', 'a loopback address'],
  ['fe80::/10', 'a link-local address'],
  ['ff02::/16', 'a link-local multicast address'],
];

const of = (family: Family) =>
  special
    .map(([prefix, name]) => ({ prefix: parsePrefix(prefix) as Subnet, name }))
    .filter(({ prefix }) => familyOf(prefix.address) === family);
const byFamily: Readonly<Record<Family, ReturnType<typeof of>>> = { ipv4: of('ipv4'), ipv6: of('ipv6') };

/** What an address is that stands for no machine one could send to; undefined where it is a usual one. */
export function specialAddress(address: Address): string | undefined {
  return byFamily[familyOf(address)].find(({ prefix }) => contains(prefix, address))?.name;
}
