import type { Address } from '../address/address.ts';
import type { Subnet } from '../address/subnet.ts';

/** Why a connection does not come to whom it was for, or its answer not back, where no rule of a node has ended it. */
export type LostReason =
  | { readonly code: 'node-silent'; readonly node: string }
  /** From node to node without an end. */
  | { readonly code: 'in-a-circle' }
  /** Routes to pods, and to cluster addresses, are known inside alone. */
  | { readonly code: 'pod-not-routed'; readonly address: Address }
  | { readonly code: 'service-not-routed'; readonly address: Address }
  /** The service has no such port, so that the node has no rule for it. */
  | {
      readonly code: 'not-a-service-port';
      readonly address: Address;
      readonly port: number;
      readonly node: string;
    }
  | { readonly code: 'not-a-balancer-port'; readonly service: string; readonly port: number }
  | { readonly code: 'source-not-admitted'; readonly ranges: readonly Subnet[]; readonly source: Address }
  /** The balancer makes connections to node ports. */
  | { readonly code: 'balancer-without-node-port' }
  | { readonly code: 'no-healthy-node' }
  | { readonly code: 'no-node' }
  | { readonly code: 'nobody-listens'; readonly node: string; readonly port: number }
  /** A pod asks for the port of its node: what its network does for that, no rule here tells. */
  | { readonly code: 'host-port'; readonly node: string; readonly port: number; readonly owner: string }
  /** The answer comes past the node that alone could translate it back. */
  | {
      readonly code: 'answer-strays';
      readonly node: string;
      readonly server: Address;
      readonly client: Address;
      readonly asked: Address;
    }
  /** Whether it is lost is not known: what a balancer that makes its own connections tells the client. */
  | { readonly code: 'balancer-may-tell' };
