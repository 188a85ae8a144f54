import { headers } from '../../src/nftables/headers.ts';
import { ctKeys, ipsecKeys, metaKeys, rtKeys, socketKeys } from '../../src/nftables/keys.ts';
import type { NftFamily, NftHook } from '../../src/nftables/model.ts';
import { extensionHeaders, ipOptions, sctpChunks, tcpOptions } from '../../src/nftables/options.ts';
import { type TypeName, typeOf } from '../../src/nftables/types.ts';

/** A rule for each expression and statement of the manual of nft 1.0.6, by its sections. */
export interface Row {
  readonly section: string;
  readonly rule: string;
  readonly family: NftFamily;
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: NftHook;
  /** The protocol of the packet that meets the rule. */
  readonly protocol: number;
}

interface Where {
  readonly family?: NftFamily;
  readonly type?: Row['type'];
  readonly hook?: NftHook;
  readonly protocol?: number;
}

const tcp = 6;

const row = (section: string, rule: string, where: Where = {}): Row => ({
  section,
  rule,
  family: 'inet',
  type: 'filter',
  hook: 'forward',
  protocol: tcp,
  ...where,
});
const rows = (section: string, rules: readonly string[], where?: Where): readonly Row[] =>
  rules.map((rule) => row(section, rule, where));

/** A value of the type, as rules write it. */
const values: { readonly [K in TypeName]?: string } = {
  ipv4_addr: '10.180.0.5',
  ipv6_addr: '2001:db8::1',
  ether_addr: '02:00:00:00:00:01',
  ether_type: 'ip',
  ifname: '"eth0"',
  iface_index: '"lo"',
  iface_type: 'ether',
  mark: '0x00000001',
  time: '10s',
  date: '"2026-11-29 10:00:00"',
  hour: '"17:00"',
  day: '"Monday"',
  devgroup: '"default"',
  realm: '5',
  classid: '1:2',
  uid: '1000',
  gid: '1000',
  boolean: 'exists',
  ct_label: '5',
  string: '"ftp"',
  cgroupsv2: '"user.slice"',
};
const valueOfType = (type: TypeName): string => values[type] ?? typeOf(type).symbols?.[0]?.[0] ?? '1';

const protocols: Readonly<Record<string, number>> = {
  udp: 17,
  udplite: 136,
  icmp: 1,
  icmpv6: 58,
  igmp: 2,
  sctp: 132,
  dccp: 33,
  ah: 51,
  esp: 50,
  comp: 108,
};

const keyed = (
  section: string,
  keys: Readonly<Record<string, readonly [TypeName, number?]>>,
  spell: (key: string) => string,
  where: (key: string) => Where = () => ({}),
): readonly Row[] =>
  Object.entries(keys).map(([key, [type]]) => row(section, `${spell(key)} ${valueOfType(type)}`, where(key)));

const ofBridge: ReadonlySet<string> = new Set(['ibrname', 'obrname', 'ibrpvid', 'ibrvproto']);
const ofSender: ReadonlySet<string> = new Set(['skuid', 'skgid', 'cgroup']);

const meta = keyed(
  'META EXPRESSIONS',
  metaKeys,
  (key) => `meta ${key}`,
  (key) =>
    ofBridge.has(key)
      ? { family: 'bridge' }
      : ofSender.has(key)
        ? { hook: 'output' }
        : key === 'sdif' || key === 'sdifname'
          ? { hook: 'input' }
          : {},
);

const directed: ReadonlySet<string> = new Set(['saddr', 'daddr', 'proto-src', 'proto-dst']);
const connection = keyed('CONNTRACK EXPRESSIONS', ctKeys, (key) =>
  key === 'saddr' || key === 'daddr'
    ? `ct original ip ${key}`
    : directed.has(key)
      ? `meta l4proto tcp ct original ${key}`
      : `ct ${key}`,
).filter(({ rule }) => !rule.startsWith('ct event'));

const payload = Object.entries(headers).flatMap(([header, { fields }]) =>
  Object.entries(fields).map(([field, [type]]) =>
    row(
      `${header.toUpperCase()} HEADER EXPRESSION`,
      `${header === 'th' ? 'meta l4proto { tcp, udp } ' : ''}${header} ${field} ${valueOfType(type)}`,
      {
        protocol: protocols[header] ?? tcp,
        ...(header === 'arp' && { family: 'arp', hook: 'input' }),
      },
    ),
  ),
);

