import { type Address, addressBits, familyOf, formatAddress, formatEndpoint } from '../../address/address.ts';
import { contains, prefixMask, type Subnet } from '../../address/subnet.ts';
import type { IrProgram } from '../../engine/ir.ts';
import { chainKey, type ProgramChain, type ProgramRule } from '../../engine/program.ts';
import type { Host } from '../../host/model.ts';
import { isLinkLocal, isLoopback, isMulticast } from '../../host/route.ts';
import type { Match, MatchKind, TransportMatch } from '../../iptables/rule/match.ts';
import type { DnatTarget, Target, TargetKind } from '../../iptables/rule/target.ts';
import { dataKey } from '../../text/data-key.ts';
import { keptBy } from '../../text/kept.ts';
import type { Client } from './clients.ts';
import type { Front } from './front.ts';
import type { ProxyRules } from './proxy.ts';
import { type UsualChains, type UsualService, usualChains } from './usual.ts';

/**
 * Which fronts differ in nothing but names: addresses, ports and chains, such that every rule that may be met asks the same of the one as of the
 * other. Where nothing is wrong with one of them, nothing is wrong with the others. A rule that names one of a front's addresses, or is
 * in one of its chains, is a part of the front's shape; all other rules see no more of an address or a port than in which of the sets
 * that they ask for it is, and so do the node's routes.
 */
export class Alike {
  private readonly rules: OwnRules | null;
  private readonly network: Network;
  private readonly proxy: ProxyRules;
  private readonly usual: UsualChains;

  /** `clients`: addresses of all who will ask. */
  constructor(program: IrProgram, host: Host, proxy: ProxyRules, clients: readonly Client[]) {
    this.proxy = proxy;
    this.usual = usualChains(program.chains);
    const known = [...clients.map(({ source }) => source), ...addressesOf(host)];
    this.rules = sortRules(program, known, this.usual);
    this.network = new Network(host, this.rules, known);
  }

  /** Equal of fronts that are alike; null: nobody can tell. */
  shapeOf(front: Front): string | null {
    if (this.rules === null || front.sources !== null) return null;
    return new Shape(front, this.rules, this.network, this.proxy, this.usual).text();
  }
}

/** The chains of one service or endpoint, which nothing but its own rules lead to. */
const ownChain = /^KUBE-(?:SVC|SVL|EXT|FW|SEP|XLB)-[A-Z2-7]{16}$/;

/** More sets than a node has that is not full of policies: then each front is followed. */
const mostSets = 256;

/** What is asked of an address or a port. */
interface Asked {
  readonly addresses: readonly ((address: Address) => boolean)[];
  readonly ports: readonly ((port: number) => boolean)[];
}

interface OwnRules extends Asked {
  /** By the address, or the node port, that they name: with their place among all rules of their chain that name none. */
  readonly naming: Naming;
  /** To which rules that name none give packets. */
  readonly given: readonly Address[];
}

interface Naming {
  readonly addresses: ReadonlyMap<Address, readonly NamingRule[]>;
  readonly ports: ReadonlyMap<number, readonly NamingRule[]>;
}

interface NamingRule {
  readonly rule: ProgramRule;
  readonly at: string;
  readonly ordinal: number;
}

