import { type Address, addressBits, type Family, familyOf } from '../address/address.ts';
import { contains, prefixLength, prefixMask, type Subnet, subnetOf } from '../address/subnet.ts';
import { buildHost, hostFieldsOf } from '../host/build.ts';
import type { Host, HostFields, Route } from '../host/model.ts';
import { type Cluster, type ClusterNode, serviceKey } from '../kube/cluster/model.ts';
import type { NetworkAssumption } from './assumption.ts';

/** Who has an address, as far as the cluster's objects tell. */
export type Holder =
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'pod'; readonly node: string }
  /** A cluster address: no machine has it, only the rules of the nodes know it. */
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'balancer'; readonly service: string }
  | { readonly kind: 'outside' };

/** What is to be known of a network beside the cluster's objects. */
export interface NetworkOptions {
  /** What is known of every node's network beside its object: names of interfaces, sysctls. */
  readonly host?: HostFields;
}

/**
 * The network of a cluster in one address family: all nodes on one link with a gateway, each the next hop to its own
 * pods, as a network plug-in without overlay routes them. Service addresses are in no routing table.
 */
export class Network {
  readonly family: Family;
  readonly nodes: readonly ClusterNode[];
  /** The link that the nodes share; null where no node has an address. */
  readonly link: Subnet | null;
  readonly gateway: Address | null;
  readonly assumed: readonly NetworkAssumption[];
  private readonly options: NetworkOptions;
  private readonly byName: ReadonlyMap<string, ClusterNode>;
  private readonly holders = new Map<Address, Holder>();
  private readonly podRoutes: readonly PodRoute[];
  private readonly hosts = new Map<string, Host>();

  constructor(cluster: Cluster, family: Family, options: NetworkOptions = {}) {
    this.family = family;
    this.nodes = cluster.nodes;
    this.options = options;
    this.byName = new Map(cluster.nodes.map((node) => [node.name, node]));
    this.link = linkOf(cluster.nodes, family);
    this.gateway = this.link && gatewayOf(this.link, cluster.nodes);
    this.noteServices(cluster);
    this.noteNodes();
    this.podRoutes = this.listPodRoutes(cluster);
    this.assumed = this.listAssumed();
  }

  /** The node's address on the nodes' link; null where it has none in this family. */
  addressOf(name: string): Address | null {
    const node = this.byName.get(name);
    return node ? addressIn(node, this.family) : null;
  }

  /** The prefix of the node's pods, where it has one. */
  podPrefixOf(name: string): Subnet | undefined {
    return this.byName.get(name)?.podPrefixes.find(({ address }) => familyOf(address) === this.family);
  }

  /** Who has an address: the last who was noted for it, or whose pod prefix holds it; else it is outside. */
  holderOf(address: Address): Holder {
    const known = this.holders.get(address);
    if (known) return known;
    const route = this.podRoutes.find(({ prefix }) => contains(prefix, address));
    return route ? { kind: 'pod', node: route.node } : { kind: 'outside' };
  }

  /** The node as the interpreter of rules wants it. Made when it is asked for: there may be thousands. */
  hostOf(name: string): Host {
    const known = this.hosts.get(name);
    if (known) return known;
    const node = this.byName.get(name) as ClusterNode;
    const host = buildHost(this.family, [this.fieldsOf(node), this.options.host ?? {}, usualNames]);
    this.hosts.set(name, host);
    return host;
  }

  private fieldsOf(node: ClusterNode): HostFields {
    const fields = hostFieldsOf(node, this.family);
    const { link } = this;
    const addresses = (fields.addresses ?? []).map((held) =>
      link && contains(link, held.address)
        ? { ...held, prefix: link, length: prefixLength(link) as number }
        : held,
    );
    return { ...fields, ...(fields.addresses ? { addresses } : {}), routes: this.routesOf(node.name) };
  }

  private routesOf(name: string): Route[] {
    const host = { ...usualNames, ...this.options.host };
    const route = (prefix: Subnet, device: string, gateway: Address | null): Route => ({
      prefix,
      length: prefixLength(prefix) as number,
      metric: 0,
      type: 'unicast',
      interface: device,
      gateway,
    });
    const zero = this.family === 'ipv4' ? 0 : 0n;
    const everything = { address: zero, mask: prefixMask(this.family, 0) };
    const own = this.podPrefixOf(name);
    const pods = this.podRoutes.flatMap(({ prefix, node }) => {
      if (node !== name) return [route(prefix, host.uplink, this.addressOf(node))];
      return prefix === own ? [] : [route(prefix, host.podIf, null)];
    });
    return [route(everything, host.uplink, this.gateway), ...pods];
  }