const options = [
  ...Object.entries(extensionHeaders).flatMap(([header, { fields }]) => [
    ...Object.entries(fields).map(([field, [type]]) => `${header} ${field} ${valueOfType(type)}`),
  ]),
  ...['hbh', 'rt', 'frag', 'dst', 'mh'].map((header) => `exthdr ${header} exists`),
  ...Object.entries(tcpOptions).flatMap(([option, { fields }]) => [
    `tcp option ${option} exists`,
    ...Object.entries(fields).map(([field, [type]]) => `tcp option ${option} ${field} ${valueOfType(type)}`),
  ]),
  ...Object.entries(ipOptions).flatMap(([option, fields]) => [
    `ip option ${option} exists`,
    ...Object.entries(fields).map(([field, [type]]) => `ip option ${option} ${field} ${valueOfType(type)}`),
  ]),
  ...Object.entries(sctpChunks).flatMap(([chunk, fields]) => [
    `sctp chunk ${chunk} exists`,
    ...Object.entries(fields).map(([field, [type]]) => `sctp chunk ${chunk} ${field} ${valueOfType(type)}`),
  ]),
].map((rule) => row('EXTENSION HEADER EXPRESSIONS', rule, { protocol: rule.startsWith('sctp') ? 132 : tcp }));

const prerouting: Where = { hook: 'prerouting' };
const dstnat: Where = { type: 'nat', hook: 'prerouting' };
const srcnat: Where = { type: 'nat', hook: 'postrouting' };

export const manual: readonly Row[] = [
  ...meta,
  ...keyed(
    'SOCKET EXPRESSION',
    socketKeys,
    (key) => (key === 'cgroupv2' ? 'socket cgroupv2 level 1' : `socket ${key}`),
    () => ({ hook: 'input' }),
  ),
  ...rows('OSF EXPRESSION', ['osf name "Linux"', 'osf ttl skip version "Linux:3.0"'], prerouting),
  ...rows(
    'FIB EXPRESSIONS',
    [
      'fib daddr type local',
      'fib saddr . iif oif missing',
      'fib saddr . iif oifname "eth0"',
      'fib daddr . iif type local',
    ],
    prerouting,
  ),
  ...keyed('ROUTING EXPRESSIONS', rtKeys, (key) => (key === 'nexthop' ? 'rt ip nexthop' : `rt ${key}`)),
  ...keyed('IPSEC EXPRESSIONS', ipsecKeys, (key) =>
    key === 'saddr' || key === 'daddr' ? `ipsec in ip ${key}` : `ipsec in ${key}`,
  ),
  ...rows('NUMGEN EXPRESSION', ['numgen random mod 2 0', 'numgen inc mod 2 vmap { 0 : accept, 1 : drop }']),
  ...rows('HASH EXPRESSIONS', [
    'jhash ip saddr . tcp dport mod 2 seed 0xdeadbeef 0',
    'jhash ip saddr mod 2 vmap { 0 : accept, 1 : drop }',
    'symhash mod 2 0',
    'symhash mod 2 vmap { 0 : accept, 1 : drop }',
  ]),
  ...payload,
  ...rows('RAW PAYLOAD EXPRESSION', [
    '@th,16,16 80',
    '@nh,72,8 6',
    '@ll,0,48 1',
    '@ih,0,8 1',
    '@nh,96,32 & 0xff 5',
  ]),
  ...options,
  ...connection,
  ...rows('VERDICT STATEMENT', ['accept', 'drop', 'continue', 'return', 'jump side', 'goto side']),
  ...rows('PAYLOAD STATEMENT', [
    'tcp dport set 8080',
    'ip dscp set cs1',
    'ip ttl set 5',
    'ip daddr set 10.180.0.6',
    'ether daddr set 02:00:00:00:00:02',
  ]),
  ...rows('EXTENSION HEADER STATEMENT', [
    'tcp option maxseg size set 1360',
    'tcp option maxseg size set rt mtu',
    'reset tcp option sack-perm',
  ]),
  ...rows('LOG STATEMENT', ['log', 'log prefix "x: " level info flags all', 'log group 2 snaplen 64']),
  ...rows('REJECT STATEMENT', [
    'reject',
    'reject with icmpx admin-prohibited',
    'reject with icmp host-unreachable',
    'reject with tcp reset',
  ]),
  ...rows('COUNTER STATEMENT', ['counter', 'counter name "cnt"']),
  ...rows('CONNTRACK STATEMENT', [
    'ct mark set 0x1',
    'ct event set new,destroy',
    'ct label set 5',
    'ct count over 5 drop',
    'ct timeout set "tmo"',
  ]),
  ...rows('CONNTRACK STATEMENT', ['ct zone set 5'], prerouting),
  ...rows('NOTRACK STATEMENT', ['notrack'], prerouting),
  ...rows('META STATEMENT', [
    'meta mark set 0x1',
    'meta mark set ct mark',
    'meta priority set 1:2',
    'meta nftrace set 1',
  ]),
  ...rows('META STATEMENT', ['meta pkttype set host'], prerouting),
  ...rows('LIMIT STATEMENT', [
    'limit rate 400/minute drop',
    'limit rate over 1023 bytes/second burst 512 bytes drop',
    'limit name "lim" drop',
  ]),
  ...rows(
    'NAT STATEMENTS',
    [
      'meta l4proto tcp dnat ip to 10.180.0.6:8080',
      'dnat ip to ip saddr map { 203.0.113.9 : 10.180.0.6 }',
      'redirect',
      'meta l4proto tcp redirect to :8080',
      'dnat ip prefix to ip daddr map { 192.168.0.0/24 : 10.180.0.0/24 }',
    ],
    dstnat,
  ),
  ...rows(
    'NAT STATEMENTS',
    [
      'masquerade',
      'masquerade fully-random',
      'snat ip to 192.168.0.2',
      'snat ip to 192.168.0.2-192.168.0.3 persistent',
    ],
    srcnat,
  ),
  ...rows(
    'TPROXY STATEMENT',
    ['meta l4proto tcp tproxy to :8080', 'meta l4proto tcp tproxy ip to 127.0.0.1:8080'],
    prerouting,
  ),
  ...rows('SYNPROXY STATEMENT', ['synproxy mss 1460 wscale 7 timestamp sack-perm', 'synproxy name "syn"']),
  ...rows('FLOW STATEMENT', ['flow add @ft']),
  ...rows('QUEUE STATEMENT', ['queue to 3', 'queue flags bypass,fanout to 0-3']),
  ...rows('DUP STATEMENT', ['dup to 10.0.0.9', 'dup to 10.0.0.9 device "lo"'], { family: 'ip' }),
  ...rows('FWD STATEMENT', ['fwd to "lo"'], { family: 'netdev', hook: 'ingress' }),
  ...rows('SET STATEMENT', [
    'add @dyn { ip saddr }',
    'update @dyn { ip saddr timeout 1m }',
    'add @dyn { ip saddr limit rate over 3/minute }',
    'delete @dyn { ip saddr }',
    'meter m { ip saddr limit rate 10/second } drop',
  ]),
  ...rows('MAP STATEMENT', [
    'meta mark set tcp dport map { 80 : 0x1, 443 : 0x2 }',
    'meta mark set ip daddr map @marks',
  ]),
  ...rows('VMAP STATEMENT', [
    'tcp dport vmap { 80 : accept, 1-79 : drop }',
    'ip daddr . tcp dport vmap { 10.180.0.5 . 80 : drop, * : accept }',
    'ip daddr vmap @verdicts',
  ]),
  ...rows('SETS', [
    'ip saddr @addresses drop',
    'ip daddr @nets drop',
    'ip saddr { 203.0.113.0/24, 10.0.0.1-10.0.0.9 } drop',
    'ip daddr . tcp dport { 10.180.0.5 . 80-90 } drop',
    'ct state vmap { established : accept, invalid : drop }',
  ]),
  ...rows('STATEFUL OBJECTS', [
    'quota over 10 mbytes drop',
    'quota name "quo" drop',
    'counter name tcp dport map { 80 : "cnt" }',
  ]),
];

