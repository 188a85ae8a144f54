import { type Address, addressBits, type Family, familyOf } from '../address/address.ts';
import { contains, hostSubnet, prefixLength, prefixMask, type Subnet, subnetOf } from '../address/subnet.ts';
import type { ClusterNode } from '../kube/cluster/model.ts';
import type { HostAssumption } from './assumption.ts';
import { loneAddress } from './interface-address.ts';
import { joinListed, podLinks, uplinkOf } from './listed.ts';
import type {
  Host,
  HostFields,
  Interface,
  InterfaceAddress,
  ListedNetwork,
  PolicyRule,
  Route,
} from './model.ts';
import { silentOf } from './neighbour.ts';
import { isLinkLocal, isLoopback } from './route.ts';

/** What a Node object says of its network. Of its addresses the prefix lengths are not known. */
export function hostFieldsOf(node: ClusterNode, family: Family): HostFields {
  const addresses = [...node.internalAddresses, ...node.externalAddresses].filter(
    (address) => familyOf(address) === family,
  );
  const podCIDR = node.podPrefixes.find((prefix) => familyOf(prefix.address) === family);
  return {
    ...(addresses.length > 0 ? { addresses: addresses.map(loneAddress) } : {}),
    ...(podCIDR ? { podCIDR } : {}),
  };
}

/**
 * Puts a host together field by field: of several sources the first one that has a field decides. Where `ip` listed
 * interfaces, routes or rules, these lists are whole, and nothing is made up beside them.
 */
export function buildHost(family: Family, sources: readonly HostFields[]): Host {
  const listed = joinListed(sources);
  const given: HostFields = Object.assign({}, ...[...sources].reverse());
  const fields: HostFields = listed.links
    ? { ...given, interfaces: [...(given.interfaces ?? []), ...listed.links] }
    : given;
  const assumed: HostAssumption[] = [];
  const uplink = uplinkName(fields, listed, assumed);
  const pods = podNames(family, fields, listed, uplink, assumed);
  const podAddress = podGatewayOf(fields, pods.main, assumed);
  const interfaces = listInterfaces(family, fields, uplink, pods.main, podAddress);
  const sysctls = withDefaults(nodeSysctls(family, fields), fields.sysctls, assumed);
  const routes = routesOf(
    family,
    fields,
    listed,
    { uplink, main: pods.main, podAddress, interfaces },
    assumed,
  );
  if (!listed.rules && !fields.rules && (listed.routes || fields.routes))
    assumed.push({ code: 'usual-policy-routing' });
  return {
    family,
    interfaces,
    routes: sortRoutes(routes),
    tables: tablesIn([...(listed.routes ?? []), ...(fields.routes ?? [])]),
    rules: [...(fields.rules ?? listed.rules ?? usualRules)].sort(
      (left, right) => left.priority - right.priority,
    ),
    sysctls,
    uplink,
    podInterface: pods.main,
    podInterfaces: new Set([...pods.all, ...(pods.main === null ? [] : [pods.main])]),
    podPrefix: fields.podCIDR ?? null,
    addressesKnown:
      fields.addresses !== undefined || given.interfaces !== undefined || listed.addressed === true,
    routesKnown: fields.podCIDR !== undefined || fields.routes !== undefined || listed.routes !== undefined,
    silent: silentOf(listed.neighbours ?? []),
    conntrack: fields.conntrack ?? true,
    assumed,
  };
}

/** Where the table of the node's own addresses is listed, all are (`ip route show table all`). */
function tablesIn(routes: readonly Route[]): ReadonlySet<string> | null {
  const tables = new Set(routes.flatMap(({ table }) => table ?? []));
  return tables.has('local') ? null : tables;
}

/** As an untouched node has them (fib_default_rules_init). */
const usualRules: readonly PolicyRule[] = (
  [
    ['local', 0],
    ['main', 32766],
    ['default', 32767],
  ] as const
).map(([table, priority]) => ({ priority, invert: false, action: { kind: 'table', table } }));

function uplinkName(fields: HostFields, listed: ListedNetwork, assumed: HostAssumption[]): string {
  const told = fields.uplink ?? uplinkOf(listed.routes) ?? uplinkOf(fields.routes);
  if (told !== undefined) return told;
  const names = (fields.interfaces ?? []).filter(({ name }) => name !== 'lo');
  const found =
    names.find(({ name }) => name === 'eth0') ?? names.find(({ addresses }) => addresses.length > 0);
  const name = (listed.links && found?.name) || 'eth0';
  assumed.push({ code: 'uplink', interface: name });
  return name;
}

interface PodNames {
  /** The one for all pods. */
  readonly main: string | null;
  readonly all: readonly string[];
}

