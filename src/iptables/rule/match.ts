import type { Address } from '../../address/address.ts';
import type { PortRange } from '../../address/port.ts';
import type { Subnet } from '../../address/subnet.ts';
import type { IntervalSet } from '../../sets/intervals.ts';
import type { ConnectionState } from '../../sets/states.ts';

/**
 * One test of a packet. Base options (`-s`, `-p` …) are matches of their own; an extension (`-m conntrack …`) is one
 * match with all of its options. An option that is absent was not written or is the default that iptables-save does
 * not print. Fields named `negated` stand for `!`.
 *
 * The union is closed: reading, printing, evaluating and describing are tables over `MatchKind`.
 */
export type Match =
  | SourceMatch
  | DestinationMatch
  | InInterfaceMatch
  | OutInterfaceMatch
  | ProtocolMatch
  | FragmentMatch
  | TransportMatch
  | IcmpMatch
  | MultiportMatch
  | AddrtypeMatch
  | CommentMatch
  | ConntrackMatch
  | StateMatch
  | MarkMatch
  | ConnmarkMatch
  | StatisticMatch
  | RecentMatch
  | IprangeMatch
  | SetMatch
  | PhysdevMatch
  | MacMatch
  | OwnerMatch
  | SocketMatch
  | RpfilterMatch
  | TcpmssMatch
  | LengthMatch
  | PkttypeMatch
  | OtherMatch;

/** The name of each kind of match. */
export type MatchKind = Match['kind'];

/** A value that `!` may stand before. */
export interface Negatable<T> {
  readonly value: T;
  readonly negated: boolean;
}

// Base options.

/** `-s`: the source address. */
export interface SourceMatch {
  readonly kind: 'source';
  readonly negated: boolean;
  readonly subnet: Subnet;
  /** kube-proxy writes the prefix length even where it is 32 or 128; only the restore spelling shows it. */
  readonly asPrefix?: true;
}

/** `-d`: the destination address. */
export interface DestinationMatch {
  readonly kind: 'destination';
  readonly negated: boolean;
  readonly subnet: Subnet;
  /** See SourceMatch. */
  readonly asPrefix?: true;
}

/** `eth0`, or `veth+` for every name that begins with `veth`. */
export interface InInterfaceMatch {
  readonly kind: 'in-interface';
  readonly negated: boolean;
  readonly name: string;
}

/** `-o`: the interface by which the packet leaves; see `InInterfaceMatch`. */
export interface OutInterfaceMatch {
  readonly kind: 'out-interface';
  readonly negated: boolean;
  readonly name: string;
}

/** The IP protocol's number, 1 to 255 (0, all, is no match). */
export interface ProtocolMatch {
  readonly kind: 'protocol';
  readonly negated: boolean;
  readonly protocol: number;
}

/** `-f`: second and further fragments (IPv4 only). */
export interface FragmentMatch {
  readonly kind: 'fragment';
  readonly negated: boolean;
}

// Transport protocols.

/** The protocols with ports, by the names of their extensions. */
export type TransportKind = 'tcp' | 'udp' | 'sctp' | 'dccp';

/** `-m tcp`, `-m udp` and their like. Without options it holds for every packet of the protocol that has a header. */
export interface TransportMatch {
  readonly kind: TransportKind;
  readonly sourcePort?: Negatable<PortRange>;
  readonly destinationPort?: Negatable<PortRange>;
  /** tcp only: of the flags in `mask`, exactly those in `set`; bits as in the header, FIN 1 … URG 32. */
  readonly flags?: Negatable<{ readonly mask: number; readonly set: number }>;
  /** tcp only: the number of a TCP option that is present. */
  readonly option?: Negatable<number>;
  /** Options that are understood but not evaluated (dccp types, sctp chunks), as they are printed. */
  readonly unevaluated?: readonly string[];
}

/** `-m icmp` and `-m icmp6`. */
export interface IcmpMatch {
  readonly kind: 'icmp' | 'icmp6';
  readonly negated: boolean;
  /** 255 with any code (`--icmp-type any`) is every type. */
  readonly type: number;
  readonly code: { readonly first: number; readonly last: number };
}

