import type { Address, Family } from '../address/address.ts';
import type { Subnet } from '../address/subnet.ts';
import type { HostAssumption } from './assumption.ts';

/** The network of one node in one address family, as far as it decides what happens to a packet. */
export interface Host {
  readonly family: Family;
  /** In the order of their index: `lo` first. */
  readonly interfaces: readonly Interface[];
  /** Of all tables: the longest prefix first, then the lowest metric. Addresses are not in it. */
  readonly routes: readonly Route[];
  /** Tables beside the usual ones whose routes were given; null: of all tables. Of others that rules name it is not known what they hold. */
  readonly tables: ReadonlySet<string> | null;
  /** What `ip rule` lists, in the order in which it is asked. */
  readonly rules: readonly PolicyRule[];
  /** By full name, `net.ipv4.conf.all.route_localnet`. */
  readonly sysctls: ReadonlyMap<string, number>;
  /** The interface to the network outside. */
  readonly uplink: string;
  /** The interface behind which the pods of this node are, where one is known for all of them. */
  readonly podInterface: string | null;
  /** All interfaces behind which pods of this node are: many where each pod has a veth and a route of its own. */
  readonly podInterfaces: ReadonlySet<string>;
  /** The addresses of this node's pods; null where nobody said, and then it is not known what is a pod. */
  readonly podPrefix: Subnet | null;
  /** False where nobody said which addresses the node has: then it is not known whether an address is local. */
  readonly addressesKnown: boolean;
  /** False where nobody said which addresses are pods of this node: then the default route decides nothing. */
  readonly routesKnown: boolean;
  /** Who did not answer when the node's neighbours were listed; empty also where nobody listed them. */
  readonly silent: readonly SilentNeighbour[];
  /** Whether connection tracking runs, as it does on every node of a cluster. Without it nat is not asked. */
  readonly conntrack: boolean;
  /** What nobody said and was therefore assumed. */
  readonly assumed: readonly HostAssumption[];
}

export interface Interface {
  readonly name: string;
  /** In the order in which they were added; of IPv6, those of a narrower scope first. The kernel keeps that list turned round. */
  readonly addresses: readonly InterfaceAddress[];
  /** The bridge, bond or VRF that it is a port of; null: none; undefined: not said. */
  readonly master?: string | null;
  /** As `ip -details` calls it; undefined: not said. */
  readonly kind?: string;
}

export interface InterfaceAddress {
  readonly address: Address;
  /** Of the prefix that is on the link. */
  readonly prefix: Subnet;
  readonly length: number;
  /** Of IPv4, where it is narrower than global: not a source for what goes farther. */
  readonly scope?: 'link' | 'host';
  /** Of IPv6: a source of last resort, and a temporary one (RFC 8981). */
  readonly deprecated?: boolean;
  readonly temporary?: boolean;
}

/** What the kernel knew of an address on a link when it listed its neighbours (`ip neigh`). */
export interface Neighbour {
  readonly address: Address;
  /** Null: of one link alone was asked, and then no line names it. */
  readonly interface: string | null;
  /** `FAILED`: asked for, and nobody answered; `INCOMPLETE`: not yet. `known`: anything else. */
  readonly state: 'FAILED' | 'INCOMPLETE' | 'known';
}

/** Of whom there was no answer, though the kernel had asked for the address by ARP, or by neighbour discovery. */
export interface SilentNeighbour extends Neighbour {
  readonly state: 'FAILED' | 'INCOMPLETE';
}

/** `throw` ends the search in this table; `local` delivers to the node itself. */
export type RouteType =
  | 'unicast'
  | 'unreachable'
  | 'blackhole'
  | 'prohibit'
  | 'throw'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast';

/** One way of a route. */
export interface Hop {
  readonly interface: string;
  /** Null: the destination is on the link itself. */
  readonly gateway: Address | null;
  /** Of several ways, the share of flows that take this one, in proportion. */
  readonly weight: number;
}

export interface Route {
  readonly prefix: Subnet;
  readonly length: number;
  readonly metric: number;
  readonly type: RouteType;
  /** Of `unicast`; else null. Of a route of several ways, that of the first. */
  readonly interface: string | null;
  /** Null: the destination is on the link itself. */
  readonly gateway: Address | null;
  /** Of a route of several ways (`nexthop`): all of them. */
  readonly hops?: readonly Hop[];
  /** `main` where absent. */
  readonly table?: string;
  /** The source that the node takes for its own packets (`src`). */
  readonly source?: Address;
  /** Of IPv4: only for packets of that type of service. */
  readonly tos?: number;
  /** Of IPv6: only for packets from there. */
  readonly from?: Subnet;
}

/** A number, or all from one to another. */
export type Span = readonly [first: number, last: number];

/** A rule of policy routing. What is absent is not asked. */
export interface PolicyRule {
  readonly priority: number;
  readonly invert: boolean;
  readonly from?: Subnet;
  readonly to?: Subnet;
  readonly mark?: { readonly value: number; readonly mask: number };
  /** `lo`: what the node itself sends. */
  readonly in?: string;
  /** Of sockets that are bound to an interface. */
  readonly out?: string;
  readonly users?: Span;
  readonly protocol?: number;
  readonly sourcePorts?: Span;
  readonly destinationPorts?: Span;
  readonly tos?: number;
  readonly action: PolicyAction;
}

export type PolicyAction =
  | {
      readonly kind: 'table';
      readonly table: string;
      /** Routes with a prefix of that length or a shorter one are passed over. */
      readonly suppress?: number;
    }
  /** The table of the VRF that the packet belongs to. */
  | { readonly kind: 'vrf' }
  | { readonly kind: 'goto'; readonly priority: number }
  | { readonly kind: 'nop' }
  | { readonly kind: 'unreachable' | 'blackhole' | 'prohibit' };

/** What a source says of the node's network. A field that is absent is left to the next source, or to a default. */
export interface HostFields {
  readonly uplink?: string;
  readonly addresses?: readonly InterfaceAddress[];
  /** Null: the default route has no next hop. */
  readonly gateway?: Address | null;
  readonly podCIDR?: Subnet;
  readonly clusterCIDR?: Subnet;
  readonly podIf?: string;
  readonly podGateway?: Address;
  /** Further addresses, on `lo`. */
  readonly localAddresses?: readonly InterfaceAddress[];
  readonly interfaces?: readonly Interface[];
  readonly routes?: readonly Route[];
  readonly rules?: readonly PolicyRule[];
  readonly sysctls?: ReadonlyMap<string, number>;
  /** Whether route_localnet is taken as set where no sysctl says so: kube-proxy sets it in iptables mode, and nobody else. Default: it is. */
  readonly routesLoopback?: boolean;
  readonly conntrack?: boolean;
  /** What `ip` printed: its lists are whole, and several of them are joined. */
  readonly listed?: ListedNetwork;
}

/** What the kernel itself lists. A list that is absent was not printed. */
export interface ListedNetwork {
  readonly links?: readonly Interface[];
  /** Whether `links` has addresses (`ip addr`), or names alone (`ip link`). */
  readonly addressed?: boolean;
  readonly neighbours?: readonly Neighbour[];
  readonly routes?: readonly Route[];
  readonly rules?: readonly PolicyRule[];
}
