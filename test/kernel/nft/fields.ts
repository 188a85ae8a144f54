import type { Random } from './random.ts';

export type Family = 'ip' | 'ip6' | 'inet' | 'bridge' | 'netdev' | 'arp';

/** A field as rules write it, with what its values look like. */
export interface Field {
  readonly text: string;
  readonly type: string;
  readonly bits?: number;
  /** Whether values are compared by size. */
  readonly ordered?: boolean;
  /** Whether some of its bits are asked for. */
  readonly masks?: boolean;
}

const integer = (text: string, bits: number): Field => ({
  text,
  type: 'integer',
  bits,
  ordered: true,
  masks: true,
});
const of = (type: string, ...texts: readonly string[]): readonly Field[] =>
  texts.map((text) => ({ text, type }));
const masked = (fields: readonly Field[]): readonly Field[] =>
  fields.map((field) => ({ ...field, masks: true, ordered: true }));

const transport: readonly Field[] = [
  ...of(
    'inet_service',
    'tcp dport',
    'tcp sport',
    'udp dport',
    'udp sport',
    'sctp dport',
    'dccp sport',
    'udplite dport',
    'th dport',
    'th sport',
  ).map((field) => ({ ...field, ordered: true, masks: true })),
  { text: 'tcp flags', type: 'tcp_flag', masks: true, ordered: true },
  integer('tcp window', 16),
  integer('tcp sequence', 32),
  integer('tcp doff', 4),
  integer('udp length', 16),
  integer('tcp checksum', 16),
  integer('sctp vtag', 32),
  integer('esp spi', 32),
  integer('ah spi', 32),
  integer('comp cpi', 16),
  { text: 'ah nexthdr', type: 'inet_proto' },
  { text: 'dccp type', type: 'dccp_pkttype' },
  ...of('boolean', 'tcp option sack-perm'),
  integer('tcp option maxseg size', 16),
  integer('tcp option window count', 8),
  integer('tcp option timestamp tsval', 32),
  integer('sctp chunk init a-rwnd', 32),
  ...of('boolean', 'sctp chunk data', 'sctp chunk heartbeat', 'tcp option fastopen', 'tcp option eol'),
  integer('sctp chunk data stream', 16),
  integer('sctp chunk sack flags', 8),
  integer('sctp chunk asconf seqno', 32),
  integer('sctp checksum', 32),
  integer('tcp ackseq', 32),
  integer('tcp urgptr', 16),
  integer('tcp reserved', 4),
  integer('tcp option sack left', 32),
  integer('tcp option sack0 right', 32),
  integer('tcp option maxseg length', 8),
  integer('ah sequence', 32),
  integer('ah hdrlength', 8),
  integer('esp sequence', 32),
  { text: 'comp nexthdr', type: 'inet_proto' },
  integer('udplite csumcov', 16),
  integer('udp checksum', 16),
];
const ip: readonly Field[] = [
  ...masked(of('ipv4_addr', 'ip saddr', 'ip daddr')),
  ...of('ipv4_addr', 'ip saddr', 'ip daddr'),
  { text: 'ip protocol', type: 'inet_proto' },
  { text: 'ip dscp', type: 'dscp' },
  { text: 'ip ecn', type: 'ecn' },
  integer('ip ttl', 8),
  integer('ip length', 16),
  integer('ip id', 16),
  integer('ip frag-off', 16),
  integer('ip version', 4),
  integer('ip hdrlength', 4),
  { text: 'icmp type', type: 'icmp_type' },
  { text: 'icmp code', type: 'icmp_code' },
  integer('icmp id', 16),
  integer('icmp sequence', 16),
  integer('icmp mtu', 16),
  integer('icmp gateway', 32),
  { text: 'igmp type', type: 'igmp_type' },
  { text: 'ip option rr', type: 'boolean' },
  integer('ip option ra value', 16),
  ...of('boolean', 'ip option lsrr', 'ip option ssrr'),
  integer('ip option rr ptr', 8),
  integer('ip checksum', 16),
  integer('icmp checksum', 16),
  integer('igmp group', 32),
  integer('igmp mrt', 8),
];
const ip6: readonly Field[] = [
  ...of('ipv6_addr', 'ip6 saddr', 'ip6 daddr', 'ip6 saddr'),
  { text: 'ip6 nexthdr', type: 'inet_proto' },
  { text: 'ip6 dscp', type: 'dscp' },
  integer('ip6 hoplimit', 8),
  integer('ip6 length', 16),
  integer('ip6 flowlabel', 20),
  { text: 'icmpv6 type', type: 'icmpv6_type' },
  { text: 'icmpv6 code', type: 'icmpv6_code' },
  integer('icmpv6 id', 16),
  integer('icmpv6 mtu', 32),
  integer('icmpv6 max-delay', 16),
  ...of('boolean', 'exthdr hbh', 'exthdr frag', 'exthdr rt'),
  integer('frag id', 32),
  integer('frag frag-off', 13),
  integer('rt type', 8),
  integer('hbh hdrlength', 8),
  { text: 'ip6 ecn', type: 'ecn' },
  integer('ip6 version', 4),
  integer('frag reserved2', 2),
  integer('frag more-fragments', 1),
  { text: 'frag nexthdr', type: 'inet_proto' },
  { text: 'dst nexthdr', type: 'inet_proto' },
  { text: 'mh type', type: 'mh_type' },
  integer('mh checksum', 16),
  integer('srh tag', 16),
  integer('srh last-entry', 8),
  { text: 'srh sid[1]', type: 'ipv6_addr' },
  { text: 'rt0 addr[1]', type: 'ipv6_addr' },
  integer('rt seg-left', 8),
  integer('icmpv6 checksum', 16),
  integer('icmpv6 sequence', 16),
];
const meta: readonly Field[] = [
  ...masked(of('mark', 'meta mark', 'mark', 'ct mark')),
  { text: 'meta l4proto', type: 'inet_proto' },
  ...of('ifname', 'iifname', 'oifname', 'meta iifname'),
  ...of('iface_index', 'iif', 'oif'),
  integer('meta length', 32),
  integer('meta cpu', 32),
  { text: 'meta skuid', type: 'uid', ordered: true },
  { text: 'meta skgid', type: 'uid' },
  { text: 'meta pkttype', type: 'pkt_type' },
  { text: 'meta priority', type: 'classid' },
  { text: 'iiftype', type: 'iface_type' },
  { text: 'iifgroup', type: 'devgroup' },
  { text: 'meta day', type: 'day' },
  { text: 'meta hour', type: 'hour' },
  { text: 'meta protocol', type: 'ether_type' },
  { text: 'meta rtclassid', type: 'realm' },
  integer('meta cgroup', 32),
  integer('numgen random mod 8', 3),
  integer('numgen inc mod 16', 4),
  integer('symhash mod 8', 3),
  { text: 'rt classid', type: 'realm' },
  { text: 'meta oifgroup', type: 'devgroup' },
  { text: 'meta oiftype', type: 'iface_type' },
  { text: 'meta time', type: 'date' },
  { text: 'meta ipsec', type: 'boolean' },
  integer('meta random', 32),
  { text: 'meta iifkind', type: 'ifname' },
  { text: 'meta oifkind', type: 'ifname' },
  { text: 'meta sdif', type: 'iface_index' },
  { text: 'meta sdifname', type: 'ifname' },
  { text: 'osf name', type: 'osf' },
  { text: 'rt ipsec', type: 'boolean' },
];
const ct: readonly Field[] = [
  { text: 'ct state', type: 'ct_state', masks: true },
  { text: 'ct state', type: 'ct_state' },
  { text: 'ct status', type: 'ct_status', masks: true, ordered: true },
  { text: 'ct direction', type: 'ct_dir' },
  { text: 'ct label', type: 'ct_label', masks: true, ordered: true },
  { text: 'ct helper', type: 'helper' },
  integer('ct avgpkt', 64),
  integer('ct id', 32),
  { text: 'ct reply proto-src', type: 'inet_service' },
  { text: 'ct expiration', type: 'time' },
  integer('ct bytes', 64),
  integer('ct original packets', 64),
  integer('ct zone', 16),
  ...of('ipv4_addr', 'ct original ip saddr', 'ct reply ip daddr'),
  ...of('ipv6_addr', 'ct original ip6 saddr'),
  { text: 'ct protocol', type: 'inet_proto' },
  { text: 'ct l3proto', type: 'nf_proto' },
  { text: 'ct original proto-dst', type: 'inet_service' },
];
const inetOnly: readonly Field[] = [
  { text: 'meta nfproto', type: 'nf_proto' },
  { text: 'meta nfproto', type: 'nf_proto' },
];
const sockets: readonly Field[] = [
  integer('socket transparent', 1),
  integer('socket wildcard', 1),
  { text: 'socket mark', type: 'mark' },
  integer('rt mtu', 16),
  integer('ipsec in reqid', 32),
  integer('ipsec out spnum 1 spi', 32),
  { text: 'ipsec in ip saddr', type: 'ipv4_addr' },
  { text: 'ipsec out ip6 daddr', type: 'ipv6_addr' },
  { text: 'rt ip nexthop', type: 'ipv4_addr' },
  { text: 'rt ip6 nexthop', type: 'ipv6_addr' },
];
const fib: readonly Field[] = [
  { text: 'fib daddr type', type: 'fib_addrtype' },
  { text: 'fib saddr . iif oif', type: 'boolean' },
  { text: 'fib saddr . mark oifname', type: 'ifname' },
  { text: 'fib daddr . iif type', type: 'fib_addrtype' },
];
const link: readonly Field[] = [
  ...of('ether_addr', 'ether saddr', 'ether daddr'),
  { text: 'ether type', type: 'ether_type' },
  integer('vlan id', 12),
  integer('vlan pcp', 3),
  integer('vlan dei', 1),
  { text: 'vlan type', type: 'ether_type' },
];
const arp: readonly Field[] = [
  { text: 'arp operation', type: 'arp_op' },
  integer('arp htype', 16),
  { text: 'arp saddr ip', type: 'ipv4_addr' },
  { text: 'arp daddr ether', type: 'ether_addr' },
  { text: 'arp daddr ip', type: 'ipv4_addr' },
  { text: 'arp ptype', type: 'ether_type' },
  integer('arp hlen', 8),
  integer('arp plen', 8),
];
const raw: readonly Field[] = [
  integer('@nh,96,32', 32),
  integer('@th,0,16', 16),
  integer('@th,16,16', 16),
  integer('@nh,72,8', 8),
  integer('@ll,0,48', 48),
  integer('@th,64,8', 8),
  integer('@nh,0,4', 4),
  integer('@th,4,12', 12),
  integer('@ih,0,32', 32),
  integer('@nh,128,128', 45),
];