/** As given; else as the routes tell; else, where the node's interfaces are listed, the one that bears the pods' prefix. */
function podNames(
  family: Family,
  fields: HostFields,
  listed: ListedNetwork,
  uplink: string,
  assumed: HostAssumption[],
): PodNames {
  const all = podLinks(family, fields, listed.routes ?? fields.routes ?? [], uplink);
  if (fields.podIf !== undefined) return { main: fields.podIf, all };
  const names = (fields.interfaces ?? []).map(({ name }) => name);
  const bearing = fields.interfaces?.find(
    ({ name, addresses }) => name !== uplink && addresses.some(({ address }) => isPodOf(fields, address)),
  );
  if (all.length > 1) return { main: null, all };
  const told = all[0] ?? bearing?.name;
  if (told !== undefined) return { main: told, all };
  if (listed.links && !names.includes(usualPodInterface)) return { main: null, all };
  assumed.push({ code: 'pod-interface', interface: usualPodInterface });
  return { main: usualPodInterface, all };
}

const usualPodInterface = 'cni0';

function isPodOf({ podCIDR }: HostFields, address: Address): boolean {
  return podCIDR !== undefined && contains(podCIDR, address);
}

function podGatewayOf(
  { podGateway, podCIDR, interfaces }: HostFields,
  podInterface: string | null,
  assumed: HostAssumption[],
): InterfaceAddress | null {
  if (!podCIDR) return podGateway === undefined ? null : loneAddress(podGateway);
  const length = prefixLength(podCIDR) as number;
  if (podGateway !== undefined) return { address: podGateway, prefix: podCIDR, length };
  // The interface was described, and its addresses with it.
  if (interfaces?.some(({ name }) => name === podInterface)) return null;
  if (podInterface === null || length === addressBits[familyOf(podCIDR.address)]) return null;
  const address = addTo(podCIDR.address, 1);
  assumed.push({ code: 'pod-gateway', address, prefix: podCIDR });
  return { address, prefix: podCIDR, length };
}

function addTo(address: Address, offset: number): Address {
  return typeof address === 'number' ? address + offset : address + BigInt(offset);
}

function listInterfaces(
  family: Family,
  fields: HostFields,
  uplink: string,
  podInterface: string | null,
  podAddress: InterfaceAddress | null,
): Interface[] {
  const byName = new Map<string, Interface>([['lo', { name: 'lo', addresses: loopback(family) }]]);
  const add = (link: Interface) => {
    const known = byName.get(link.name)?.addresses ?? [];
    const fresh = link.addresses.filter((added) => !known.some(({ address }) => address === added.address));
    byName.set(link.name, { ...byName.get(link.name), ...link, addresses: [...known, ...fresh] });
  };
  for (const link of fields.interfaces ?? []) add(link);
  add({ name: uplink, addresses: fields.addresses ?? [] });
  if (podInterface !== null) add({ name: podInterface, addresses: podAddress ? [podAddress] : [] });
  add({ name: 'lo', addresses: fields.localAddresses ?? [] });
  return [...byName.values()].map((link) => ({ ...link, addresses: inOrder(link.addresses) }));
}

/** IPv6 keeps addresses of a narrower scope behind the others, in whatever order they were added. */
function inOrder(addresses: readonly InterfaceAddress[]): readonly InterfaceAddress[] {
  const isNarrow = ({ address }: InterfaceAddress) => isLinkLocal(address);
  return [...addresses.filter(isNarrow), ...addresses.filter((held) => !isNarrow(held))];
}

function loopback(family: Family): InterfaceAddress[] {
  if (family === 'ipv6') return [loneAddress(1n)];
  return [{ address: 0x7f000001, prefix: subnetOf(0x7f000000, prefixMask(family, 8)), length: 8 }];
}

interface Links {
  readonly uplink: string;
  readonly main: string | null;
  readonly podAddress: InterfaceAddress | null;
  readonly interfaces: readonly Interface[];
}

/** What the kernel lists is all that there is; what a description leaves out is what every node has. */
function routesOf(
  family: Family,
  fields: HostFields,
  listed: ListedNetwork,
  { uplink, main, podAddress, interfaces }: Links,
  assumed: HostAssumption[],
): readonly Route[] {
  const ofLoopback = loopbackRoutes(family, interfaces);
  if (listed.routes) {
    // The main table alone may be listed.
    const made = ofLoopback.filter(({ table }) => listed.routes?.every((route) => route.table !== table));
    return [...listed.routes, ...(fields.routes ?? []), ...made.filter(({ table }) => table === 'local')];
  }
  return [
    ...(fields.routes ?? defaultRoutes(family, fields, uplink, assumed)),
    ...linkRoutes(interfaces),
    ...ofLoopback,
    ...(main === null ? [] : podRoute(fields, main, podAddress)),
  ];
}

/** Every address brings a route to what is on its link. */
function linkRoutes(interfaces: readonly Interface[]): Route[] {
  return interfaces
    .filter(({ name }) => name !== 'lo')
    .flatMap(({ name, addresses }) =>
      addresses
        .filter(({ prefix, length }) => length < addressBits[familyOf(prefix.address)])
        .map(({ prefix, length }) => onLink(name, prefix, length)),
    );
}

