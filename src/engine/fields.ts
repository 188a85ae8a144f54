import type { Address, Family } from '../address/address.ts';
import { type IntervalSet, interval } from '../sets/intervals.ts';

/**
 * Who may give a field another value on a packet's way. `instruction`: `set`, TCPMSS, TTL and their like. `forwarding`:
 * the routing of what is carried on. `nat`: translation. `routing`: each decision. `hook`: what the hook shows.
 * `tracking`: connection tracking's own station, and translation.
 */
export type Changer = 'instruction' | 'forwarding' | 'nat' | 'routing' | 'hook' | 'tracking';

/**
 * Where a value is read. `packet`: the packet that is walked says it, so it may be known. `branch`: the walk itself keeps
 * it, so it is always known. `host`: worked out from the node's network. `unseen`: nothing that we have says it; it is one
 * value all the same, of which two questions are about the same thing.
 */
export type Origin = 'packet' | 'branch' | 'host' | 'unseen';

export interface Field {
  /** Bits; `address`: those of the family. */
  readonly width: number | 'address';
  readonly from: Origin;
  /** Empty: the value never changes on a packet's way. */
  readonly changedBy: readonly Changer[];
  /** Whether all packets of one direction of a connection have the same. */
  readonly ofFlow: boolean;
}

const field = (
  width: Field['width'],
  from: Origin,
  changedBy: readonly Changer[] = [],
  ofFlow = false,
): Field => ({ width, from, changedBy, ofFlow });

const ofFlow = true;

/**
 * All that rules can ask of a packet, of its connection and of the moment: the one table of it. A test of a field names
 * it, a set of its values, and where it has several (`of`) which one. Names of interfaces are numbers of 128 bits, see
 * `nameValue`. What is not here is no field: an `open` condition says then what is asked.
 */