/** Rules by what they name; null: there is something of which it is not known what it asks. */
function sortRules(
  { virtualServers }: IrProgram,
  known: readonly Address[],
  usual: UsualChains,
): OwnRules | null {
  if (virtualServers) return null;
  const fixed = new Set(known);
  const naming = { addresses: new Map<Address, NamingRule[]>(), ports: new Map<number, NamingRule[]>() };
  const asked = new Sets();
  const given: Address[] = [];
  let ordinal = 0;
  for (const { address } of usual.endpoints) if (fixed.has(address)) asked.lone(address);
  for (const { matches } of usual.services.flatMap(({ marking }) => marking))
    for (const match of matches) asked.ofRanges(match, fixed);
  for (const chain of usual.others) {
    if (chain.language !== 'iptables') return null;
    const isOwn = chain.table === 'nat' && ownChain.test(chain.name);
    let before = 0;
    for (const place of chain.rules) {
      const { matches, target } = place.rule;
      if (!matches.every(isUnderstood) || (target !== null && !isCarriedOut(target))) return null;
      for (const match of matches) asked.ofRanges(match, fixed);
      if (isOwn) continue;
      const name = nameIn(place, fixed);
      ordinal += 1;
      if (name !== null) {
        const one = { rule: place, at: `${chain.table}/${chain.name}/${before}`, ordinal };
        if ('address' in name) addTo(naming.addresses, name.address, one);
        else addTo(naming.ports, name.port, one);
        continue;
      }
      // It gives what may come from anywhere to the chains of one service.
      if (place.jump !== null && ownChain.test(place.jump.name)) return null;
      before += 1;
      for (const match of matches) asked.ofPorts(match);
      if ((target?.kind === 'dnat' || target?.kind === 'snat') && target.addresses)
        given.push(target.addresses.first, target.addresses.last);
      if (target !== null && 'ports' in target && target.ports) asked.port(target.ports.first);
    }
    if (asked.size > mostSets) return null;
  }
  // What is given to one of these addresses has ports of which nobody knows what rules ask.
  if (given.some((one) => naming.addresses.has(one))) return null;
  return { naming, given, addresses: asked.addresses, ports: asked.ports };
}

/** The address that a rule asks for, or the port of the node by which it leads to a service. */
function nameIn(
  { rule: { matches, target } }: ProgramRule,
  fixed: ReadonlySet<Address>,
): { readonly address: Address } | { readonly port: number } | null {
  const named = matches.map(namedBy).find((one) => one !== null && !fixed.has(one));
  if (named != null) return { address: named };
  if (target?.kind !== 'jump' || !ownChain.test(target.chain)) return null;
  const port = matches.map(portNamedBy).find((one) => one !== null);
  return port == null ? null : { port };
}

function addTo<K>(map: Map<K, NamingRule[]>, key: K, one: NamingRule): void {
  const others = map.get(key);
  if (others) others.push(one);
  else map.set(key, [one]);
}

function namedBy(match: Match): Address | null {
  if ((match.kind !== 'source' && match.kind !== 'destination') || match.negated) return null;
  return loneIn(match.subnet);
}

function loneIn({ address, mask }: Subnet): Address | null {
  const family = familyOf(address);
  return mask === prefixMask(family, addressBits[family]) ? address : null;
}

function portNamedBy(match: Match): number | null {
  if (!isTransport(match) || !match.destinationPort || match.destinationPort.negated) return null;
  const { first, last } = match.destinationPort.value;
  return first === last ? first : null;
}

/** The sets of addresses and ports that rules ask for, each once. */
class Sets implements Asked {
  readonly addresses: ((address: Address) => boolean)[] = [];
  readonly ports: ((port: number) => boolean)[] = [];
  private readonly known = new Set<string>();

  get size(): number {
    return this.known.size;
  }

  /** But for lone addresses, which rules name. */
  ofRanges(match: Match, fixed: ReadonlySet<Address>): void {
    if (match.kind === 'source' || match.kind === 'destination') {
      const named = namedBy(match);
      if (named === null || fixed.has(named)) this.subnet(match.subnet);
    } else if (match.kind === 'iprange') {
      for (const asked of [match.source, match.destination]) {
        if (!asked) continue;
        const { first, last } = asked.value;
        this.add(this.addresses, `r${first}-${last}`, (one) => one >= first && one <= last);
      }
    } else if (match.kind === 'conntrack') {
      for (const asked of [
        match.originalSource,
        match.originalDestination,
        match.replySource,
        match.replyDestination,
      ])
        if (asked) this.subnet(asked.value);
      for (const asked of [
        match.originalSourcePort,
        match.originalDestinationPort,
        match.replySourcePort,
        match.replyDestinationPort,
      ])
        if (asked) this.range(asked.value);
    } else if (match.kind === 'multiport') {
      for (const one of match.ports) this.range(one);
    } else if (isTransport(match))
      for (const asked of [match.sourcePort, match.destinationPort])
        if (asked && asked.value.first !== asked.value.last) this.range(asked.value);
  }

