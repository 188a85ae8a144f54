import type { Address } from '../address/address.ts';

/** What a description of a node's network leaves open. The sentences say what to supply; they are made where reasons are told. */
export type HostDoubt =
  /** Whether an address is the node's own, or one of its pods. */
  | { readonly code: 'own-address-unknown'; readonly address: Address }
  | { readonly code: 'pod-address-unknown'; readonly address: Address }
  /** A rule of policy routing asks what is not known, or not given. */
  | {
      readonly code: 'rule-asks-more' | 'rule-asks-tos' | 'rule-asks-user' | 'rule-asks-port';
      readonly priority: number;
    }
  /** A route is for one type of service alone, and that of packets is not known. */
  | { readonly code: 'route-asks-tos'; readonly table: string }
  /** A rule of policy routing leads to a table of which no routes were given. */
  | { readonly code: 'table-unknown'; readonly table: string }
  | { readonly code: 'vrf-not-followed'; readonly interface: string; readonly master: string }
  | { readonly code: 'vrf-unknown'; readonly master: string }
  | { readonly code: 'link-local-unknown'; readonly interface: string }
  | { readonly code: 'addresses-unknown'; readonly interface: string }
  /** Whether it is a bridge whose frames meet the rules. */
  | { readonly code: 'bridge-unknown'; readonly interface: string; readonly sysctl: string }
  | { readonly code: 'bridged-or-routed'; readonly interface: string }
  | { readonly code: 'bridge-port-unknown'; readonly interface: string; readonly does: 'came in' | 'leaves' }
  | { readonly code: 'group-unknown'; readonly address: Address }
  /** Whether it has a link-local address. */
  | { readonly code: 'has-link-local-unknown'; readonly interface: string }
  /** By which interface the node sends there. */
  | { readonly code: 'link-unknown'; readonly address: Address };
