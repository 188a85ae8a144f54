import type { Address } from '../address/address.ts';
import { formatAddress } from '../address/address.ts';
import { contains } from '../address/subnet.ts';
import type { AddressType } from '../iptables/rule/match.ts';
import type { Host, Interface, InterfaceAddress, Route } from './model.ts';

/** A question that the model cannot answer, in words that say what to supply. */
export interface Doubt {
  readonly because: string;
}

export function isDoubt(value: unknown): value is Doubt {
  return typeof value === 'object' && value !== null && 'because' in value;
}

/** What the routing tables say of a destination. `none`: there is no route. */
export type Routing =
  | { readonly type: 'local' | 'broadcast' | 'anycast'; readonly interface: string }
  | { readonly type: 'unicast'; readonly interface: string; readonly gateway: Address | null }
  | { readonly type: 'unreachable' | 'blackhole' | 'prohibit' | 'multicast' | 'none' };

export function findInterface(host: Host, name: string): Interface | undefined {
  return host.interfaces.find((candidate) => candidate.name === name);
}

export function isLoopback(address: Address): boolean {
  return typeof address === 'number' ? address >>> 24 === 127 : address === 1n;
}

export function isMulticast(address: Address): boolean {
  return typeof address === 'number' ? address >>> 28 === 14 : address >> 120n === 0xffn;
}

/** The interface that holds an address, were it only as one of 127/8. */
export function ownerOf(host: Host, address: Address): Interface | undefined {
  if (isLoopback(address)) return findInterface(host, 'lo');
  return host.interfaces.find(({ addresses }) => addresses.some((held) => held.address === address));
}

/** The interface of whose link this is the broadcast address (IPv4) or the routers' anycast address (IPv6). */
function specialOwner(host: Host, address: Address): Interface | undefined {
  return host.interfaces.find(
    ({ name, addresses }) => name !== 'lo' && addresses.some((held) => specialOf(held) === address),
  );
}

function specialOf({ prefix, length }: InterfaceAddress): Address | undefined {
  if (typeof prefix.address === 'bigint') return length < 127 ? prefix.address : undefined;
  return length < 31 ? (prefix.address | ~(prefix.mask as number)) >>> 0 : undefined;
}

/**
 * What an address is to this host: RTN_LOCAL and its like, as the local table says. With `limit`, only addresses of
 * that interface are local.
 */
export function addressType(host: Host, address: Address, limit?: string): AddressType | Doubt {
  if (isMulticast(address)) return 'MULTICAST';
  // Of 0/8 only 0.0.0.0 is special since Linux 5.3.
  if (address === 0 || address === 0xffffffff) return 'BROADCAST';
  const owner = ownerOf(host, address);
  if (owner) return limit === undefined || owner.name === limit ? 'LOCAL' : 'UNICAST';
  const special = specialOwner(host, address);
  if (special && (limit === undefined || special.name === limit)) {
    return typeof address === 'number' ? 'BROADCAST' : 'ANYCAST';
  }
  if (host.addressesKnown || isPod(host, address)) return 'UNICAST';
  return {
    because: `it is not known whether ${formatAddress(address)} is an address of the node; give --host with addresses`,
  };
}

function isPod(host: Host, address: Address): boolean {
  return host.podPrefix !== null && contains(host.podPrefix, address);
}

/** Looks a destination up, first among the host's own addresses, then among its routes. */
export function lookUp(host: Host, destination: Address): Routing | Doubt {
  const type = addressType(host, destination);
  if (isDoubt(type)) return type;
  if (type === 'LOCAL') return { type: 'local', interface: ownerOf(host, destination)?.name ?? 'lo' };
  const special = specialOwner(host, destination);
  if (type === 'BROADCAST') return { type: 'broadcast', interface: special?.name ?? host.uplink };
  if (type === 'ANYCAST') return { type: 'anycast', interface: special?.name ?? host.uplink };
  if (type === 'MULTICAST') return { type: 'multicast' };
  return followRoute(host, destination);
}

/** The longest prefix that holds the destination; with `limit`, among the routes through that interface alone. */
export function followRoute(host: Host, destination: Address, limit?: string): Routing | Doubt {
  for (const route of host.routes) {
    if (limit !== undefined && route.interface !== limit) continue;
    if (contains(route.prefix, destination)) return routingOf(host, route, destination);
  }
  return { type: 'none' };
}

function routingOf(host: Host, route: Route, destination: Address): Routing | Doubt {
  if (route.type !== 'unicast') return { type: route.type };
  if (!host.routesKnown && (route.length === 0 || route.gateway !== null)) {
    return {
      because: `it is not known whether ${formatAddress(destination)} is a pod of this node; give --host with podCIDR`,
    };
  }
  return { type: 'unicast', interface: route.interface as string, gateway: route.gateway };
}

/** A sysctl of all interfaces or of one, as the kernel joins them: the one or the other is enough. */
export function isSet(host: Host, name: string, device: string): boolean {
  return Math.max(...sysctlValues(host, name, device)) > 0;
}

/** The higher of the values for all interfaces and for one (rp_filter). */
export function sysctlValues(host: Host, name: string, device: string): number[] {
  const family = host.family;
  return ['all', device].map((scope) => host.sysctls.get(`net.${family}.conf.${scope}.${name}`) ?? 0);
}

export function forwards(host: Host): boolean {
  const name = host.family === 'ipv4' ? 'net.ipv4.ip_forward' : 'net.ipv6.conf.all.forwarding';
  return (host.sysctls.get(name) ?? 0) > 0;
}
