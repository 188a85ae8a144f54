import type { Address } from '../address/address.ts';
import type { Subnet } from '../address/subnet.ts';

/** What nobody said of a node's network and was therefore assumed. The sentences are made in `report/words`. */
export type HostAssumption =
  | { readonly code: 'uplink'; readonly interface: string }
  | { readonly code: 'pod-interface'; readonly interface: string }
  /** The first host of the pods' prefix. */
  | { readonly code: 'pod-gateway'; readonly address: Address; readonly prefix: Subnet }
  /** What is on no link of the node is out of this interface. */
  | { readonly code: 'default-route'; readonly interface: string; readonly gateway: Address | null }
  | { readonly code: 'sysctls'; readonly values: readonly (readonly [name: string, value: number])[] }
  | { readonly code: 'usual-policy-routing' }
  /** The addresses of IPVS's virtual servers are on this interface. */
  | { readonly code: 'virtual-server-addresses'; readonly interface: string };
