import type { HostDoubt } from '../host/doubt.ts';
import type { IntervalSet } from '../sets/intervals.ts';
import { dataKey } from '../text/data-key.ts';
import type { FieldRef } from './fields.ts';
import type { RulePlace } from './ir.ts';

/**
 * Why something is not known, or why the kernel drops what no rule drops: data of a closed union. The sentences are made
 * from it in `report/words`, one for each code and language.
 */
export type Reason =
  // What is not known.
  /** Nothing that we have says the value of the field. */
  | { readonly code: 'field-unknown'; readonly field: FieldRef }
  | {
      readonly code: 'port-unknown';
      readonly side: 'source' | 'destination';
      readonly ports: IntervalSet;
    }
  | { readonly code: 'set-port-unknown'; readonly side: 'source' | 'destination'; readonly set: string }
  | { readonly code: 'set-unknown'; readonly set: string }
  | { readonly code: 'set-missing'; readonly set: string }
  | { readonly code: 'set-count-unknown'; readonly set: string; readonly option: string }
  | { readonly code: 'set-part-unevaluated'; readonly set: string }
  | { readonly code: 'set-protocol-unevaluated'; readonly set: string }
  /** A rule has changed the set, of which it is not known what it holds. */
  | { readonly code: 'set-changed'; readonly set: string }
  /** Elements that are gone may take up room still. */
  | { readonly code: 'set-unswept'; readonly set: string }
  /** A match that is not evaluated, by its extension's name. */
  | { readonly code: 'match-unevaluated'; readonly name: string }
  | { readonly code: 'option-unevaluated'; readonly option: string }
  /** What a rule of nft asks, or does, that is not evaluated, as nft prints it. */
  | { readonly code: 'statement-unevaluated'; readonly text: string }
  /** Of two base chains with one hook and one priority the one that was made last is the first that is asked. */
  | { readonly code: 'order-unknown'; readonly chains: readonly [string, string] }
  | { readonly code: 'other-protocol'; readonly extension: string }
  /** Not all that a rule asks, or not all rules, were pasted. */
  | { readonly code: 'match-not-shown' }
  /** A line is there, and nobody could read all of it. */
  | { readonly code: 'rule-unread' }
  | { readonly code: 'rules-not-shown' }
  /** The rules were compiled for a service whose endpoints nothing tells. */
  | { readonly code: 'endpoints-unknown' }
  /** kube-proxy runs in ipvs mode, whose virtual servers no rule tells. */
  | { readonly code: 'by-ipvs' }
  /** A chain that is not walked could do something else to the packet. */
  | { readonly code: 'chain-unwalked'; readonly table: string; readonly chain: string }
  /** A name that is neither a chain nor a target that is known. */
  | { readonly code: 'target-unknown'; readonly name: string }
  /** A target that is not carried out. */
  | { readonly code: 'target-unevaluated'; readonly name: string }
  | { readonly code: 'kernel-owner-unknown' }
  | { readonly code: 'owner-unknown' }
  | { readonly code: 'sockets-unknown' }
  | { readonly code: 'listeners-unknown' }
  | { readonly code: 'frame-unknown'; readonly type: string }
  | { readonly code: 'assured-unknown' }
  | { readonly code: 'interface-addresses-unknown'; readonly interface: string }
  /** What was not told, as numbers of TCP, decides whether the node still knows a connection. */
  | { readonly code: 'flow-may-be-gone' }
  /** Translation may have chosen the port for any of several connections. */
  | { readonly code: 'flow-ambiguous' }
  /** A helper may expect the packet, by what earlier ones said. */
  | { readonly code: 'flow-may-be-expected' }
  /** What became of an earlier packet is not known, and this depends on it. */
  | { readonly code: 'earlier-packet-unknown' }
  | { readonly code: 'too-many-ways'; readonly most: number }
  | { readonly code: 'too-many-rules'; readonly most: number }
  /** A reset that the node sends by a port of a bridge comes untranslated: its receiver asked somebody else. Or nobody knows whether it does. */
  | { readonly code: 'reset-untranslated' }
  | { readonly code: 'reset-way-unknown'; readonly doubt: HostDoubt }
  /** The node's network leaves it open. */
  | { readonly code: 'host'; readonly doubt: HostDoubt }
  /** A rule asked it. */
  | { readonly code: 'at-rule'; readonly place: RulePlace; readonly reason: Reason }
  // Why it is dropped.
  | { readonly code: 'policy-drop'; readonly table: string; readonly chain: string }
  | { readonly code: 'flow-clash' }
  /** It was to be carried on, and had no hop left to go. */
  | { readonly code: 'hops-spent' }
  | { readonly code: 'route-drop'; readonly drop: RouteDrop };

/** Why a packet is not routed, and nobody is told. */
export type RouteDrop =
  /** ::1, or multicast of a node alone, does not come from a wire. */
  | 'loopback-from-wire'
  | 'node-multicast-from-wire'
  | 'multicast-source'
  | 'not-forwarding'
  /** The source is one that no host has. */
  | 'source-of-nobody'
  /** 127/8, where route_localnet is off: as a source or destination from outside, or as a source that would leave. */
  | 'localnet-source'
  | 'localnet-destination'
  | 'localnet-leaves'
  | 'source-unspecified'
  | 'destination-unspecified'
  /** The source is the node's own, and accept_local is off. */
  | 'source-is-own'
  /** rp_filter is on. */
  | 'no-way-back'
  | 'other-way-back'
  | 'group-not-heard'
  | 'group-of-node'
  | 'no-route'
  /** Of what the node itself sends. */
  | 'no-route-of-own'
  | 'blackhole'
  | 'no-interface-to-many';

export type ReasonCode = Reason['code'];

/** A text that equal reasons have in common, and no others. */
export function keyOfReason(reason: { readonly code: string }): string {
  if (!isAtRule(reason)) return dataKey(reason);
  const { place } = reason;
  return `${place.table}/${place.chain}/${place.number} ${keyOfReason(reason.reason)}`;
}

function isAtRule(reason: { readonly code: string }): reason is Reason & { readonly code: 'at-rule' } {
  return reason.code === 'at-rule';
}
