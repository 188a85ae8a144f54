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

/** `tcp`; the number, where it has no name here. */
export function protocolName(protocol: number): string {
  return Object.entries(protocolNumbers).find(([, number]) => number === protocol)?.[0] ?? String(protocol);
}

/** Those whose packets have ports. */
export const portProtocols: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);

/** Those whose ports connection tracking knows: not DCCP's, as of any protocol that it does not know, since 6.17. */
export const trackedPortProtocols: ReadonlySet<number> = new Set([6, 17, 132, 136]);
