import type { Address } from '../address/address.ts';
import type { IrProgram } from '../engine/ir.ts';
import type { Outcome } from '../engine/outcome.ts';
import type { Reason } from '../engine/reasons.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import type { Fraction } from '../sets/fraction.ts';
import type { LostReason } from './lost.ts';

/** One direction of a connection, as a packet carries it. */
export interface Flow {
  readonly protocol: number;
  readonly source: Address;
  /** Null: any, or chosen by a node. */
  readonly sourcePort: number | null;
  readonly destination: Address;
  readonly destinationPort: number;
}

/** Where a connection begins. */
export type Start =
  | { readonly at: 'pod' | 'host'; readonly node: string }
  /** Outside of the cluster, or on the nodes' link: wherever its network carries it. */
  | { readonly at: 'outside' }
  /** Something outside hands the packet to this node, whatever the packet's destination. */
  | { readonly at: 'arriving'; readonly node: string };

/** The rules of one node. */
export interface NodeRules {
  readonly program: IrProgram;
  /** The rules of iptables; null: they are of nft alone. */
  readonly ruleset: Ruleset | null;
}

/** Gives a node's rules. Called only for nodes that a connection really comes to, once each. */
export type RulesOf = (node: string) => NodeRules;

export type Hop = NodeHop | BalancerHop;

/** A node on the way, and what it did. */
export interface NodeHop {
  readonly kind: 'node';
  readonly node: string;
  /** How the packet came to it. */
  readonly from: 'pod' | 'host' | 'external';
  readonly before: Flow;
  /** Null where it went no further. */
  readonly after: Flow | null;
  readonly outcome: Outcome;
  readonly rules: NodeRules;
}

/** A load balancer on the way, and to which node it sent the connection. */
export interface BalancerHop {
  readonly kind: 'balancer';
  /** `namespace/name` of the Service that it belongs to. */
  readonly service: string;
  /** VIP: it keeps the packet as it is. Proxy: it makes a connection of its own. */
  readonly mode: 'VIP' | 'Proxy';
  readonly before: Flow;
  readonly after: Flow;
  readonly node: string;
  /** How many more nodes do the same, each under its own address: they are not followed one by one. */
  readonly alike: number;
}

/** The answer's way back. */
export interface Reply {
  /** What it passes, and what the packet looks like after each. `node` is null for a load balancer. */
  readonly hops: readonly { readonly node: string | null; readonly after: Flow }[];
  /** Null: it comes back as the client expects it. */
  readonly broken: LostReason | null;
}

export type End =
  | {
      readonly kind: 'reached';
      readonly address: Address;
      readonly port: number;
      readonly node: string;
      /** What the server sees as its client. */
      readonly source: Address;
      readonly reply: Reply;
    }
  /** A node dropped it, or answered with an error. */
  | { readonly kind: 'dropped' | 'rejected'; readonly node: string; readonly reason: Reason | null }
  /** It came to a machine where nothing listens at that port. */
  | { readonly kind: 'refused'; readonly node: string; readonly reason: LostReason }
  /** No node had the chance to do anything about it. */
  | { readonly kind: 'lost'; readonly reason: LostReason }
  /** It goes to an address outside of the cluster. */
  | { readonly kind: 'left'; readonly address: Address; readonly port: number; readonly source: Address }
  /** It goes to an endpoint of which nobody says where it runs. */
  | { readonly kind: 'unplaced'; readonly address: Address; readonly port: number; readonly source: Address }
  | { readonly kind: 'unknown'; readonly reason: Reason | LostReason };

export type EndKind = End['kind'];

/** One of the ways that a connection can take. The weights of all ways have the sum 1. */
export interface Way {
  readonly weight: Fraction;
  readonly hops: readonly Hop[];
  readonly end: End;
}
