import type { Address } from '../address/address.ts';
import type { HostAssumption } from '../host/assumption.ts';
import type { TableName } from '../iptables/rule/ruleset.ts';

/** What an answer about one packet, or one connection, takes for true and no input says. */
export type WalkAssumption =
  | HostAssumption
  /** Where a packet comes from that does not say so: its source is the node's own, a pod's, or of neither. */
  | { readonly code: 'sent-by-node'; readonly source: Address }
  | { readonly code: 'sent-by-pod'; readonly source: Address; readonly interface: string }
  | { readonly code: 'sent-from-outside'; readonly source: Address; readonly interface: string }
  /** A line of a log names an interface that the host has not. */
  | { readonly code: 'arrival-by-source'; readonly interface: string }
  /** Of a packet that belongs to a flow: it is not translated, and has no mark. */
  | { readonly code: 'flow-plain' }
  /** It is the first of its connection, which a helper expects; that translates nothing of it, and it has no mark. */
  | { readonly code: 'expected-plain' }
  /** A text of a part of a node's rules shows nothing of this table: it is taken to have no rules. */
  | { readonly code: 'table-not-shown'; readonly table: TableName }
  /** A chain of nft before the hooks of IP, or beside them. */
  | { readonly code: 'chain-not-walked'; readonly table: string; readonly chain: string }
  | { readonly code: 'server-answers' }
  /** The client of a connection has this port. */
  | { readonly code: 'client-port'; readonly port: number }
  /** Of ports that translation chooses, the first stands for all. */
  | { readonly code: 'first-port' }
  /** Translation chose a port; a packet to one that may be it is taken for an answer. */
  | { readonly code: 'to-chosen-port' }
  /** The packet belongs to the connection of which an earlier one was taken for the answer. */
  | { readonly code: 'answer-to-chosen-port' };
