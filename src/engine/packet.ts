import { type Address, type Family, familyOf } from '../address/address.ts';
import type { ConnectionState } from '../sets/states.ts';

/** Bits of the TCP header, in the order in which iptables prints them. */
export const tcpFlags = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32 } as const;

/** From the uplink, from a pod of this node, made by the node itself, or from another interface. */
export type Origin = 'external' | 'pod' | 'host' | { readonly interface: string };

/** A packet as it arrives, or as a process of the node sends it. */
export interface Packet {
  readonly protocol: number;
  readonly source: Address;
  readonly destination: Address;
  /** Null: any; and where the protocol has no ports. Of ICMP, the identifier. */
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
  /** Null: to be worked out from the source address. */
  readonly from: Origin | null;
  /** Of TCP: bits as in the header. */
  readonly flags: number;
  /** Of ICMP. */
  readonly icmp: { readonly type: number; readonly code: number };
  /** What connection tracking knows of the flow; null: it has not seen it before. */
  readonly state: ConnectionState | null;
  /** Of an ICMP error: the header of the packet that it is about, as it was where it went no further. */
  readonly about?: Quoted;
  /** Bytes of the whole packet, where they are known. */
  readonly length?: number;
}

/** The part of a packet that an ICMP error quotes. */
export type Quoted = Pick<
  Packet,
  'protocol' | 'source' | 'destination' | 'sourcePort' | 'destinationPort' | 'icmp'
>;

export function packetFamily(packet: Packet): Family {
  return familyOf(packet.source);
}

export function isIcmp(protocol: number): boolean {
  return protocol === 1 || protocol === 58;
}

const errorTypes = [3, 4, 5, 11, 12];

/** Whether a type is that of an error, which belongs to the connection of the packet that it quotes. */
export function isIcmpError(protocol: number, { type }: Packet['icmp']): boolean {
  return protocol === 1 ? errorTypes.includes(type) : protocol === 58 && type < 128;
}

/** Requests begin a flow: echo, timestamp, information and address mask; in IPv6 echo and node information. */
const icmpRequests: Readonly<Record<number, readonly number[]>> = { 1: [8, 13, 15, 17], 58: [128, 139] };

/** Whether a message of ICMP begins a flow. */
export function isIcmpRequest(protocol: number, { type }: Packet['icmp']): boolean {
  return icmpRequests[protocol]?.includes(type) === true;
}

const icmpAnswers: Readonly<Record<number, readonly number[]>> = { 1: [0, 14, 16, 18], 58: [129, 140] };

/**
 * Whether connection tracking ever finds a packet in its state: messages of ICMP that are of a connection ask or answer, and those that are
 * about one tell of an error (nf_conntrack_proto_icmp.c, nf_conntrack_proto_icmpv6.c).
 */
export function isOfItsState({
  protocol,
  icmp,
  state,
}: Pick<Packet, 'protocol' | 'icmp' | 'state'>): boolean {
  if (!isIcmp(protocol)) return true;
  if (state === 'RELATED') return isIcmpError(protocol, icmp);
  if (state !== 'ESTABLISHED') return true;
  return isIcmpRequest(protocol, icmp) || icmpAnswers[protocol]?.includes(icmp.type) === true;
}

/** Whether a packet opens a connection: of TCP a SYN alone, of ICMP a question. */
export function isOpening({ protocol, flags, icmp, state }: Packet): boolean {
  if ((state ?? 'NEW') !== 'NEW') return false;
  if (isIcmp(protocol)) return isIcmpRequest(protocol, icmp);
  return protocol !== 6 || flags === tcpFlags.SYN;
}

export const echoRequest = { ipv4: { type: 8, code: 0 }, ipv6: { type: 128, code: 0 } } as const;