  /** Lone ports as well. */
  ofPorts(match: Match): void {
    if (!isTransport(match)) return;
    for (const asked of [match.sourcePort, match.destinationPort]) if (asked) this.range(asked.value);
  }

  lone(address: Address): void {
    const family = familyOf(address);
    this.subnet({ address, mask: prefixMask(family, addressBits[family]) });
  }

  port(port: number): void {
    this.range({ first: port, last: port });
  }

  private range({ first, last }: { readonly first: number; readonly last: number }): void {
    this.add(this.ports, `p${first}-${last}`, (one) => one >= first && one <= last);
  }

  private subnet(subnet: Subnet): void {
    this.add(this.addresses, `s${subnet.address}/${subnet.mask}`, (one) => contains(subnet, one));
  }

  private add<T>(list: ((one: T) => boolean)[], key: string, has: (one: T) => boolean): void {
    if (this.known.has(key)) return;
    this.known.add(key);
    list.push(has);
  }
}

/** What is known of addresses and ports but which they are. */
class Network {
  private readonly addresses: OwnRules['addresses'];
  private readonly ports: OwnRules['ports'];
  private readonly fixed: ReadonlyMap<Address, number>;
  private readonly seen = new Map<Address, string>();

  constructor(host: Host, rules: OwnRules | null, known: readonly Address[]) {
    const sets = new Sets();
    for (const prefix of prefixesOf(host))
      sets.ofRanges({ kind: 'source', negated: true, subnet: prefix }, new Set());
    this.addresses = [
      ...(rules?.addresses ?? []),
      ...sets.addresses,
      isLoopback,
      isMulticast,
      isLinkLocal,
      (one) => (typeof one === 'number' ? one >>> 24 === 0 || one >>> 28 === 15 : one === 0n),
    ];
    const ranges = host.rules.flatMap(({ sourcePorts, destinationPorts }) => [sourcePorts, destinationPorts]);
    this.ports = [
      ...(rules?.ports ?? []),
      ...ranges.flatMap((range) => (range ? [(one: number) => one >= range[0] && one <= range[1]] : [])),
      (one) => one === clientPort,
    ];
    this.fixed = new Map([...known, ...(rules?.given ?? [])].map((one, at) => [one, at]));
  }

  isFixed(address: Address): boolean {
    return this.fixed.has(address);
  }

  address(address: Address): string {
    const known = this.seen.get(address);
    if (known !== undefined) return known;
    const said = `${this.fixed.get(address) ?? ''}:${bitsOf(this.addresses, address)}`;
    this.seen.set(address, said);
    return said;
  }

  port(port: number): string {
    return bitsOf(this.ports, port);
  }
}

const bitsInWord = 30;

/** In which of the sets it is, as words of bits: there are many addresses. */
function bitsOf<T>(sets: readonly ((one: T) => boolean)[], one: T): string {
  let said = '';
  let word = 0;
  for (let at = 0; at < sets.length; at += 1) {
    if (at % bitsInWord === 0 && at > 0) {
      said += `${word} `;
      word = 0;
    }
    word = word * 2 + (sets[at]?.(one) ? 1 : 0);
  }
  return said + word;
}

/** Of all clients that are made up. */
const clientPort = 40000;

function prefixesOf({ interfaces, routes, rules, podPrefix }: Host): Subnet[] {
  return [
    ...(podPrefix ? [podPrefix] : []),
    ...interfaces.flatMap(({ addresses }) => addresses.map(({ prefix }) => prefix)),
    ...routes.flatMap(({ prefix, from }) => (from ? [prefix, from] : [prefix])),
    ...rules.flatMap(({ from, to }) => [from, to].filter((one) => one !== undefined)),
  ];
}

/** Addresses that the node has, or goes by; the first and the last one of each prefix are special. */
function addressesOf(host: Host): Address[] {
  return [
    ...host.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
    ...host.routes.flatMap(({ gateway, source, hops = [] }) =>
      [gateway, source, ...hops.map((hop) => hop.gateway)].flatMap((one) => one ?? []),
    ),
    ...prefixesOf(host).flatMap(({ address, mask }): readonly Address[] =>
      typeof address === 'number' ? [address, (address | ~(mask as number)) >>> 0] : [address],
    ),
  ];
}

