import type { Expression, Payload } from '../expression.ts';
import { headers } from '../headers.ts';
import type { NftFamily } from '../model.ts';

/** Where a header lies. */
export type Layer = 'll' | 'nh' | 'th';

/**
 * A protocol by the name of its header. `inet` and `netdev` stand for what tables of several families see first, `inet-service` for
 * any network that has ports; `unknown` is one of which nft knows no fields.
 */
export type Protocol = string;

type Above = ReadonlyMap<number, Protocol>;

const overLink: Above = new Map([
  [0x0800, 'ip'],
  [0x0806, 'arp'],
  [0x86dd, 'ip6'],
  [0x8100, 'vlan'],
  [0x88a8, 'vlan'],
]);
const afterHeader: readonly (readonly [number, Protocol])[] = [
  [50, 'esp'],
  [51, 'ah'],
  [108, 'comp'],
  [17, 'udp'],
  [136, 'udplite'],
  [6, 'tcp'],
  [33, 'dccp'],
  [132, 'sctp'],
];
const overNetwork: Above = new Map([...afterHeader, [1, 'icmp'], [2, 'igmp'], [58, 'icmpv6']]);

const above: Readonly<Record<Protocol, Above>> = {
  ether: overLink,
  vlan: overLink,
  netdev: overLink,
  inet: new Map([
    [2, 'ip'],
    [10, 'ip6'],
  ]),
  ip: overNetwork,
  ip6: overNetwork,
  'inet-service': overNetwork,
  ah: new Map(afterHeader),
  comp: new Map(afterHeader),
};

/** The protocol that a number in the lower one's header stands for. */
export function protocolAbove(lower: Protocol, number: number): Protocol | undefined {
  return above[lower]?.get(number);
}

/** The number that says in the lower protocol's header that the upper one follows. */
export function numberOf(lower: Protocol, upper: Protocol): number | undefined {
  for (const [number, name] of above[lower] ?? []) if (name === upper) return number;
  return undefined;
}

export function layerOf(protocol: Protocol): Layer {
  if (protocol === 'inet' || protocol === 'netdev') return 'll';
  return (headers[protocol]?.base ?? 'th') as Layer;
}

/** Bits of the headers that may stand before others of their layer. */
const lengths: Readonly<Record<Protocol, number>> = { ether: 112, vlan: 32 };
export const lengthOf = (protocol: Protocol): number => lengths[protocol] ?? 0;

/** Fields that tell which header follows, or of ICMP which fields. */
const keys: ReadonlySet<string> = new Set([
  'ether type',
  'vlan type',
  'ip protocol',
  'ip6 nexthdr',
  'ah nexthdr',
  'comp nexthdr',
  'icmp type',
  'icmpv6 type',
]);
export const tellsProtocol = ({ header, field }: Payload): boolean => keys.has(`${header} ${field}`);

const first: Readonly<Record<NftFamily, readonly [Layer, Protocol]>> = {
  ip: ['nh', 'ip'],
  ip6: ['nh', 'ip6'],
  arp: ['nh', 'arp'],
  inet: ['ll', 'inet'],
  netdev: ['ll', 'netdev'],
  bridge: ['ll', 'ether'],
};

/** Of which type of ICMP a message must be that has the field. Echo requests stand for replies, too. */
const icmpTypes: Readonly<Record<string, number>> = {
  'icmp id': 8,
  'icmp sequence': 8,
  'icmp gateway': 5,
  'icmp mtu': 3,
  'icmpv6 parameter-problem': 4,
  'icmpv6 mtu': 2,
  'icmpv6 id': 128,
  'icmpv6 sequence': 128,
  'icmpv6 max-delay': 130,
};
export const icmpTypeOf = ({ header, field }: Payload): number | undefined => icmpTypes[`${header} ${field}`];

/** The layer at which the chains of a family see packets. */
export const firstLayer = (family: NftFamily): Layer => first[family][0];

/** What a rule has asked so far of the protocols of a packet. */
export class ProtocolContext {
  readonly family: NftFamily;
  readonly at: Record<Layer, Protocol | null> = { ll: null, nh: null, th: null };
  /** Transport protocols that were asked for, several where a set was. */
  readonly transports = new Set<Protocol>();
  /** Headers of the link layer before the one that is there now. */
  readonly stacked: Protocol[] = [];
  /** 0: not known; echo replies count as requests. */
  icmpType = 0;

  constructor(family: NftFamily) {
    this.family = family;
    const [layer, protocol] = first[family];
    this.at[layer] = protocol;
  }

  /** Bits of the link layer before its last header. */
  get stackedBits(): number {
    return this.stacked.reduce((sum, protocol) => sum + lengthOf(protocol), 0);
  }

  /** After a question whether the field has this value. `isRaw`: by its place, and not by its name. */
  learn(field: Expression, value: number, isRaw = false): void {
    if (field.kind === 'payload') this.learnFromHeader(field, value, isRaw);
    else if (field.kind === 'meta') this.learnFromMeta(field.key, value);
    else if (field.kind === 'ct' && field.key === 'l3proto') this.learnAbove('ll', value);
    else if (field.kind === 'ct' && field.key === 'protocol') this.learnAbove('nh', value);
  }

  private learnFromHeader(field: Payload, value: number, isRaw: boolean): void {
    if (!tellsProtocol(field)) return;
    const layer = layerOf(field.header);
    const lower = this.at[layer];
    if (lower === null) return;
    const upper = protocolAbove(lower, value);
    if (upper === undefined) this.learnIcmpType(lower, value);
    else {
      if (layer === 'll' && layerOf(upper) === 'll' && !isRaw) this.stacked.push(lower);
      this.set(upper);
    }
  }

  private learnIcmpType(protocol: Protocol, value: number): void {
    if (protocol === 'icmp') this.icmpType = value === 0 ? 8 : value;
    else if (protocol === 'icmpv6') this.icmpType = value === 129 ? 128 : value;
  }

  private learnFromMeta(key: string, value: number): void {
    const [layer, protocol] = first[this.family];
    if (key === 'l4proto') this.set(protocolAbove('inet-service', value) ?? 'unknown', 'th');
    else if (key === 'nfproto') this.set(this.networkOf(protocol, value), 'nh');
    else if (key === 'protocol' && (protocol === 'netdev' || protocol === 'ether'))
      this.set(protocolAbove(protocol, value) ?? 'unknown', 'nh');
    else if (key === 'iiftype' && (layer === 'nh' || protocol !== 'ether'))
      this.set(value === 1 ? 'ether' : 'unknown', 'll');
  }

  private networkOf(protocol: Protocol, value: number): Protocol {
    const isOwn = (protocol === 'ip' && value === 2) || (protocol === 'ip6' && value === 10);
    return isOwn ? protocol : (protocolAbove(protocol, value) ?? 'unknown');
  }

  private learnAbove(layer: Layer, value: number): void {
    const lower = this.at[layer];
    const upper = lower === null ? undefined : protocolAbove(lower, value);
    if (upper !== undefined) this.set(upper);
  }

  private set(protocol: Protocol, layer: Layer = layerOf(protocol)): void {
    this.at[layer] = protocol;
    if (layer === 'th') this.transports.add(protocol);
  }
}