const everywhere = [...meta, ...raw];

const own: Readonly<Record<Family, readonly Field[]>> = {
  ip: [...ip, ...ip, ...transport, ...ct, ...sockets, ...fib, ...everywhere, ...link.slice(0, 2)],
  ip6: [...ip6, ...ip6, ...transport, ...ct, ...sockets, ...fib, ...everywhere],
  inet: [...ip, ...ip6, ...transport, ...ct, ...sockets, ...fib, ...everywhere, ...inetOnly, ...link],
  bridge: [...link, ...link, ...ip, ...ip6, ...transport, ...everywhere, ...arp],
  netdev: [...link, ...ip, ...ip6, ...transport, ...everywhere, ...arp],
  arp: [...arp, ...arp, ...everywhere],
};

export const fieldsOf = (family: Family): readonly Field[] => own[family];

const words: Readonly<Record<string, readonly string[]>> = {
  inet_proto: [
    'tcp',
    'udp',
    'icmp',
    'ipv6-icmp',
    'sctp',
    'esp',
    'ah',
    'gre',
    '47',
    '6',
    '17',
    '99',
    '132',
    '1',
    '58',
    'igmp',
  ],
  icmp_type: [
    'echo-request',
    'echo-reply',
    'destination-unreachable',
    'redirect',
    '3',
    '8',
    'time-exceeded',
    '42',
  ],
  icmp_code: [
    'net-unreachable',
    'host-unreachable',
    'port-unreachable',
    '3',
    '99',
    'frag-needed',
    'admin-prohibited',
  ],
  icmpv6_type: [
    'echo-request',
    'echo-reply',
    'nd-neighbor-solicit',
    'packet-too-big',
    '130',
    'mld-listener-query',
    'mld-listener-done',
    '200',
  ],
  icmpv6_code: ['no-route', 'addr-unreachable', 'port-unreachable', '7'],
  igmp_type: ['membership-query', 'leave-group', '0x12'],
  dscp: ['cs0', 'cs1', 'cs7', 'af11', 'ef', 'be', '3', '0x2c', '63'],
  ecn: ['ce', 'ect0', 'not-ect', '1'],
  ct_state: ['new', 'established', 'related', 'invalid', 'untracked'],
  ct_status: ['expected', 'seen-reply', 'assured', 'confirmed', 'snat', 'dnat', 'dying'],
  ct_dir: ['original', 'reply'],
  tcp_flag: ['fin', 'syn', 'rst', 'psh', 'ack', 'urg', 'ecn', 'cwr'],
  pkt_type: ['host', 'unicast', 'broadcast', 'multicast', 'other'],
  nf_proto: ['ipv4', 'ipv6'],
  fib_addrtype: ['local', 'unicast', 'broadcast', 'multicast', 'blackhole'],
  boolean: ['exists', 'missing'],
  ether_type: ['ip', 'ip6', 'arp', '8021q', 'vlan', '0x1234'],
  iface_type: ['ether', 'loopback', 'ppp', '5'],
  devgroup: ['default', '5', '0'],
  realm: ['cosmos', '3'],
  day: ['Monday', 'Friday', '"Sunday"', '6'],
  date: ['"2026-11-29"', '"2026-11-29 10:00:00"', '1700000000'],
  hour: ['"17:00"', '"08:30"', '"23:15:30"'],
  time: ['30s', '1m', '10', '1h5m', '90s'],
  arp_op: ['request', 'reply', 'nak', '7'],
  dccp_pkttype: ['request', 'data', 'reset', 'ack'],
  ifname: ['lo', '"eth0"', 'cni0', '"wlan0"', 'br-lan', 'eth0.5'],
  iface_index: ['lo', '"lo"'],
  classid: ['1:2', 'none', 'root', 'abcd:ef', '10:0'],
  uid: ['0', 'root', '1000', '33'],
  ct_label: ['0', '1', '5', '127', '0x10'],
  helper: ['"ftp"', '"sip"', '"tftp-5"'],
  osf: ['"Linux"', '"Windows"', '"unknown"'],
  mh_type: ['binding-refresh-request', 'care-of-test', '7'],
};
const bitmasks: ReadonlySet<string> = new Set(['ct_state', 'ct_status', 'tcp_flag', 'ct_label']);
const unordered: ReadonlySet<string> = new Set([
  'ct_state',
  'ct_status',
  'tcp_flag',
  'boolean',
  'iface_index',
  'fib_addrtype',
  'nf_proto',
  'ct_dir',
  'pkt_type',
  'ether_type',
  'iface_type',
  'dccp_pkttype',
  'arp_op',
  'day',
  'hour',
  'ecn',
  'igmp_type',
  'dscp',
  'realm',
  'icmp_type',
  'icmpv6_type',
  'icmp_code',
  'icmpv6_code',
  'classid',
  'uid',
  'time',
  'devgroup',
  'inet_proto',
  'helper',
  'osf',
  'mh_type',
]);

