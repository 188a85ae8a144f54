import { type Address, type Family, familyOf, parseAddress } from '../address/address.ts';
import { parseSubnet, prefixLength, prefixMask, type Subnet } from '../address/subnet.ts';
import { isRecord } from './document.ts';
import type { Hop, Route, RouteType } from './model.ts';

/** One object of what `ip -json` prints. */
export type Entry = Readonly<Record<string, unknown>>;

/** Says what is wrong with an entry; it is then left out. */
export type Report = (index: number, message: string) => void;

const types: Readonly<Record<string, RouteType>> = {
  unicast: 'unicast',
  unreachable: 'unreachable',
  blackhole: 'blackhole',
  prohibit: 'prohibit',
  throw: 'throw',
  local: 'local',
  broadcast: 'broadcast',
  anycast: 'anycast',
  multicast: 'multicast',
};

/** A route as `ip -json route` prints it. Undefined where it is of the other family, leads nowhere any more, or is wrong, which is reported. */
export function readRouteEntry(
  entry: Entry,
  family: Family,
  index: number,
  report: Report,
): Route | undefined {
  const prefix = prefixOf(entry.dst, familyOfDefault(entry) ?? family);
  const type = types[String(entry.type ?? 'unicast')];
  const hops = readHops(entry);
  if (!prefix || !hops) {
    report(index, 'a route with an address that is none');
    return undefined;
  }
  if (!type || familyOf(prefix.address) !== family || isDead(entry)) return undefined;
  // A route of which no way is left is none.
  if (type === 'unicast' && hops.length === 0) return undefined;
  const source = entry.prefsrc === undefined ? undefined : parseAddress(String(entry.prefsrc));
  const from = entry.from === undefined ? undefined : prefixOf(entry.from, family);
  const table = String(entry.table ?? 'main');
  return {
    prefix,
    length: prefixLength(prefix) as number,
    metric: Number(entry.metric ?? 0),
    type,
    interface: type === 'unicast' || isOwn(type) ? (hops[0]?.interface ?? null) : null,
    gateway: hops[0]?.gateway ?? null,
    ...(hops.length > 1 ? { hops } : {}),
    ...(table === 'main' || table === '254' ? {} : { table: table === '255' ? 'local' : table }),
    ...(source === undefined ? {} : { source }),
    ...(from ? { from } : {}),
    ...(tosOf(entry) === 0 ? {} : { tos: tosOf(entry) }),
  };
}

/** A name of a type of service (rt_dsfield) says that there is one. */
function tosOf({ tos }: Entry): number {
  const value = Number(tos ?? 0);
  return Number.isNaN(value) ? -1 : value;
}

function isOwn(type: RouteType): boolean {
  return type === 'local' || type === 'broadcast' || type === 'anycast';
}

/** `default` alone is of either family. Routers' preferences (`pref`) are IPv6's alone. */
function familyOfDefault(entry: Entry): Family | undefined {
  const [hop] = Array.isArray(entry.nexthops) ? entry.nexthops.filter(isRecord) : [entry];
  const gateway = parseAddress(String(hop?.gateway));
  if (gateway !== undefined && hop?.via === undefined) return familyOf(gateway);
  return 'pref' in entry ? 'ipv6' : undefined;
}

/** `default`, an address, or a prefix; IPv4 may leave zeros at its end out. */
function prefixOf(value: unknown, family: Family): Subnet | undefined {
  if (value === 'default' || value === 'all')
    return { address: family === 'ipv4' ? 0 : 0n, mask: prefixMask(family, 0) };
  return parseSubnet(String(value));
}

function readHops(entry: Entry): readonly Hop[] | undefined {
  const listed = Array.isArray(entry.nexthops) ? entry.nexthops.filter(isRecord) : [entry];
  const hops: Hop[] = [];
  for (const hop of listed) {
    if (typeof hop.dev !== 'string' || isDead(hop)) continue;
    const gateway = gatewayOf(hop);
    if (gateway === undefined) return undefined;
    hops.push({ interface: hop.dev, gateway, weight: Number(hop.weight ?? 1) });
  }
  return hops;
}

function isDead({ flags }: Entry): boolean {
  return Array.isArray(flags) && flags.includes('dead');
}

/** An IPv4 route may lead to a neighbour of IPv6, which `via` tells. */
function gatewayOf({ gateway, via }: Entry): Address | null | undefined {
  const other = isRecord(via) ? via.host : undefined;
  const text = gateway ?? other;
  return text === undefined ? null : parseAddress(String(text));
}

/** IPv6 of older releases lists the ways of a route as routes of their own, of one prefix and metric. */
export function joinWays(routes: readonly Route[]): readonly Route[] {
  const joined: Route[] = [];
  for (const route of routes) {
    const at = joined.findIndex((known) => areWays(known, route));
    if (at === -1) joined.push(route);
    else joined[at] = { ...(joined[at] as Route), hops: [...waysOf(joined[at] as Route), ...waysOf(route)] };
  }
  return joined;
}

/** Only routes with a gateway are joined to one (rt6_qualify_for_ecmp). */
function areWays(left: Route, right: Route): boolean {
  return (
    typeof left.prefix.address === 'bigint' &&
    left.type === 'unicast' &&
    right.type === 'unicast' &&
    left.gateway !== null &&
    right.gateway !== null &&
    left.prefix.address === right.prefix.address &&
    left.length === right.length &&
    left.metric === right.metric &&
    left.table === right.table
  );
}

function waysOf({ hops, interface: name, gateway }: Route): readonly Hop[] {
  return hops ?? [{ interface: name as string, gateway, weight: 1 }];
}