/** `-m multiport`: one of up to 15 ports or ranges. */
export interface MultiportMatch {
  readonly kind: 'multiport';
  readonly negated: boolean;
  readonly side: 'source' | 'destination' | 'either';
  readonly ports: readonly PortRange[];
}

// What the packet is to this host and to its connection.

/** In the order in which iptables prints them. */
export const addressTypes = [
  'UNSPEC',
  'UNICAST',
  'LOCAL',
  'BROADCAST',
  'ANYCAST',
  'MULTICAST',
  'BLACKHOLE',
  'UNREACHABLE',
  'PROHIBIT',
  'THROW',
  'NAT',
  'XRESOLVE',
] as const;
/** The kernel's types of routes (rtnetlink(7)), of which an address has one. */
export type AddressType = (typeof addressTypes)[number];

/** `-m addrtype`: what the routing tables of this node say of an address. */
export interface AddrtypeMatch {
  readonly kind: 'addrtype';
  readonly source?: Negatable<readonly AddressType[]>;
  readonly destination?: Negatable<readonly AddressType[]>;
  /** Only addresses of the interface the packet came by, or leaves by, count as local. */
  readonly limit?: 'in' | 'out';
}

/** `-m comment`: matches everything. */
export interface CommentMatch {
  readonly kind: 'comment';
  readonly text: string;
}

/** `-m conntrack`: the entry of the packet's connection. All that is there must hold. */
export interface ConntrackMatch {
  readonly kind: 'conntrack';
  readonly protocol?: Negatable<number>;
  readonly originalSource?: Negatable<Subnet>;
  readonly originalDestination?: Negatable<Subnet>;
  readonly replySource?: Negatable<Subnet>;
  readonly replyDestination?: Negatable<Subnet>;
  readonly state?: Negatable<readonly ConnectionState[]>;
  /** NONE, EXPECTED, SEEN_REPLY, ASSURED, CONFIRMED. */
  readonly status?: Negatable<readonly string[]>;
  /** Seconds that the entry has left. */
  readonly expire?: Negatable<PortRange>;
  readonly originalSourcePort?: Negatable<PortRange>;
  readonly originalDestinationPort?: Negatable<PortRange>;
  readonly replySourcePort?: Negatable<PortRange>;
  readonly replyDestinationPort?: Negatable<PortRange>;
  readonly direction?: 'ORIGINAL' | 'REPLY';
}

/** The old `-m state --state`. */
export interface StateMatch {
  readonly kind: 'state';
  readonly negated: boolean;
  readonly states: readonly ConnectionState[];
}

/** `(mark & mask) === value`; 32 bits each, unsigned. */
export interface MarkMatch {
  readonly kind: 'mark';
  readonly negated: boolean;
  readonly value: number;
  readonly mask: number;
}

/** The same for the connection's mark. */
export interface ConnmarkMatch {
  readonly kind: 'connmark';
  readonly negated: boolean;
  readonly value: number;
  readonly mask: number;
}

// Chance and memory.

/** The kernel compares 31 random bits: a packet matches with `threshold / 2^31`. */
export const statisticScale = 2 ** 31;

/** `-m statistic`: by chance, or every so many packets. */
export type StatisticMatch =
  | {
      readonly kind: 'statistic';
      readonly mode: 'random';
      readonly negated: boolean;
      /** Of `statisticScale`, 0 to 2^31. */
      readonly threshold: number;
    }
  | {
      readonly kind: 'statistic';
      readonly mode: 'nth';
      readonly negated: boolean;
      /** Packets number `packet`, `packet + every` … match, counted from 0. */
      readonly every: number;
      readonly packet: number;
    };

/** `-m recent`: a list of addresses that were seen. `seconds` and `hitcount` (packets) narrow `rcheck` and `update`. */
export interface RecentMatch {
  readonly kind: 'recent';
  readonly negated: boolean;
  readonly action: 'set' | 'rcheck' | 'update' | 'remove';
  readonly seconds?: number;
  readonly reap: boolean;
  readonly hitcount?: number;
  readonly ttl: boolean;
  readonly name: string;
  readonly mask: Address;
  readonly side: 'source' | 'destination';
}

