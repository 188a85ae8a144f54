import type { Address } from '../address/address.ts';
import { contains } from '../address/subnet.ts';
import type { AddressType } from '../iptables/rule/match.ts';
import { dataKey } from '../text/data-key.ts';
import type { HostDoubt } from './doubt.ts';
import type { Hop, Host, Interface, InterfaceAddress, PolicyRule, Route } from './model.ts';
import { isFor, isInVrf, type RouteKey } from './policy.ts';

/** A question that the model cannot answer. */
export function isDoubt(value: unknown): value is HostDoubt {
  return typeof value === 'object' && value !== null && 'code' in value;
}

/** What the routing tables say of a destination. `none`: there is no route. */
export type Routing =
  | { readonly type: 'local' | 'broadcast' | 'anycast'; readonly interface: string }
  /** By one of several ways where it has them: which of them a flow takes is by a hash. */
  | { readonly type: 'unicast'; readonly hops: readonly Hop[]; readonly source: Address | null }
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

export function isLinkLocal(address: Address): boolean {
  return typeof address === 'bigint' && address >> 118n === 0x3fan;
}

/** The interface that holds an address, were it only as one of 127/8. */
export function ownerOf(host: Host, address: Address): Interface | undefined {
  if (isLoopback(address)) return findInterface(host, 'lo');
  return host.interfaces.find(({ addresses }) => addresses.some((held) => held.address === address));
}

