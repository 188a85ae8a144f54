import type { Address } from '../../address/address.ts';
import type { IrRule, RulePlace } from '../../engine/ir.ts';
import type { Client } from './clients.ts';
import type { Front, Place } from './front.ts';

/** For what a chain was made: an endpoint, as `address:port`, or a service, as `namespace/name:port`. */
export type MadeFor = { readonly endpoint: string } | { readonly service: string };

/** What kube-proxy of one mode wrote into a node's rules, as far as it tells who should come to which service. */
export interface ProxyRules {
  /** Whether or not anything leads to their chains. */
  readonly fronts: readonly Front[];
  /** The node's addresses on which node ports are open, where kube-proxy names them one by one. */
  readonly nodePortAddresses: readonly Address[];
  /** Whether its rules give endpoints what is sent to node ports at 127.0.0.1. */
  readonly servesLoopback: boolean;
  /** An endpoint that is surely of this node; null: no chain is for those alone. */
  readonly ownEndpoint: Address | null;
  /** The endpoints of this node, where kube-proxy tells all of them by a set; null: it does not. */
  readonly ownEndpoints: ReadonlySet<Address> | null;
  /** The set that tells them, where it holds none though there are endpoints; null: it does, or there is no such set. */
  readonly ownUntold: Place | null;
  /** Rules by which clients that a service remembers (session affinity) are sent nowhere, and its fronts. */
  readonly forgetful: readonly { readonly front: Front; readonly rule: IrRule }[];
  /** The rules by which it lets in what asks for the health of a service. */
  readonly healthChecks: readonly { readonly rule: IrRule; readonly port: number }[];
  /** Whether what the text shows would lead there what the node sends, or what comes in: a part of a dump says nothing of it. */
  shows(from: 'host' | 'wire'): boolean;
  /** Whether what would masquerade is shown. */
  readonly showsMasquerade: boolean;
  /** Whether a translation is its own. */
  isOwn(place: RulePlace): boolean;
  /**
   * What a chain that gives packets to `to` was made for, where that is surely another endpoint, or another service than the front's. Null:
   * it is the same, or nobody can tell.
   */
  madeForAnother(place: RulePlace, front: Front, to: string): MadeFor | null;
  /** Whether a rule drops or refuses on purpose: what has no endpoints, and whom source ranges do not admit. */
  isMeant(place: RulePlace, front: Front, client: Client): boolean;
  /** Whether endpoints of this node alone are chosen from in a chain, whatever their addresses. */
  isAmongOwn(place: RulePlace): boolean;
  /**
   * The rule by which it masquerades what comes to a cluster address from outside of the cluster, as its comment or its place says; null:
   * there is none, and nobody outside is promised an answer.
   */
  masksOutsiders(front: Front): RulePlace | null;
  /** Chains of endpoints to which a service's chain leads, where anything may be wrong with them, and for whom each was made. */
  endpointChains(front: Front): ReadonlyMap<string, string>;
  /** Where what an endpoint sends to itself should be masqueraded by, where that is not written as usual; `place` gives packets to it. */
  oddHairpin(place: RulePlace, endpoint: Address): Place | null;
}
