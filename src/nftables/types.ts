import { type Symbols, symbols } from './symbols.ts';

/** What nft knows of the values of a type. */
export interface DataType {
  readonly bits: number;
  /** In which order the bytes of a value lie in the kernel's registers; elements of sets are sorted by it. */
  readonly order: 'network' | 'host';
  readonly base: 'integer' | 'bitmask' | 'string';
  readonly symbols?: Symbols;
  /** Whether symbols are printed between quotes. */
  readonly quoted?: true;
  /** Hexadecimal, with so many digits at least. */
  readonly hex?: number;
  /** How many elements of a named set stand on a line, where not each has its own. */
  readonly perLine?: 2 | 5;
}

const integer = (bits: number, more: Partial<DataType> = {}): DataType => ({
  bits,
  order: 'network',
  base: 'integer',
  ...more,
});
const host = (bits: number, more: Partial<DataType> = {}) => integer(bits, { order: 'host', ...more });
const bitmask = (bits: number, own: Symbols, more: Partial<DataType> = {}) =>
  host(bits, { base: 'bitmask', symbols: own, hex: 1, ...more });
const text = (bits: number): DataType => ({ bits, order: 'host', base: 'string' });

/** nft's data types by its names. */
export const types = {
  integer: integer(32, { perLine: 5 }),
  /** Bytes that no header describes. */
  xinteger: integer(32, { hex: 1, perLine: 5 }),
  /** Bits without names. */
  bitmask: integer(8, { hex: 1 }),
  nf_proto: host(8, { symbols: symbols.nfproto, perLine: 5 }),
  string: text(0),
  ipv4_addr: integer(32, { perLine: 2 }),
  ipv6_addr: integer(128),
  ether_addr: integer(48),
  ether_type: integer(16, { symbols: symbols.etherType, hex: 4 }),
  arp_op: integer(16, { symbols: symbols.arpOperation, perLine: 5 }),
  inet_proto: host(8, { symbols: symbols.protocol, perLine: 5 }),
  inet_service: integer(16, { perLine: 5 }),
  icmp_type: integer(8, { symbols: symbols.icmpType }),
  icmp_code: integer(8, { symbols: symbols.icmpCode }),
  icmpv6_type: integer(8, { symbols: symbols.icmpv6Type }),
  icmpv6_code: integer(8, { symbols: symbols.icmpv6Code }),
  icmpx_code: integer(8, { symbols: symbols.icmpxCode }),
  igmp_type: integer(8, { symbols: symbols.igmpType }),
  tcp_flag: bitmask(8, symbols.tcpFlag, { order: 'network', perLine: 5 }),
  dccp_pkttype: integer(4, { symbols: symbols.dccpType, perLine: 5 }),
  mh_type: integer(8, { symbols: symbols.mhType }),
  /** Milliseconds. */
  time: host(32),
  mark: host(32, { hex: 8, perLine: 5 }),
  iface_index: host(32, { perLine: 5 }),
  iface_type: host(16, { symbols: symbols.interfaceType }),
  realm: host(32, { symbols: symbols.realm, quoted: true }),
  classid: host(32, { perLine: 5 }),
  uid: host(32, { perLine: 5 }),
  gid: host(32, { perLine: 5 }),
  ct_state: bitmask(32, symbols.ctState, { perLine: 2 }),
  ct_dir: host(8, { symbols: symbols.ctDirection, perLine: 5 }),
  ct_status: bitmask(32, symbols.ctStatus, { perLine: 2 }),
  ct_label: bitmask(128, []),
  ct_event: bitmask(32, symbols.ctEvent),
  pkt_type: host(8, { symbols: symbols.packetType, perLine: 2 }),
  devgroup: host(32, { symbols: symbols.deviceGroup, quoted: true }),
  dscp: integer(6, { symbols: symbols.dscp, hex: 2 }),
  ecn: integer(2, { symbols: symbols.ecn, hex: 1 }),
  fib_addrtype: host(32, { symbols: symbols.addressType }),
  boolean: host(1, { symbols: symbols.boolean }),
  ifname: text(128),
  /** A moment, in nanoseconds. nft calls it `time`, too. */
  date: host(64),
  /** Seconds since midnight, UTC. */
  hour: host(32),
  day: host(8, { symbols: symbols.day, quoted: true }),
  cgroupsv2: host(64),
} as const satisfies Readonly<Record<string, DataType>>;

export type TypeName = keyof typeof types;

export function isTypeName(name: string): name is TypeName {
  return Object.hasOwn(types, name);
}

/** Bits of the values of which a prefix tells the first ones. */
export const bitsOfPrefix = ({ type, of }: { readonly type: TypeName; readonly of?: number }): number =>
  of ?? types[type].bits;

export function typeOf(name: TypeName): DataType {
  return types[name];
}