function isRouter({ sysctls }: Host, device: string): boolean {
  const value = (scope: string) => sysctls.get(`net.ipv6.conf.${scope}.forwarding`);
  return (value(device) ?? value('all') ?? 0) > 0;
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
export function addressType(host: Host, address: Address, limit?: string): AddressType | HostDoubt {
  if (isMulticast(address)) return 'MULTICAST';
  // Of 0/8 only 0.0.0.0 is special since Linux 5.3.
  if (address === 0 || address === 0xffffffff) return 'BROADCAST';
  if (address === 0n) return 'UNSPEC';
  const owner = ownerOf(host, address);
  if (owner) return limit === undefined || owner.name === limit ? 'LOCAL' : 'UNICAST';
  const special = specialOwner(host, address);
  if (special && typeof address === 'number' && (limit === undefined || special.name === limit))
    return 'BROADCAST';
  // Who does not forward is no router (addrconf_join_anycast). IPv6 finds such a route whatever interface is asked.
  if (special && typeof address === 'bigint' && isRouter(host, special.name)) return 'ANYCAST';
  const made = madeType(host, address);
  // IPv6 asks an interface for its addresses alone; of which interface a route of IPv4 is that delivers here, nobody keeps.
  if (made !== null && limit === undefined) return made;
  if (made !== null && typeof address === 'number') return { code: 'own-address-unknown', address };
  if (host.addressesKnown || isPod(host, address)) return 'UNICAST';
  return { code: 'own-address-unknown', address };
}

/** What a route of the local table says of an address that no interface has (AnyIP): inet_dev_addr_type, match_lookup_rt6. */
function madeType({ routes }: Host, address: Address): AddressType | null {
  const route = routes.find(({ table, prefix }) => table === 'local' && contains(prefix, address));
  if (route?.type === 'local') return 'LOCAL';
  return route?.type === 'broadcast' ? 'BROADCAST' : null;
}

function isPod(host: Host, address: Address): boolean {
  return host.podPrefix !== null && contains(host.podPrefix, address);
}

/**
 * Looks a destination up as the rules of policy routing say: by default first among the host's own addresses, then among
 * its routes. Without a key only what the destination alone decides is known.
 */
export function lookUp(host: Host, destination: Address, key: RouteKey | null = null): Routing | HostDoubt {
  const type = addressType(host, destination);
  if (isDoubt(type)) return type;
  if (type === 'MULTICAST') return { type: 'multicast' };
  return decide(host, destination, key, 0);
}

/** From one rule on. Where it is not known whether a rule is for the packet, both ways may yet lead to the same. */
function decide(host: Host, destination: Address, key: RouteKey | null, from: number): Routing | HostDoubt {
  for (let index = from; index < host.rules.length; index += 1) {
    const rule = host.rules[index] as PolicyRule;
    const holds = isFor(host, rule, destination, key);
    if (holds === false) continue;
    const found = carryOut(host, rule, destination, key, index);
    if (found === null) continue;
    if (holds === true) return found;
    const other = decide(host, destination, key, index + 1);
    return !isDoubt(found) && sameRouting(found, other) ? found : holds;
  }
  return { type: 'none' };
}

/** What a rule comes to; null: the next one is asked. */
function carryOut(
  host: Host,
  { action }: PolicyRule,
  destination: Address,
  key: RouteKey | null,
  index: number,
): Routing | HostDoubt | null {
  switch (action.kind) {
    case 'table':
      if (action.table === 'local') return lookUpLocal(host, destination, key);
      return lookUpTable(host, action.table, destination, key, action.suppress);
    case 'vrf': {
      const within = key ? isInVrf(host, key.in) : false;
      return isDoubt(within) ? within : null;
    }
    case 'goto': {
      // Where no rule has that very number, the rule does nothing.
      const next = host.rules.findIndex(({ priority }) => priority === action.priority);
      return next > index ? decide(host, destination, key, next) : null;
    }
    case 'nop':
      return null;
    // Who asks has no route (ENETUNREACH), where a route that is unreachable has an unreachable host.
    case 'unreachable':
      return { type: 'none' };
    default:
      return { type: action.kind };
  }
}

function sameRouting(left: Routing, right: Routing | HostDoubt): boolean {
  return dataKey(left) === dataKey(right);
}

/** The table of the node's own addresses, and of those that belong to many. */
function lookUpLocal(host: Host, destination: Address, key: RouteKey | null): Routing | HostDoubt | null {
  const type = addressType(host, destination);
  if (isDoubt(type)) return type;
  const owner = ownerOf(host, destination);
  if (owner) return { type: 'local', interface: owner.name };
  if (madeType(host, destination) !== null) return lookUpTable(host, 'local', destination, key);
  const special = specialOwner(host, destination);
  if (type === 'BROADCAST') return { type: 'broadcast', interface: special?.name ?? host.uplink };
  if (type === 'ANYCAST') return { type: 'anycast', interface: special?.name ?? host.uplink };
  return lookUpTable(host, 'local', destination, key);
}

/** The longest prefix of a table that holds the destination; null: there is none, or it is not to be taken. */
function lookUpTable(
  host: Host,
  table: string,
  destination: Address,
  key: RouteKey | null,
  suppress = -1,
): Routing | HostDoubt | null {
  if (!isListed(host, table)) return { code: 'table-unknown', table };
  const meant: Route[] = [];
  for (const route of host.routes) {
    if ((route.table ?? 'main') !== table || !contains(route.prefix, destination)) continue;
    if (route.from && !(key && contains(route.from, key.source))) continue;
    meant.push(route);
    if (route.tos === undefined) break;
  }
  const [first = null, ...others] = meant.map((route) => take(host, route, destination, suppress));
  const isOpen = meant.at(-1)?.tos !== undefined || others.some((other) => dataKey(other) !== dataKey(first));
  return meant.some(({ tos }) => tos !== undefined) && isOpen ? { code: 'route-asks-tos', table } : first;
}

/** Null: the search in this table ends without a route. */
function take(host: Host, route: Route, destination: Address, suppress: number): Routing | HostDoubt | null {
  if (route.type === 'throw' || route.length <= suppress) return null;
  return routingOf(host, route, destination);
}

/** Whether it is known what a table holds. The default one is empty, unless somebody says otherwise. */
function isListed({ tables }: Host, table: string): boolean {
  return tables === null || usualTables.includes(table) || tables.has(table);
}

const usualTables = ['local', 'main', 'default'];

/** The longest prefix of the main table that holds the destination, among the routes through one interface. */
export function followRoute(host: Host, destination: Address, limit: string): Routing | HostDoubt {
  const route = host.routes.find(
    ({ table, interface: name, prefix }) =>
      table === undefined && name === limit && contains(prefix, destination),
  );
  return route ? routingOf(host, route, destination) : { type: 'none' };
}

/**
 * Whether a route through one interface leads to an address, as IPv6 asks where the interface is given (RT6_LOOKUP_F_IFACE). To what is of
 * a link alone the way is a route that comes with the link's own address of that kind, and that nobody lists.
 */
export function isReachedBy(host: Host, address: Address, link: string): boolean | HostDoubt {
  const routing = followRoute(host, address, link);
  if (!isDoubt(routing) && routing.type === 'unicast') return true;
  if (!isLinkLocal(address)) return isDoubt(routing) ? routing : false;
  if (link === 'lo') return false;
  const { addresses = [] } = findInterface(host, link) ?? {};
  return (
    addresses.some((held) => isLinkLocal(held.address)) || { code: 'has-link-local-unknown', interface: link }
  );
}

/** IPv6 calls an address unreachable to which there is no route, or one that refuses. */
export function isUnreachable(host: Host, destination: Address): boolean | HostDoubt {
  const routing = lookUp(host, destination);
  if (isDoubt(routing)) return routing;
  return ['none', 'unreachable', 'blackhole', 'prohibit'].includes(routing.type);
}

function routingOf(host: Host, route: Route, destination: Address): Routing | HostDoubt {
  const { type, interface: name } = route;
  if (type === 'local' || type === 'broadcast' || type === 'anycast')
    return { type, interface: name ?? 'lo' };
  if (type !== 'unicast') return { type: type === 'throw' ? 'none' : type };
  if (!host.routesKnown && (route.length === 0 || route.gateway !== null)) {
    return { code: 'pod-address-unknown', address: destination };
  }
  return { type, hops: hopsOf(route), source: route.source ?? null };
}

function hopsOf({ hops, interface: name, gateway }: Route): readonly Hop[] {
  return hops ?? [{ interface: name as string, gateway, weight: 1 }];
}

/** The interface behind which an address is on the link, by the routes; null: it is behind none, or a gateway. */
export function linkOf(host: Host, address: Address): string | null {
  const routing = lookUp(host, address);
  if (isDoubt(routing) || routing.type !== 'unicast') return null;
  const [hop] = routing.hops;
  return routing.hops.length === 1 && hop?.gateway === null ? hop.interface : null;
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

/** Whether what came in by an interface is sent on. IPv6 knows it of all interfaces alone, or by force of one (6.17). */
export function forwards({ family, sysctls }: Host, device: string): boolean {
  const value = (name: string) => sysctls.get(`net.${family}.${name}`);
  const all = value('ip_forward') ?? value('conf.all.forwarding') ?? 0;
  if (family === 'ipv6') return all > 0 || (value(`conf.${device}.force_forwarding`) ?? 0) > 0;
  return (value(`conf.${device}.forwarding`) ?? all) > 0;
}