/** Of names there are no first bits. Of numbers that fill no bytes nft 1.0.6 masks the wrong bits, or dies: fmt refuses them. */
export const hasPrefixes = ({ type, bits }: Field) =>
  (words[type] === undefined && (bits ?? 32) % 8 === 0) || bitmasks.has(type);

/** A value, or a stretch of values where the type has some. */
export function aValue(random: Random, type: string, form: 'single' | 'stretch', bits = 32): string {
  if (bitmasks.has(type)) return bitmask(random, words[type] as readonly string[], form);
  if (type === 'ifname' && form === 'stretch')
    return random.pick(['"eth*"', '"cni*"', '"veth1*"', 'lo', '"br-*"']);
  const list = words[type];
  if (list && (form === 'single' || unordered.has(type))) return random.pick(list);
  if (list) return random.pick(list);
  switch (type) {
    case 'ipv4_addr':
      return form === 'single' ? ipv4(random) : stretch4(random);
    case 'ipv6_addr':
      return form === 'single' ? ipv6(random) : stretch6(random);
    case 'ether_addr':
      return Array.from({ length: 6 }, () => random.below(256).toString(16).padStart(2, '0')).join(':');
    case 'inet_service':
      return form === 'single' ? port(random) : numbers(random, 16);
    case 'mark':
      return form === 'single' ? `0x${mark(random).toString(16)}` : range(random, mark(random), mark(random));
    default:
      return form === 'single' ? number(random, bits) : numbers(random, bits);
  }
}