export const fields = {
  // The network header.
  source: field('address', 'packet', ['nat', 'instruction'], ofFlow),
  destination: field('address', 'packet', ['nat', 'instruction'], ofFlow),
  /** The transport protocol's number. */
  protocol: field(8, 'packet', [], ofFlow),
  /** The byte in IPv6's own header, which is that of the first extension header where there is one. */
  nextHeader: field(8, 'packet'),
  /** The whole byte: DSCP in the upper six bits, ECN in the lower two. */
  tos: field(8, 'unseen', ['instruction']),
  /** TTL, or the hop limit. */
  ttl: field(8, 'unseen', ['forwarding', 'instruction']),
  /** Bytes from the network header on. */
  length: field(16, 'unseen'),
  /** 1: a second or further fragment. */
  fragment: field(1, 'packet'),
  // The transport header.
  sourcePort: field(16, 'packet', ['nat'], ofFlow),
  destinationPort: field(16, 'packet', ['nat'], ofFlow),
  /** FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128. */
  tcpFlags: field(8, 'packet', ['instruction']),
  /** `of`: an option's number; 1: it is there. */
  tcpOption: field(1, 'unseen', ['instruction']),
  /** The maximum segment size that a SYN offers; 65536: none. */
  mss: field(17, 'unseen', ['instruction']),
  icmpType: field(8, 'packet', [], ofFlow),
  icmpCode: field(8, 'packet', [], ofFlow),
  /** DCCP's type, SCTP's chunks: `of` says which. */
  transport: field(32, 'unseen'),
  /** An extension header of IPv6, or AH and ESP: `of` says which number of it. */
  extensionHeader: field(32, 'unseen'),
  // The frame.
  sourceMac: field(48, 'unseen', [], ofFlow),
  /** How the link layer addressed the packet: `packetTypes`. */
  packetType: field(3, 'host'),
  /** Ports of a bridge that carried the packet, by name, where there are any. */
  bridgeIn: field(128, 'host', ['hook']),
  bridgeOut: field(128, 'host', ['hook']),
  /** `of`: `in`, it came by a port of a bridge; `across`, it was bridged, not routed. */
  bridged: field(1, 'host', ['hook']),
  // Interfaces, by name, as the hook shows them; 0: none.
  in: field(128, 'branch', ['hook']),
  out: field(128, 'branch', ['routing', 'hook']),
  inGroup: field(32, 'unseen', ['hook']),
  outGroup: field(32, 'unseen', ['routing', 'hook']),
  // What routing says. `of`: `in` or `out`, where only addresses of that interface are local.
  sourceType: field(4, 'host', ['nat', 'hook']),
  destinationType: field(4, 'host', ['nat', 'hook']),
  /** 1: there is no route to it. */
  sourceUnreachable: field(1, 'host', ['nat', 'hook']),
  destinationUnreachable: field(1, 'host', ['nat', 'hook']),
  /** 1: an answer would leave by the interface by which the packet came. `of`: with which options. */
  reversePath: field(1, 'host'),
  realm: field(32, 'unseen', ['routing']),
  // Marks, which live as long as the packet is on the node.
  mark: field(32, 'branch', ['instruction']),
  priority: field(32, 'unseen', ['instruction']),
  secmark: field(32, 'unseen', ['instruction']),
  // Who sends it, of the node itself: `of` is `socket`, which is 1 where there is one.
  user: field(32, 'unseen', [], ofFlow),
  group: field(32, 'unseen', [], ofFlow),
  owned: field(1, 'unseen', [], ofFlow),
  cgroup: field(32, 'unseen', [], ofFlow),
  /** 1: a socket of the node is open for it. `of`: with which options. */
  socket: field(1, 'unseen', ['nat']),
  // The connection's entry.
  /** 1: the packet has one. */
  ct: field(1, 'branch', ['tracking', 'instruction']),
  /** `stateNumbers`. */
  ctState: field(3, 'branch', ['tracking', 'instruction']),
  /** The kernel's bits, of which SEEN_REPLY is 2, ASSURED 4, CONFIRMED 8, SRC_NAT 16, DST_NAT 32. */
  ctStatus: field(16, 'branch', ['tracking']),
  /** 0 original, 1 reply. */
  ctDirection: field(1, 'branch', ['tracking'], ofFlow),
  ctProtocol: field(8, 'branch', ['tracking'], ofFlow),
  ctOriginalSource: field('address', 'branch', ['tracking'], ofFlow),
  ctOriginalDestination: field('address', 'branch', ['tracking'], ofFlow),
  ctReplySource: field('address', 'branch', ['tracking'], ofFlow),
  ctReplyDestination: field('address', 'branch', ['tracking'], ofFlow),
  ctOriginalSourcePort: field(16, 'branch', ['tracking'], ofFlow),
  ctOriginalDestinationPort: field(16, 'branch', ['tracking'], ofFlow),
  ctReplySourcePort: field(16, 'branch', ['tracking'], ofFlow),
  ctReplyDestinationPort: field(16, 'branch', ['tracking'], ofFlow),
  ctMark: field(32, 'branch', ['tracking', 'instruction']),
  /** Seconds that the entry has left. */
  ctExpire: field(32, 'unseen', ['tracking']),
  /** `of`: the helper's name, and where rules give it to an entry that is there already `entry` before it; 1: it is that one. */
  ctHelper: field(1, 'unseen', ['tracking', 'instruction'], ofFlow),
  /** `of`: how long the entry is kept by state, as `established 100, close 4`. */
  ctTimeout: field(1, 'unseen', ['instruction'], ofFlow),
  /** `of`: of new entries, `zone`, `zone-orig` or `zone-reply`; of entries that are there, which direction's: `original` or `reply`. */
  ctZone: field(16, 'unseen', ['instruction'], ofFlow),
  /** `of`: the label's number. */
  ctLabel: field(1, 'unseen', ['tracking', 'instruction']),
  /** `of`: which direction, and whether packets, bytes, or bytes a packet. */
  ctAmount: field(64, 'unseen', ['tracking']),
  /** `of`: which hash of a connection, as it is written. */
  hash: field(32, 'unseen', ['nat'], ofFlow),
  /** `of`: the number that it is, of whatever packet. */
  constant: field(128, 'packet', [], ofFlow),
  // The moment.
  cpu: field(32, 'unseen'),
  /** `of`: of which part of it, by which clock, this is the number; or of which time 1 says that it is that, in the spelling of its language. */
  time: field(32, 'unseen'),
} as const satisfies Record<string, Field>;