/** A front with the rules that are its own, in which what has a name is numbered in the order in which it is met. */
class Shape {
  private readonly addresses = new Map<Address, number>();
  private readonly ports = new Map<number, number>();
  private readonly chains = new Map<string, number>();
  private readonly lists = new Map<string, number>();
  /** Rules that name what was met. */
  private readonly waiting: (readonly NamingRule[])[] = [];
  private isVague = false;
  private readonly parts: string[] = [];
  private readonly front: Front;
  private readonly rules: OwnRules;
  private readonly network: Network;
  private readonly proxy: ProxyRules;
  private readonly usual: UsualChains;

  constructor(front: Front, rules: OwnRules, network: Network, proxy: ProxyRules, usual: UsualChains) {
    this.usual = usual;
    this.front = front;
    this.rules = rules;
    this.network = network;
    this.proxy = proxy;
  }

  /** Null: a rule of its own gives packets to what has no number. */
  text(): string | null {
    const { kind, protocol, address, port, keepsSource } = this.front;
    const at = address === null ? '' : this.address(address);
    this.parts.push(`${kind} ${protocol} ${keepsSource} ${at} ${this.port(port)}`);
    const met = new Map<NamingRule, number>();
    for (let named = this.waiting.pop(); named; named = this.waiting.pop()) {
      for (const one of named) {
        if (met.has(one)) continue;
        met.set(one, met.size);
        this.parts.push(`${one.at} ${this.rule(one.rule)}`);
      }
    }
    if (this.isVague) return null;
    // In which order they stand: each may keep packets from the next.
    const order = [...met].sort(([one], [other]) => one.ordinal - other.ordinal).map(([, at]) => at);
    return `${this.parts.join('\n')}\n${order.join(' ')}`;
  }

  private address(address: Address): string {
    if (this.network.isFixed(address)) return formatAddress(address);
    const known = this.addresses.get(address);
    if (known !== undefined) return `a${known}`;
    const number = this.addresses.size;
    this.addresses.set(address, number);
    const named = this.rules.naming.addresses.get(address);
    if (named) this.waiting.push(named);
    return `a${number}=${this.network.address(address)}`;
  }

  private port(port: number): string {
    const known = this.ports.get(port);
    if (known !== undefined) return `p${known}`;
    const number = this.ports.size;
    this.ports.set(port, number);
    const named = this.rules.naming.ports.get(port);
    if (named) this.waiting.push(named);
    return `p${number}=${this.network.port(port)}`;
  }

  private rule(place: ProgramRule): string {
    const { matches, target } = place.rule;
    return `${this.matches(matches)} ${this.target(target, place)}`;
  }

  private matches(matches: readonly Match[]): string {
    return matches.map((match) => this.match(match)).join(' ');
  }

  private match(match: Match): string {
    if (match.kind === 'comment') return meantBy(match.text);
    if (match.kind === 'protocol') return `${match.negated ? '!' : ''}${match.protocol}`;
    const named = namedBy(match);
    if (named !== null) return `${match.kind} ${this.address(named)}`;
    if (match.kind === 'recent') return dataKey({ ...match, name: this.list(match.name) });
    if (!isTransport(match)) return said(match);
    return `${this.asked(match.sourcePort)}>${this.asked(match.destinationPort)} ${besidePorts(match)}`;
  }

  private asked(ports: TransportMatch['sourcePort']): string {
    if (!ports) return '';
    const { negated, value } = ports;
    return value.first === value.last ? `${negated}${this.port(value.first)}` : dataKey(ports);
  }

  private target(target: Target | null, place: ProgramRule): string {
    if (target?.kind === 'jump') {
      const { jump } = place;
      return jump && ownChain.test(jump.name) ? `${target.returns} ${this.chain(jump)}` : said(target);
    }
    if (target?.kind !== 'dnat') {
      this.isVague ||= target !== null && translates.has(target.kind);
      return target === null ? '' : said(target);
    }
    const { addresses, ports } = target;
    if (!addresses || !ports || addresses.first !== addresses.last || ports.first !== ports.last) {
      this.isVague = true;
      return '';
    }
    const to = `${this.address(addresses.first)} ${this.port(ports.first)}`;
    return `${to} ${besideEnds(target)} ${this.isMisled(place, addresses.first, ports.first)}`;
  }

