import type { TypeName } from './types.ts';

/** What is known of a packet beside its bytes: the type and its bits where they are not those of the type. */
export type Key = readonly [type: TypeName, bits?: number];

export const metaKeys: Readonly<Record<string, Key>> = {
  length: ['integer', 32],
  protocol: ['ether_type'],
  nfproto: ['nf_proto'],
  l4proto: ['inet_proto'],
  priority: ['classid'],
  mark: ['mark'],
  iif: ['iface_index'],
  iifname: ['ifname'],
  iiftype: ['iface_type'],
  oif: ['iface_index'],
  oifname: ['ifname'],
  oiftype: ['iface_type'],
  skuid: ['uid'],
  skgid: ['gid'],
  nftrace: ['integer', 1],
  rtclassid: ['realm'],
  ibrname: ['ifname'],
  obrname: ['ifname'],
  pkttype: ['pkt_type'],
  cpu: ['integer', 32],
  iifgroup: ['devgroup'],
  oifgroup: ['devgroup'],
  cgroup: ['integer', 32],
  random: ['integer', 32],
  ipsec: ['boolean'],
  iifkind: ['ifname'],
  oifkind: ['ifname'],
  ibrpvid: ['integer', 16],
  ibrvproto: ['ether_type'],
  time: ['date'],
  day: ['day'],
  hour: ['hour'],
  secmark: ['integer', 32],
  sdif: ['iface_index'],
  sdifname: ['ifname'],
};

/** These are printed without the word `meta`. */
export const bareMetaKeys: ReadonlySet<string> = new Set([
  'iif',
  'oif',
  'iifname',
  'oifname',
  'iifgroup',
  'oifgroup',
]);

/** Older names, which are still read. */
export const metaAliases: Readonly<Record<string, string>> = {
  ibriport: 'ibrname',
  ibridgename: 'ibrname',
  obriport: 'obrname',
  obridgename: 'obrname',
  secpath: 'ipsec',
};

/** The addresses' types are those of the family. */
export const ctKeys: Readonly<Record<string, Key>> = {
  state: ['ct_state'],
  direction: ['ct_dir'],
  status: ['ct_status'],
  mark: ['mark'],
  expiration: ['time'],
  helper: ['string', 128],
  l3proto: ['nf_proto'],
  saddr: ['ipv4_addr'],
  daddr: ['ipv4_addr'],
  protocol: ['inet_proto'],
  'proto-src': ['inet_service'],
  'proto-dst': ['inet_service'],
  label: ['ct_label'],
  bytes: ['integer', 64],
  packets: ['integer', 64],
  avgpkt: ['integer', 64],
  zone: ['integer', 16],
  event: ['ct_event'],
  secmark: ['integer', 32],
  id: ['integer', 32],
};

export const rtKeys: Readonly<Record<string, Key>> = {
  classid: ['realm'],
  nexthop: ['ipv4_addr'],
  mtu: ['integer', 16],
  ipsec: ['boolean'],
};

export const socketKeys: Readonly<Record<string, Key>> = {
  transparent: ['integer', 1],
  mark: ['mark'],
  wildcard: ['integer', 1],
  cgroupv2: ['cgroupsv2'],
};

export const ipsecKeys: Readonly<Record<string, Key>> = {
  daddr: ['ipv4_addr'],
  saddr: ['ipv4_addr'],
  reqid: ['integer', 32],
  spi: ['integer', 32],
};