/** The name of a field. */
export type FieldName = keyof typeof fields;

/** One field, and which of its kind, where it has several. */
export interface FieldRef {
  readonly field: FieldName;
  readonly of?: string;
}

/** Equal for questions that are about one value. */
export function fieldKey({ field: name, of }: FieldRef): string {
  return of === undefined ? name : `${name} ${of}`;
}

/** All values that a field can have. */
export function fullSet(name: FieldName, family: Family): IntervalSet {
  return full[family][name];
}

const full = { ipv4: fullSets('ipv4'), ipv6: fullSets('ipv6') };

function fullSets(family: Family): Readonly<Record<FieldName, IntervalSet>> {
  const sets = Object.entries(fields).map(([name, { width }]) => [name, fullOf(width, family)] as const);
  return Object.fromEntries(sets) as Record<FieldName, IntervalSet>;
}

function fullOf(width: Field['width'], family: Family): IntervalSet {
  if (width === 'address')
    return family === 'ipv4' ? interval(0, 0xffffffff) : interval(0n, (1n << 128n) - 1n);
  return width > 48 ? interval(0n, (1n << BigInt(width)) - 1n) : interval(0, 2 ** width - 1);
}

/** Of `ctState`. `SNAT` and `DNAT`, which xt_conntrack calls states, are bits of `ctStatus`. */
export const stateNumbers = { INVALID: 0, NEW: 1, RELATED: 2, ESTABLISHED: 3, UNTRACKED: 4 } as const;

/** Of `ctStatus`: the kernel's bits. */
export const statusBits = {
  EXPECTED: 1,
  SEEN_REPLY: 2,
  ASSURED: 4,
  CONFIRMED: 8,
  SNAT: 16,
  DNAT: 32,
} as const;

/** Of `packetType`: the kernel's numbers. */
export const packetTypes = { unicast: 0, broadcast: 1, multicast: 2 } as const;

/** What an entry that is new gets, in the name of a field (nft); else it is for one to come (CT). */
export const ofEntry = 'entry ';
/** Before the name of a policy whose seconds no text of rules tells. */
export const policy = 'policy ';
export const policyOfEntry = `${ofEntry}${policy}`;

/** Of `mss`: the packet offers none. */
export const noMss = 65536;

/** Names of interfaces have at most so many bytes, the last of which is none. */
const nameBytes = 16;
const nameValues = new Map<string, bigint>([['', 0n]]);

/** An interface's name as the number that its bytes are, the first byte first: names that begin alike lie together. */
export function nameValue(name: string): bigint {
  const known = nameValues.get(name);
  if (known !== undefined) return known;
  const bytes = new Uint8Array(nameBytes);
  bytes.set(new TextEncoder().encode(name).subarray(0, nameBytes));
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  nameValues.set(name, value);
  return value;
}

/** All names that begin so. */
export function namesFrom(start: string): IntervalSet {
  const free = BigInt(8 * (nameBytes - Math.min(nameBytes, new TextEncoder().encode(start).length)));
  const first = nameValue(start);
  return interval(first, first | ((1n << free) - 1n));
}

/** The name that a set of values stands for, or `cali+` of all that begin so; null: neither of them. */
export function interfaceNamed(set: IntervalSet): string | null {
  const [first, last] = set;
  if (set.length !== 2 || typeof first !== 'bigint') return null;
  const text = textOf(first);
  if (first === last) return text === '' ? null : text;
  const [from, to] = namesFrom(text);
  return from === first && to === last ? `${text}+` : null;
}

function textOf(value: bigint): string {
  const bytes = Array.from({ length: nameBytes }, (_, at) =>
    Number((value >> BigInt(8 * (nameBytes - 1 - at))) & 0xffn),
  );
  return new TextDecoder().decode(Uint8Array.from(bytes.filter((byte) => byte !== 0)));
}

/** A value of a field. */
export type FieldValue = Address;