/**
 * On lo, IPv4 takes all of an address's prefix for the node's own (fib_add_ifaddr), and IPv6 refuses what of it is nobody's
 * (ip6_route_info_create).
 */
function loopbackRoutes(family: Family, interfaces: readonly Interface[]): Route[] {
  const held = interfaces.find(({ name }) => name === 'lo')?.addresses ?? [];
  const own = held.filter(({ address, length }) => !isLoopback(address) && length < addressBits[family]);
  const route = { metric: 0, interface: null, gateway: null } as const;
  return own.flatMap(({ prefix, length }): Route[] => {
    if (family === 'ipv6') return [{ ...route, prefix, length, type: 'unreachable' }];
    const local = { ...route, prefix, length, type: 'local', table: 'local' } as const;
    const last = lastOf(prefix);
    return length < 31 ? [local, { ...local, prefix: last, length: 32, type: 'broadcast' }] : [local];
  });
}

function lastOf({ address, mask }: Subnet): Subnet {
  return hostSubnet((Number(address) | ~Number(mask)) >>> 0);
}

function onLink(name: string, prefix: Subnet, length: number): Route {
  return { prefix, length, metric: 0, type: 'unicast', interface: name, gateway: null };
}

/** Pods are reached through the pod interface also where its own address has another prefix. */
function podRoute(fields: HostFields, name: string, podAddress: InterfaceAddress | null): Route[] {
  const { podCIDR } = fields;
  const onLinkAlready = (held: InterfaceAddress) =>
    held.length === prefixLength(podCIDR as Subnet) && contains(podCIDR as Subnet, held.prefix.address);
  const own = fields.interfaces?.find((link) => link.name === name)?.addresses ?? [];
  if (!podCIDR || podAddress?.prefix === podCIDR || own.some(onLinkAlready)) return [];
  return [onLink(name, podCIDR, prefixLength(podCIDR) as number)];
}

/** The cluster's other pods and everything else are behind the uplink's gateway. */
function defaultRoutes(
  family: Family,
  fields: HostFields,
  uplink: string,
  assumed: HostAssumption[],
): Route[] {
  const gateway =
    fields.gateway !== undefined ? fields.gateway : guessGateway(family, fields.addresses ?? []);
  assumed.push({ code: 'default-route', interface: uplink, gateway });
  const zero = family === 'ipv4' ? 0 : 0n;
  const everything = { address: zero, mask: prefixMask(family, 0) };
  const route = (prefix: Subnet): Route => ({
    ...onLink(uplink, prefix, prefixLength(prefix) as number),
    gateway,
  });
  const { clusterCIDR } = fields;
  return [
    route(everything),
    ...(clusterCIDR && hasRoom(clusterCIDR, fields.podCIDR) ? [route(clusterCIDR)] : []),
  ];
}

function hasRoom(clusterCIDR: Subnet, podCIDR: Subnet | undefined): boolean {
  return !podCIDR || (prefixLength(clusterCIDR) as number) < (prefixLength(podCIDR) as number);
}

/** The first host of the uplink's first prefix, or the last one where that is ourselves. */
function guessGateway(family: Family, addresses: readonly InterfaceAddress[]): Address | null {
  const [first] = addresses;
  if (!first || first.length >= addressBits[family] - 1) return null;
  const size = family === 'ipv4' ? 2 ** (32 - first.length) : 256;
  const candidates = [1, Math.min(254, size - 2)].map((offset) => addTo(first.prefix.address, offset));
  return candidates.find((candidate) => !addresses.some(({ address }) => address === candidate)) ?? null;
}

function sortRoutes(routes: readonly Route[]): Route[] {
  return [...routes].sort((left, right) => right.length - left.length || left.metric - right.metric);
}

/** What a node of a cluster has, where nothing else is said: it forwards, and kube-proxy of iptables mode has opened route_localnet. */
function nodeSysctls(
  family: Family,
  { routesLoopback = true }: HostFields,
): Readonly<Record<string, number>> {
  if (family === 'ipv6') return { 'net.ipv6.conf.all.forwarding': 1 };
  return {
    'net.ipv4.ip_forward': 1,
    'net.ipv4.conf.all.route_localnet': routesLoopback ? 1 : 0,
    'net.ipv4.conf.all.rp_filter': 0,
  };
}

function withDefaults(
  usual: Readonly<Record<string, number>>,
  given: ReadonlyMap<string, number> | undefined,
  assumed: HostAssumption[],
): ReadonlyMap<string, number> {
  const defaults = Object.entries(usual).filter(([name]) => !given?.has(name) && !isTwin(name, given));
  if (defaults.length > 0) {
    assumed.push({ code: 'sysctls', values: defaults });
  }
  return new Map([...defaults, ...(given ?? [])]);
}

/** Two names of one switch. */
function isTwin(name: string, given: ReadonlyMap<string, number> | undefined): boolean {
  return name === 'net.ipv4.ip_forward' && given?.has('net.ipv4.conf.all.forwarding') === true;
}
