import type { Connection } from '../engine/connection.ts';
import type { Packet } from '../engine/packet.ts';
import type { Hook } from '../iptables/rule/ruleset.ts';

/** Who wrote a line. */
export type Writer = 'trace' | 'log' | 'tcpdump';

/** Where in the rules a line says that the packet is. Numbers count from 1; null: the line does not tell. */
export interface LoggedPlace {
  readonly table: string;
  readonly chain: string;
  readonly kind: 'rule' | 'return' | 'policy';
  /** Of `return` and `policy`: one more than the chain has rules. */
  readonly number: number | null;
  /** Of a rule: without `-A CHAIN`, as iptables spells it. */
  readonly text: string | null;
  /** Of a rule: the chain that it leads to. */
  readonly jump: string | null;
  /** Of a rule: how it ended; of a policy: what it is. Null: the line does not tell. */
  readonly verdict: LoggedVerdict | null;
  /** Of what nft's monitor prints: the table's family, and what it prints of a rule. */
  readonly nft?: { readonly family: string; readonly text: string | null };
  /** Of a base chain of nft: where the kernel enters it, and whether destinations are translated by then. */
  readonly entered?: { readonly hook: Hook; readonly late: boolean };
}

export const loggedVerdicts = ['accept', 'drop', 'queue', 'continue', 'return', 'jump', 'goto'] as const;

export type LoggedVerdict = (typeof loggedVerdicts)[number];

/** A packet as one line shows it: at one place of its way, with what was translated by then. */
export interface Sight {
  readonly writer: Writer;
  /** Counts from 1. */
  readonly line: number;
  /** The header; its `from` is of no meaning. */
  readonly packet: Packet;
  /** Interfaces; null: none is told. */
  readonly in: string | null;
  readonly out: string | null;
  /** Null: it is not told. Of a line of TRACE about a rule: before the rule changed it. */
  readonly mark: number | null;
  /** As connection tracking takes the packet; of what `nft monitor trace` prints. */
  readonly state?: string;
  readonly place: LoggedPlace | null;
  /** What stands before `IN=`, of a line of LOG. */
  readonly prefix: string | null;
  /** The same for all lines about one packet. */
  readonly identity: string;
  /** Of TCP, which not all lines about a packet show: equal where they do. */
  readonly numbers?: string;
  /** An ICMP error quotes a packet of a flow. */
  readonly quotes: boolean;
}

/** All lines about one packet, in their order. */
export interface LoggedPacket {
  readonly sights: readonly [Sight, ...Sight[]];
}

/** A line of `conntrack -L`, of /proc/net/nf_conntrack, or of `conntrack -E`. */
export interface LoggedEntry {
  readonly line: number;
  readonly connection: Connection;
  /** As the line names it: `ESTABLISHED`; null where the protocol has none. */
  readonly stateName: string | null;
  /** Whether an answer was seen. */
  readonly answered: boolean;
  /** Seconds that it has left; null: not told. */
  readonly left: number | null;
}

export interface Log {
  readonly packets: readonly LoggedPacket[];
  readonly entries: readonly LoggedEntry[];
  /** Lines that were passed over, by why. */
  readonly passed: ReadonlyMap<PassedOver, readonly number[]>;
}

/** Why a line was passed over. */
export type PassedOver =
  | 'no-packet'
  /** A line of a trace that tells no rule, end of a chain or policy. */
  | 'no-place'
  | 'left'
  | 'other-family'
  | 'names'
  | 'flags-unknown'
  | 'zone'
  | 'destroyed';