const mark = (random: Random) => random.pick([1, 0x4000, 0xff, random.below(2 ** 31), 0x10000, 0]);

function bitmask(random: Random, list: readonly string[], form: 'single' | 'stretch'): string {
  if (form === 'single') return random.pick(list);
  const some = [...new Set(random.list(1, 3, () => random.pick(list)))];
  return some.length === 1
    ? (some[0] as string)
    : random.chance(50)
      ? `(${some.join(' | ')})`
      : some.join(' | ');
}

const port = (random: Random) =>
  String(random.pick([22, 80, 443, 53, 8080, 65_535, random.below(65_536), random.below(100)]));

function number(random: Random, bits: number): string {
  const limit = Math.min(2 ** bits, 2 ** 45);
  return String(
    random.pick([0, 1, Math.min(5, limit - 1), random.below(limit), random.below(Math.min(limit, 16))]),
  );
}

function numbers(random: Random, bits: number): string {
  const limit = Math.min(2 ** bits, 2 ** 45);
  return range(random, random.below(limit), random.below(limit));
}

function range(random: Random, one: number, other: number): string {
  const [from, to] = one < other ? [one, other] : [other, one];
  if (from === to) return String(from);
  return random.chance(85) ? `${from}-${to}` : String(from);
}

const spell4 = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
const ip4 = (random: Random) =>
  random.pick([
    0x0a000001,
    0x0a000000,
    0xc0a80000,
    0xc0a80102,
    0x7f000001,
    random.below(2 ** 32),
    0x0a600000,
    0x0a0000ff,
  ]);
const ipv4 = (random: Random) => spell4(ip4(random));

function stretch4(random: Random): string {
  const base = ip4(random);
  switch (random.below(4)) {
    case 0:
    case 1:
      return `${spell4(base)}/${random.pick([8, 12, 16, 24, 25, 30, 32, 31, 7, 1])}`;
    case 2: {
      const size = random.pick([1, 3, 7, 255, 256, 1000]);
      return base + size < 2 ** 32 ? `${spell4(base)}-${spell4(base + size)}` : spell4(base);
    }
    default:
      return spell4(base);
  }
}

const ipv6 = (random: Random) =>
  random.pick([
    '::1',
    'fe80::1',
    '2001:db8::',
    '2001:db8::5',
    'fd00:10:244::8',
    '::',
    'ff02::1',
    '::ffff:1.2.3.4',
    '2001:db8:1:2:3:4:5:6',
  ]);
const stretch6 = (random: Random) =>
  random.pick([
    'fe80::/10',
    '2001:db8::/32',
    '2001:db8::1-2001:db8::ff',
    'fd00::/8',
    '::/0',
    'fd00:10:244::/64',
    '2001:db8::/33',
    '::1',
    '2001:db8:8000::/33',
    '2001:db8::/127',
  ]);