// Further tests of addresses and of what carried the packet.

/** Addresses from `first` to `last`, both included, of one family. */
export interface AddressRange {
  readonly first: Address;
  readonly last: Address;
}

/** `-m iprange`. */
export interface IprangeMatch {
  readonly kind: 'iprange';
  readonly source?: Negatable<AddressRange>;
  readonly destination?: Negatable<AddressRange>;
}

/** `-m set --match-set NAME src,dst`. */
export interface SetMatch {
  readonly kind: 'set';
  readonly negated: boolean;
  readonly name: string;
  readonly directions: readonly ('src' | 'dst')[];
  /** `--return-nomatch`, counters and the like, as they are printed. */
  readonly further: readonly string[];
  /** What it holds, where that is known and does not change: a packet is in it of which all tests of one of its entries hold. */
  readonly held?: readonly (readonly HeldTest[])[];
}

/** A field of the packet that must have one of these values. */
export interface HeldTest {
  readonly field: 'source' | 'destination' | 'protocol' | 'sourcePort' | 'destinationPort';
  readonly set: IntervalSet;
}

/** `-m physdev`: the ports of a bridge that carried the packet. */
export interface PhysdevMatch {
  readonly kind: 'physdev';
  readonly in?: Negatable<string>;
  readonly out?: Negatable<string>;
  readonly isIn?: Negatable<true>;
  readonly isOut?: Negatable<true>;
  readonly isBridged?: Negatable<true>;
}

/** `-m mac --mac-source`: the sender's Ethernet address. */
export interface MacMatch {
  readonly kind: 'mac';
  readonly negated: boolean;
  /** Lower case, six octets with colons. */
  readonly address: string;
}

/** `-m owner`: whose socket sent the packet, by numbers of users and groups. */
export interface OwnerMatch {
  readonly kind: 'owner';
  readonly user?: Negatable<PortRange>;
  readonly group?: Negatable<PortRange>;
  readonly socketExists?: Negatable<true>;
  readonly supplementaryGroups: boolean;
}

/** `-m socket`: a socket of this node is open for the packet. */
export interface SocketMatch {
  readonly kind: 'socket';
  readonly transparent: boolean;
  readonly nowildcard: boolean;
  readonly restoreMark: boolean;
}

/** `-m rpfilter`: an answer would leave by the interface by which the packet came. */
export interface RpfilterMatch {
  readonly kind: 'rpfilter';
  readonly loose: boolean;
  readonly validMark: boolean;
  readonly acceptLocal: boolean;
  readonly invert: boolean;
}

/** `-m tcpmss`: the maximum segment size in a SYN, in bytes, from `first` to `last`. */
export interface TcpmssMatch {
  readonly kind: 'tcpmss';
  readonly negated: boolean;
  readonly first: number;
  readonly last: number;
}

/** Bytes of the packet from its network header on. */
export interface LengthMatch {
  readonly kind: 'length';
  readonly negated: boolean;
  readonly first: number;
  readonly last: number;
}

/** `-m pkttype`: how the link layer addressed the packet. */
export interface PkttypeMatch {
  readonly kind: 'pkttype';
  readonly negated: boolean;
  readonly type: 'unicast' | 'broadcast' | 'multicast';
}

/**
 * An extension that is not evaluated, and makes an outcome unknown. `understood`: its options are known and stand in
 * canonical spelling (limit, hashlimit, string …). Otherwise it is foreign, and kept word for word.
 */
export interface OtherMatch {
  readonly kind: 'other';
  /** The extension's name, after `-m`. */
  readonly name: string;
  /** All that follows, as it is printed: words of a shell line, quoted where they must be. */
  readonly words: readonly string[];
  readonly understood: boolean;
  /** What was read does not show all of it, so that two that read alike need not be alike. */
  readonly obscured?: true;
}

/** The base options, in the order in which the kernel tests and iptables-save prints them. */
export const baseMatchKinds = [
  'source',
  'destination',
  'in-interface',
  'out-interface',
  'protocol',
  'fragment',
] as const satisfies readonly MatchKind[];
