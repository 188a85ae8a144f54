import type { Address, Family } from '../address/address.ts';
import type { Subnet } from '../address/subnet.ts';

/** The network of one node in one address family, as far as it decides what happens to a packet. */
export interface Host {
  readonly family: Family;
  /** In the order of their index: `lo` first. */
  readonly interfaces: readonly Interface[];
  /** The main routing table, the longest prefix first, then the lowest metric. Addresses are not in it. */
  readonly routes: readonly Route[];
  /** By full name, `net.ipv4.conf.all.route_localnet`. */
  readonly sysctls: ReadonlyMap<string, number>;
  /** The interface to the network outside. */
  readonly uplink: string;
  /** The interface behind which the pods of this node are. */
  readonly podInterface: string;
  /** The addresses of this node's pods; null where nobody said, and then it is not known what is a pod. */
  readonly podPrefix: Subnet | null;
  /** False where nobody said which addresses the node has: then it is not known whether an address is local. */
  readonly addressesKnown: boolean;
  /** False where nobody said which addresses are pods of this node: then the default route decides nothing. */
  readonly routesKnown: boolean;
  /** Whether connection tracking runs, as it does on every node of a cluster. Without it nat is not asked. */
  readonly conntrack: boolean;
  /** What nobody said and was therefore taken for granted: one sentence each. */
  readonly assumed: readonly string[];
}

export interface Interface {
  readonly name: string;
  /** In the order in which they were added. */
  readonly addresses: readonly InterfaceAddress[];
}

export interface InterfaceAddress {
  readonly address: Address;
  /** Of the prefix that is on the link. */
  readonly prefix: Subnet;
  readonly length: number;
}

export type RouteType = 'unicast' | 'unreachable' | 'blackhole' | 'prohibit';

export interface Route {
  readonly prefix: Subnet;
  readonly length: number;
  readonly metric: number;
  readonly type: RouteType;
  /** Of `unicast`; else null. */
  readonly interface: string | null;
  /** Null: the destination is on the link itself. */
  readonly gateway: Address | null;
}

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
  readonly sysctls?: ReadonlyMap<string, number>;
  readonly conntrack?: boolean;
}
