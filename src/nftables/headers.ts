import type { RawBase } from './expression.ts';
import type { TypeName } from './types.ts';

/** Where a field lies in its header: bits from its start, and how many. */
export type HeaderField = readonly [type: TypeName, offset: number, bits: number];

export interface Header {
  readonly base: RawBase;
  readonly fields: Readonly<Record<string, HeaderField>>;
}

const ports: Readonly<Record<'sport' | 'dport', HeaderField>> = {
  sport: ['inet_service', 0, 16],
  dport: ['inet_service', 16, 16],
};

/** The headers that nft has names for, by its names. */
export const headers: Readonly<Record<string, Header>> = {
  ether: {
    base: 'll',
    fields: { daddr: ['ether_addr', 0, 48], saddr: ['ether_addr', 48, 48], type: ['ether_type', 96, 16] },
  },
  vlan: {
    base: 'll',
    fields: {
      pcp: ['integer', 0, 3],
      dei: ['integer', 3, 1],
      cfi: ['integer', 3, 1],
      id: ['integer', 4, 12],
      type: ['ether_type', 16, 16],
    },
  },
  arp: {
    base: 'nh',
    fields: {
      htype: ['integer', 0, 16],
      ptype: ['ether_type', 16, 16],
      hlen: ['integer', 32, 8],
      plen: ['integer', 40, 8],
      operation: ['arp_op', 48, 16],
      'saddr ether': ['ether_addr', 64, 48],
      'saddr ip': ['ipv4_addr', 112, 32],
      'daddr ether': ['ether_addr', 144, 48],
      'daddr ip': ['ipv4_addr', 192, 32],
    },
  },
  ip: {
    base: 'nh',
    fields: {
      version: ['integer', 0, 4],
      hdrlength: ['integer', 4, 4],
      dscp: ['dscp', 8, 6],
      ecn: ['ecn', 14, 2],
      length: ['integer', 16, 16],
      id: ['integer', 32, 16],
      'frag-off': ['integer', 48, 16],
      ttl: ['integer', 64, 8],
      protocol: ['inet_proto', 72, 8],
      checksum: ['integer', 80, 16],
      saddr: ['ipv4_addr', 96, 32],
      daddr: ['ipv4_addr', 128, 32],
    },
  },
  ip6: {
    base: 'nh',
    fields: {
      version: ['integer', 0, 4],
      dscp: ['dscp', 4, 6],
      ecn: ['ecn', 10, 2],
      flowlabel: ['integer', 12, 20],
      length: ['integer', 32, 16],
      nexthdr: ['inet_proto', 48, 8],
      hoplimit: ['integer', 56, 8],
      saddr: ['ipv6_addr', 64, 128],
      daddr: ['ipv6_addr', 192, 128],
    },
  },
  ah: {
    base: 'th',
    fields: {
      nexthdr: ['inet_proto', 0, 8],
      hdrlength: ['integer', 8, 8],
      reserved: ['integer', 16, 16],
      spi: ['integer', 32, 32],
      sequence: ['integer', 64, 32],
    },
  },
  esp: { base: 'th', fields: { spi: ['integer', 0, 32], sequence: ['integer', 32, 32] } },
  comp: {
    base: 'th',
    fields: { nexthdr: ['inet_proto', 0, 8], flags: ['bitmask', 8, 8], cpi: ['integer', 16, 16] },
  },
  icmp: {
    base: 'th',
    fields: {
      type: ['icmp_type', 0, 8],
      code: ['icmp_code', 8, 8],
      checksum: ['integer', 16, 16],
      id: ['integer', 32, 16],
      sequence: ['integer', 48, 16],
      gateway: ['integer', 32, 32],
      mtu: ['integer', 48, 16],
    },
  },
  igmp: {
    base: 'th',
    fields: {
      type: ['igmp_type', 0, 8],
      // In nft's own order, in which it looks for the fields of what was loaded at once.
      checksum: ['integer', 16, 16],
      mrt: ['integer', 8, 8],
      group: ['integer', 32, 32],
    },
  },
  udp: { base: 'th', fields: { ...ports, length: ['integer', 32, 16], checksum: ['integer', 48, 16] } },
  udplite: { base: 'th', fields: { ...ports, csumcov: ['integer', 32, 16], checksum: ['integer', 48, 16] } },
  tcp: {
    base: 'th',
    fields: {
      ...ports,
      sequence: ['integer', 32, 32],
      ackseq: ['integer', 64, 32],
      doff: ['integer', 96, 4],
      reserved: ['integer', 100, 4],
      flags: ['tcp_flag', 104, 8],
      window: ['integer', 112, 16],
      checksum: ['integer', 128, 16],
      urgptr: ['integer', 144, 16],
    },
  },
  dccp: { base: 'th', fields: { ...ports, type: ['dccp_pkttype', 67, 4] } },
  sctp: { base: 'th', fields: { ...ports, vtag: ['integer', 32, 32], checksum: ['integer', 64, 32] } },
  th: { base: 'th', fields: ports },
  icmpv6: {
    base: 'th',
    fields: {
      type: ['icmpv6_type', 0, 8],
      code: ['icmpv6_code', 8, 8],
      checksum: ['integer', 16, 16],
      'parameter-problem': ['integer', 32, 32],
      mtu: ['integer', 32, 32],
      id: ['integer', 32, 16],
      sequence: ['integer', 48, 16],
      'max-delay': ['integer', 32, 16],
    },
  },
};