/** The ruleset in which the rule stands. */
export function rulesetOf({ family, type, hook, rule }: Row): string {
  const isRouted = family === 'inet' || family === 'ip';
  const device = family === 'netdev' ? ' device "lo"' : '';
  const priority = type === 'nat' ? (hook === 'prerouting' ? -100 : 100) : 0;
  const uses = (name: string) => rule.includes(name);
  const parts = [
    uses('"cnt"') ? '\tcounter cnt {\n\t}\n' : '',
    uses('"quo"') ? '\tquota quo {\n\t\tover 10 mbytes\n\t}\n' : '',
    uses('"lim"') ? '\tlimit lim {\n\t\trate 10/second\n\t}\n' : '',
    uses('"tmo"') ? '\tct timeout tmo {\n\t\tprotocol tcp\n\t\tpolicy = { established : 100 }\n\t}\n' : '',
    uses('"syn"') ? '\tsynproxy syn {\n\t\tmss 1460\n\t\twscale 7\n\t}\n' : '',
    uses('@dyn') ? '\tset dyn {\n\t\ttype ipv4_addr\n\t\tsize 100\n\t\tflags dynamic,timeout\n\t}\n' : '',
    uses('@addresses') ? '\tset addresses {\n\t\ttype ipv4_addr\n\t\telements = { 203.0.113.9 }\n\t}\n' : '',
    uses('@nets')
      ? '\tset nets {\n\t\ttype ipv4_addr\n\t\tflags interval\n\t\telements = { 10.180.0.0/16 }\n\t}\n'
      : '',
    uses('@marks')
      ? '\tmap marks {\n\t\ttype ipv4_addr : mark\n\t\telements = { 10.180.0.5 : 0x1 }\n\t}\n'
      : '',
    uses('@verdicts')
      ? '\tmap verdicts {\n\t\ttype ipv4_addr : verdict\n\t\telements = { 10.180.0.5 : drop }\n\t}\n'
      : '',
    uses('@ft') && isRouted
      ? '\tflowtable ft {\n\t\thook ingress priority 0\n\t\tdevices = { lo }\n\t}\n'
      : '',
    uses(' side') ? '\tchain side {\n\t}\n' : '',
  ];
  return `table ${family} t {\n${parts.join('')}\tchain c {\n\t\ttype ${type} hook ${hook}${device} priority ${priority}; policy accept;\n\t\t${rule}\n\t}\n}\n`;
}