  private chain(chain: ProgramChain): string {
    const key = chainKey(chain.table, chain.name);
    const known = this.chains.get(key);
    const number = known ?? this.chains.size;
    const name = `${chain.name.slice(0, 8)}${number}`;
    if (known !== undefined) return name;
    this.chains.set(key, number);
    const service = this.usual.service(chain);
    return `${name}{${service ? this.service(service) : chain.rules.map((rule) => this.rule(rule)).join(';')}}`;
  }

  /** Who comes to it gets the same share of each: nothing but how many they are, and where, tells one from another. */
  private service({ marking, endpoints }: UsualService): string {
    const [first] = endpoints;
    const marks = marking.map(({ matches }) => `${this.matches(matches)} marked`).join(';');
    const to = endpoints.map(
      ({ endpoint: { address, port } }) => `${this.address(address)} ${this.port(port)}`,
    );
    return `${marks} =${first?.endpoint.protocol} ${to.join(' ')}`;
  }

  /** A list of those who are remembered is named by the endpoint's chain. */
  private list(name: string): string {
    if (!ownChain.test(name)) return name;
    const number = this.lists.get(name) ?? this.lists.size;
    this.lists.set(name, number);
    return `${number}`;
  }

  private isMisled(place: ProgramRule, address: Address, port: number): boolean {
    return this.proxy.madeForAnother(place, this.front, formatEndpoint(address, port)) !== null;
  }
}

/** Parts that are spelt alike are read once, and are in many rules. */
const said = keptBy((part: Match | Target) => dataKey(part));

/** What a comment says that tells whether a rule drops on purpose. */
function meantBy(comment: string): string {
  return meant.find((one) => comment.includes(one)) ?? '';
}

const meant = ['has no endpoints', 'not accepted by', 'has no local endpoints'] as const;

/** Of parts that most rules have in common: the rest of them, without what is numbered. */
const besidePorts = keptBy(({ sourcePort: _, destinationPort: __, ...others }: TransportMatch) =>
  dataKey(others),
);

function besideEnds({ addresses: _, ports: __, ...others }: DnatTarget): string {
  // Most have nothing else.
  return Object.keys(others).length === 1 ? others.kind : dataKey(others);
}

/** Targets beside DNAT that give other addresses or ports. */
const translates: ReadonlySet<TargetKind> = new Set(['snat', 'masquerade', 'redirect']);

const transports: ReadonlySet<MatchKind> = new Set(['tcp', 'udp', 'sctp', 'dccp']);

function isTransport(match: Match): match is TransportMatch {
  return transports.has(match.kind);
}

/** Sets have members of which rules do not tell. */
const understood: Readonly<Record<MatchKind, boolean>> = {
  source: true,
  destination: true,
  'in-interface': true,
  'out-interface': true,
  protocol: true,
  fragment: true,
  tcp: true,
  udp: true,
  sctp: true,
  dccp: true,
  icmp: true,
  icmp6: true,
  multiport: true,
  addrtype: true,
  comment: true,
  conntrack: true,
  state: true,
  mark: true,
  connmark: true,
  statistic: true,
  recent: true,
  iprange: true,
  set: false,
  physdev: true,
  mac: true,
  owner: true,
  socket: false,
  rpfilter: true,
  tcpmss: true,
  length: true,
  pkttype: true,
  other: true,
};

const isUnderstood = ({ kind }: Match) => understood[kind];

/** New addresses are made of others, or chosen by sockets. */
const carriedOut: Readonly<Record<TargetKind, boolean>> = {
  verdict: true,
  jump: true,
  reject: true,
  dnat: true,
  snat: true,
  masquerade: true,
  redirect: true,
  netmap: false,
  mark: true,
  connmark: true,
  ct: true,
  log: true,
  nflog: true,
  trace: true,
  tproxy: false,
  tcpmss: true,
  other: true,
};

const isCarriedOut = ({ kind }: Target) => carriedOut[kind];
