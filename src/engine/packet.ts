import { type Address, type Family, familyOf } from '../address/address.ts';
import type { ConnectionState } from '../iptables/rule/match.ts';

/** By name, as far as packets can be written down; the numbers are IANA's. */
export const protocolNumbers = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  'ipv6-icmp': 58,
  sctp: 132,
  udplite: 136,
  dccp: 33,
} as const;

export const portProtocols: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);

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
}

export function packetFamily(packet: Packet): Family {
  return familyOf(packet.source);
}

export function isIcmp(protocol: number): boolean {
  return protocol === 1 || protocol === 58;
}

export const echoRequest = { ipv4: { type: 8, code: 0 }, ipv6: { type: 128, code: 0 } } as const;
