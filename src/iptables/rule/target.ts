import type { Address } from '../../address/address.ts';
import type { PortRange } from '../../address/port.ts';
import type { AddressRange } from './match.ts';

/**
 * What a rule does with a packet that it matched. Absent options are the defaults that iptables-save does not print.
 * The union is closed: reading, printing, carrying out and describing are tables over `TargetKind`.
 */
export type Target =
  | VerdictTarget
  | JumpTarget
  | RejectTarget
  | DnatTarget
  | SnatTarget
  | MasqueradeTarget
  | RedirectTarget
  | NetmapTarget
  | MarkTarget
  | ConnmarkTarget
  | CtTarget
  | LogTarget
  | NflogTarget
  | TraceTarget
  | TproxyTarget
  | TcpmssTarget
  | OtherTarget;

/** The name of each kind of target. */
export type TargetKind = Target['kind'];

/** `-j ACCEPT`, `-j DROP`, `-j RETURN`. */
export interface VerdictTarget {
  readonly kind: 'verdict';
  readonly verdict: 'ACCEPT' | 'DROP' | 'RETURN';
}

/** `-j CHAIN`, or `-g CHAIN` where `returns` is false: the chain's end then goes back to the caller's caller. */
export interface JumpTarget {
  readonly kind: 'jump';
  readonly chain: string;
  readonly returns: boolean;
}

/** `-j REJECT`: drops the packet and tells the sender. */
export interface RejectTarget {
  readonly kind: 'reject';
  /** `icmp-port-unreachable`, `tcp-reset` …: always one, the default included. */
  readonly with: string;
}

/** How a NAT target picks among several results. */
export interface NatOptions {
  readonly random?: boolean;
  readonly randomFully?: boolean;
  readonly persistent?: boolean;
}

/** Without `addresses` the address stays, without `ports` the port. */
export interface DnatTarget extends NatOptions {
  readonly kind: 'dnat';
  readonly addresses?: AddressRange;
  readonly ports?: PortRange;
  /** The base of a shifted port range (`:5000-5010/80`). */
  readonly basePort?: number;
}

export interface SnatTarget extends NatOptions {
  readonly kind: 'snat';
  readonly addresses?: AddressRange;
  readonly ports?: PortRange;
}

export interface MasqueradeTarget extends NatOptions {
  readonly kind: 'masquerade';
  readonly ports?: PortRange;
}

/** DNAT to the host itself. */
export interface RedirectTarget extends NatOptions {
  readonly kind: 'redirect';
  readonly ports?: PortRange;
}

/** The network part is replaced, the host part kept. */
export interface NetmapTarget {
  readonly kind: 'netmap';
  readonly address: Address;
  readonly mask: Address;
}

/** `mark = (mark & ~mask) ^ value`, as `--set-xmark value/mask`; 32 bits each, unsigned. */
export interface MarkTarget {
  readonly kind: 'mark';
  readonly value: number;
  readonly mask: number;
}

/** `-j CONNMARK`: sets the mark of the connection, or carries it from or to the packet; 32 bits each, unsigned. */
export type ConnmarkTarget =
  | {
      readonly kind: 'connmark';
      readonly action: 'set';
      readonly value: number;
      readonly mask: number;
    }
  | {
      readonly kind: 'connmark';
      readonly action: 'save' | 'restore';
      readonly packetMask: number;
      readonly connectionMask: number;
    };

/** `-j CT`, `-j NOTRACK`. */
export interface CtTarget {
  readonly kind: 'ct';
  readonly spelling: 'CT' | 'NOTRACK';
  readonly notrack: boolean;
  /** Helpers, zones, events, timeouts, as they are printed. */
  readonly further: readonly string[];
}

/** `-j LOG`: the packet goes on. */
export interface LogTarget {
  readonly kind: 'log';
  /** As they are printed. */
  readonly words: readonly string[];
}

/** `-j NFLOG`: the packet goes on. */
export interface NflogTarget {
  readonly kind: 'nflog';
  readonly words: readonly string[];
}

/** `-j TRACE`: the packet goes on. */
export interface TraceTarget {
  readonly kind: 'trace';
}

/** `-j TPROXY`: hands the packet to a socket of this node as it is, and marks it as `MarkTarget` does. */
export interface TproxyTarget {
  readonly kind: 'tproxy';
  readonly port: number;
  /** 0 or 0n: that of the interface by which the packet came. */
  readonly address: Address;
  readonly value: number;
  readonly mask: number;
}

/** `-j TCPMSS`: sets the maximum segment size of a SYN, in bytes; the packet goes on. */
export interface TcpmssTarget {
  readonly kind: 'tcpmss';
  /** Null: clamp to the path's MTU. */
  readonly size: number | null;
}

/** A target that is not carried out, and makes an outcome unknown. See `OtherMatch`. */
export interface OtherTarget {
  readonly kind: 'other';
  readonly name: string;
  readonly words: readonly string[];
  readonly understood: boolean;
  readonly obscured?: true;
}

/** The name of a target, and of a match, that stands for rules of which a text does not show what they are. */
export const notShown = 'NOT-SHOWN';

/** The name of a target that stands for a rule whose line could not be read. */
export const notRead = 'NOT-READ';

/** The name of a target that stands for what a service without known endpoints does with a packet. */
export const endpointsUnknown = 'ENDPOINTS-UNKNOWN';

/** The name of a target that stands for what IPVS does with a packet. */
export const byIpvs = 'IPVS';
