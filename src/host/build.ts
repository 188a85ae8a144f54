import { type Address, addressBits, type Family, familyOf, formatAddress } from '../address/address.ts';
import { formatSubnet, prefixLength, prefixMask, type Subnet, subnetOf } from '../address/subnet.ts';
import type { ClusterNode } from '../kube/cluster/model.ts';
import { loneAddress } from './fields.ts';
import type { Host, HostFields, Interface, InterfaceAddress, Route } from './model.ts';

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

/** Puts a host together field by field: of several sources the first one that has a field decides. */
export function buildHost(family: Family, sources: readonly HostFields[]): Host {
  const fields: HostFields = Object.assign({}, ...[...sources].reverse());
  const assumed: string[] = [];
  const assume = <T>(value: T | undefined, other: T, sentence: string): T => {
    if (value !== undefined) return value;
    assumed.push(sentence);
    return other;
  };
  const uplink = assume(fields.uplink, 'eth0', 'the uplink is eth0');
  const podInterface = assume(fields.podIf, 'cni0', 'the pod interface is cni0');
  const podAddress = podGatewayOf(fields, assumed);
  const interfaces = listInterfaces(family, fields, uplink, podInterface, podAddress);
  const sysctls = withDefaults(family, fields.sysctls, assumed);
  const routes = fields.routes ?? defaultRoutes(family, fields, uplink, assumed);
  return {
    family,
    interfaces,
    routes: sortRoutes([...routes, ...linkRoutes(interfaces), ...podRoute(fields, podInterface, podAddress)]),
    sysctls,
    uplink,
    podInterface,
    podPrefix: fields.podCIDR ?? null,
    addressesKnown: fields.addresses !== undefined || fields.interfaces !== undefined,
    routesKnown: fields.podCIDR !== undefined || fields.routes !== undefined,
    conntrack: fields.conntrack ?? true,
    assumed,
  };
}

function podGatewayOf(fields: HostFields, assumed: string[]): InterfaceAddress | null {
  const { podGateway, podCIDR } = fields;
  if (!podCIDR) return podGateway === undefined ? null : loneAddress(podGateway);
  const length = prefixLength(podCIDR) as number;
  if (podGateway !== undefined) return { address: podGateway, prefix: podCIDR, length };
  if (length === addressBits[familyOf(podCIDR.address)]) return null;
  const address = addTo(podCIDR.address, 1);
  assumed.push(`the pod gateway is ${formatAddress(address)}, the first host of ${formatSubnet(podCIDR)}`);
  return { address, prefix: podCIDR, length };
}

function addTo(address: Address, offset: number): Address {
  return typeof address === 'number' ? address + offset : address + BigInt(offset);
}

function listInterfaces(
  family: Family,
  fields: HostFields,
  uplink: string,
  podInterface: string,
  podAddress: InterfaceAddress | null,
): Interface[] {
  const byName = new Map<string, InterfaceAddress[]>([['lo', loopback(family)]]);
  const add = (name: string, addresses: readonly InterfaceAddress[]) => {
    const known = byName.get(name) ?? [];
    const fresh = addresses.filter((added) => !known.some(({ address }) => address === added.address));
    byName.set(name, [...known, ...fresh]);
  };
  for (const { name, addresses } of fields.interfaces ?? []) add(name, addresses);
  add(uplink, fields.addresses ?? []);
  add(podInterface, podAddress ? [podAddress] : []);
  add('lo', fields.localAddresses ?? []);
  return [...byName].map(([name, addresses]) => ({ name, addresses }));
}

function loopback(family: Family): InterfaceAddress[] {
  if (family === 'ipv6') return [loneAddress(1n)];
  return [{ address: 0x7f000001, prefix: subnetOf(0x7f000000, prefixMask(family, 8)), length: 8 }];
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

function onLink(name: string, prefix: Subnet, length: number): Route {
  return { prefix, length, metric: 0, type: 'unicast', interface: name, gateway: null };
}

/** Pods are reached through the pod interface also where its own address has another prefix. */
function podRoute(fields: HostFields, name: string, podAddress: InterfaceAddress | null): Route[] {
  const { podCIDR } = fields;
  if (!podCIDR || podAddress?.prefix === podCIDR) return [];
  return [onLink(name, podCIDR, prefixLength(podCIDR) as number)];
}

/** The cluster's other pods and everything else are behind the uplink's gateway. */
function defaultRoutes(family: Family, fields: HostFields, uplink: string, assumed: string[]): Route[] {
  const gateway =
    fields.gateway !== undefined ? fields.gateway : guessGateway(family, fields.addresses ?? []);
  const where = gateway === null ? '' : `, behind ${formatAddress(gateway)}`;
  assumed.push(`everything that is not on a link of the node is out of ${uplink}${where}`);
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

/** What a node of a cluster has, where nothing else is said: it forwards, and kube-proxy has opened route_localnet. */
const nodeSysctls: Readonly<Record<Family, Readonly<Record<string, number>>>> = {
  ipv4: { 'net.ipv4.ip_forward': 1, 'net.ipv4.conf.all.route_localnet': 1, 'net.ipv4.conf.all.rp_filter': 0 },
  ipv6: { 'net.ipv6.conf.all.forwarding': 1 },
};

function withDefaults(
  family: Family,
  given: ReadonlyMap<string, number> | undefined,
  assumed: string[],
): ReadonlyMap<string, number> {
  const defaults = Object.entries(nodeSysctls[family]).filter(([name]) => !given?.has(name));
  if (defaults.length > 0) {
    assumed.push(`sysctls: ${defaults.map(([name, value]) => `${name}=${value}`).join(', ')}`);
  }
  return new Map([...defaults, ...(given ?? [])]);
}