  private noteServices(cluster: Cluster): void {
    for (const service of cluster.services) {
      const key = serviceKey(service);
      for (const address of service.clusterAddresses)
        this.holders.set(address, { kind: 'service', service: key });
      for (const { address } of service.loadBalancer) {
        if (address !== null && this.holders.get(address)?.kind !== 'balancer') {
          this.holders.set(address, { kind: 'balancer', service: key });
        }
      }
    }
  }

  /** After the services: some balancers give out the nodes' own addresses. */
  private noteNodes(): void {
    for (const { name, internalAddresses, externalAddresses } of this.nodes) {
      for (const address of [...internalAddresses, ...externalAddresses]) {
        this.holders.set(address, { kind: 'node', node: name });
      }
    }
  }

  /** Pod prefixes of nodes, and single pods that are outside of their node's. */
  private listPodRoutes(cluster: Cluster): PodRoute[] {
    const routes: PodRoute[] = this.nodes.flatMap(({ name }) => {
      const prefix = this.podPrefixOf(name);
      return prefix ? [{ prefix, node: name }] : [];
    });
    const prefixes = new Map(routes.map(({ node, prefix }) => [node, prefix]));
    for (const ports of cluster.endpoints.values()) {
      for (const { address, node } of [...ports.values()].flat()) {
        if (node === null || familyOf(address) !== this.family || this.holders.has(address)) continue;
        if (!this.byName.has(node)) continue;
        this.holders.set(address, { kind: 'pod', node });
        const prefix = prefixes.get(node);
        if (prefix && contains(prefix, address)) continue;
        const bits = addressBits[this.family];
        routes.push({ prefix: subnetOf(address, prefixMask(this.family, bits)), node });
      }
    }
    return routes;
  }

  private listAssumed(): readonly NetworkAssumption[] {
    const { link, gateway } = this;
    if (!link) return [{ code: 'no-node-address' }];
    return [
      ...this.listMadeUp(),
      { code: 'shared-link', prefix: link, gateway },
      { code: 'no-overlay' },
      { code: 'bridged-pods-filtered' },
    ];
  }

  private listMadeUp(): readonly NetworkAssumption[] {
    const { family } = this;
    const made = [...this.byName.values()].filter(({ madeUp }) => madeUp);
    return made.map(({ name, internalAddresses, podPrefixes }) => ({
      code: 'node-made-up',
      node: name,
      addresses: internalAddresses.filter((address) => familyOf(address) === family),
      prefixes: podPrefixes.filter(({ address }) => familyOf(address) === family),
    }));
  }
}

interface PodRoute {
  readonly prefix: Subnet;
  readonly node: string;
}

const usualNames = { uplink: 'eth0', podIf: 'cni0' } as const;

function addressIn(node: ClusterNode, family: Family): Address | null {
  const addresses = [...node.internalAddresses, ...node.externalAddresses];
  return addresses.find((address) => familyOf(address) === family) ?? null;
}

/** The narrowest prefix that holds all nodes, but no narrower than networks usually are. */
function linkOf(nodes: readonly ClusterNode[], family: Family): Subnet | null {
  const addresses = nodes.flatMap((node) => addressIn(node, family) ?? []);
  const [first] = addresses;
  if (first === undefined) return null;
  for (let length = family === 'ipv4' ? 24 : 64; ; length -= 1) {
    const prefix = subnetOf(first, prefixMask(family, length));
    if (addresses.every((address) => contains(prefix, address))) return prefix;
  }
}

function gatewayOf(link: Subnet, nodes: readonly ClusterNode[]): Address {
  const taken = new Set(nodes.flatMap((node) => node.internalAddresses));
  let offset = 1;
  while (taken.has(plus(link.address, offset))) offset += 1;
  return plus(link.address, offset);
}

export function plus(address: Address, offset: number): Address {
  return typeof address === 'number' ? address + offset : address + BigInt(offset);
}
