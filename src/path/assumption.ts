import type { Address } from '../address/address.ts';
import type { Subnet } from '../address/subnet.ts';

/** What no object of a cluster says of the network between its nodes. */
export type NetworkAssumption =
  /** No Node is given. */
  | {
      readonly code: 'node-made-up';
      readonly node: string;
      readonly addresses: readonly Address[];
      readonly prefixes: readonly Subnet[];
    }
  /** Nothing is known of the network between nodes. */
  | { readonly code: 'no-node-address' }
  | { readonly code: 'shared-link'; readonly prefix: Subnet; readonly gateway: Address | null }
  /** Each node is the next hop to its pods. */
  | { readonly code: 'no-overlay' }
  /** No configuration tells kube-proxy which packets are those of pods, so that it takes none for one. */
  | { readonly code: 'pods-not-told' }
  /** Packets between pods of one node pass its rules. */
  | { readonly code: 'bridged-pods-filtered' };
