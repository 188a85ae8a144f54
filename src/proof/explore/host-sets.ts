import { type Address, addressBits, familyOf } from '../../address/address.ts';
import { contains, prefixMask, type Subnet, subnetOf } from '../../address/subnet.ts';
import { hasOwnRouting, isListenedTo, isOfLink, isOwn, refusal, staysOnNode } from '../../engine/routing.ts';
import type { Host } from '../../host/model.ts';
import {
  addressType,
  isDoubt,
  isLinkLocal,
  isLoopback,
  isMulticast,
  isReachedBy,
  linkOf,
  lookUp,
  ownerOf,
} from '../../host/route.ts';
import { masqueradeSource } from '../../host/source.ts';
import { specialPrefixes } from '../../host/special.ts';
import { has, type IntervalSet, unionOf } from '../../sets/intervals.ts';
import { subnetSet } from '../../sets/subnet-set.ts';
import { dataKey } from '../../text/data-key.ts';

/** The addresses of a family, divided into classes whose members are all the same to a host. */
export interface HostSets {
  readonly classes: readonly IntervalSet[];
  /** Coarser: the same to a host as sources of what it lets in, while it does not ask for the way back. */
  readonly sources: readonly IntervalSet[];
  /** Coarser: the same as sources of what it sends itself, which it holds against nothing. */
  readonly senders: readonly IntervalSet[];
  /** Coarser: the same to a host as destinations of what it sends, while nothing is answered: groups are heard where packets come in. */
  readonly sent: readonly IntervalSet[];
  /** Coarser: of one type, as `-m addrtype` asks for it. */
  readonly types: readonly IntervalSet[];
  /** Addresses that no host has: of many, or of none. */
  readonly nobody: IntervalSet;
  /** Sources from which nothing that comes in by a wire gets beyond routing, wherever it is sent. */
  readonly unheard: IntervalSet;
  /** Destinations of what leaves by a link, and never comes to the node itself; of what it keeps, and never sends on. Of others that is not told. */
  readonly away: IntervalSet;
  readonly here: IntervalSet;
  /** Some route refuses packets with an error, or there is none for some. */
  readonly refuses: boolean;
  /** What comes from a wire passes no chain where it is one of these: loopback, or multicast that IPv6 keeps to a node. */
  readonly stopped: Readonly<Record<'source' | 'destination', IntervalSet>>;
  /** What `--dst-type LOCAL` holds for; null where the host's addresses are not known. */
  readonly local: IntervalSet | null;
}

export function hostSets(host: Host): HostSets {
  const edges = [...new Set(listEdges(host))].sort((left, right) => (left < right ? -1 : 1));
  const classes = new Map<string, IntervalSet[]>();
  const sources = new Map<string, IntervalSet[]>();
  const senders = new Map<string, IntervalSet[]>();
  const sent = new Map<string, IntervalSet[]>();
  const types = new Map<string, IntervalSet[]>();
  const local: IntervalSet[] = [];
  const nobody: IntervalSet[] = [];
  const unheard: IntervalSet[] = [];
  const away: IntervalSet[] = [];
  const here: IntervalSet[] = [];
  const stopped = { source: [] as IntervalSet[], destination: [] as IntervalSet[] };
  const isUnheard = unheardAt(host, edges);
  edges.forEach((first, index) => {
    const next = edges[index + 1];
    const stretch = [first, next === undefined ? highest(host) : before(next)];
    const facts = factsOf(host, first);
    addTo(classes, dataKey([facts, isMulticast(first) && [isListenedTo(first), isOfLink(first)]]), stretch);
    addTo(sent, dataKey(facts), stretch);
    const sending = sendingOf(host, first);
    addTo(sources, dataKey([sending, arrivalOf(host, first)]), stretch);
    addTo(senders, dataKey(sending), stretch);
    const type = addressType(host, first);
    addTo(types, `${isDoubt(type) ? 'not known' : type} ${isUnspecified(first)}`, stretch);
    if (type === 'LOCAL') local.push(stretch);
    const isLoop = typeof first === 'bigint' && isLoopback(first);
    if (isLoop || (typeof first === 'bigint' && isMulticast(first))) stopped.source.push(stretch);
    if (isLoop || staysOnNode(first)) stopped.destination.push(stretch);
    const goal = goalOf(host, first);
    if (goal !== null) (goal === 'away' ? away : here).push(stretch);
    if (isUnheard(first)) unheard.push(stretch);
    if (type === 'BROADCAST' || type === 'MULTICAST' || type === 'ANYCAST') nobody.push(stretch);
  });
  return {
    classes: [...classes.values()].map((parts) => unionOf(parts)),
    sources: [...sources.values()].map((parts) => unionOf(parts)),
    senders: [...senders.values()].map((parts) => unionOf(parts)),
    sent: [...sent.values()].map((parts) => unionOf(parts)),
    types: [...types.values()].map((parts) => unionOf(parts)),
    nobody: unionOf(nobody),
    unheard: unionOf(unheard),
    away: unionOf(away),
    here: unionOf(here),
    refuses:
      hasOwnRouting(host) ||
      host.routes.some(({ type }) => type !== 'unicast') ||
      !host.routes.some(({ length }) => length === 0),
    stopped: { source: unionOf(stopped.source), destination: unionOf(stopped.destination) },
    local: host.addressesKnown ? unionOf(local) : null,
  };
}

/** Where the routing decision surely sends what has this destination. */
function goalOf(host: Host, destination: Address): 'away' | 'here' | null {
  // What is for ::1 goes by the routes of the interface that it came in by.
  if (hasOwnRouting(host) || destination === 1n) return null;
  // What the node itself sends without a destination stays here, and what comes without one is routed (routeLocal).
  if (isUnspecified(destination)) return null;
  if (isMulticast(destination)) return 'here';
  const routing = lookUp(host, destination);
  if (isDoubt(routing)) return null;
  if (routing.type === 'unicast') return routing.hops.some((hop) => hop.interface === 'lo') ? null : 'away';
  return 'interface' in routing ? 'here' : null;
}

function addTo(sets: Map<string, IntervalSet[]>, key: string, stretch: IntervalSet): void {
  const known = sets.get(key);
  if (known) known.push(stretch);
  else sets.set(key, [stretch]);
}

export function sourceClassOf({ sources }: HostSets, address: Address): IntervalSet {
  return sources.find((members) => has(members, address)) as IntervalSet;
}

export function senderClassOf({ senders }: HostSets, address: Address): IntervalSet {
  return senders.find((members) => has(members, address)) as IntervalSet;
}

export function sentClassOf({ sent }: HostSets, address: Address): IntervalSet {
  return sent.find((members) => has(members, address)) as IntervalSet;
}

export function typeOf({ types }: HostSets, address: Address): IntervalSet {
  return types.find((members) => has(members, address)) as IntervalSet;
}

export function classOf({ classes }: HostSets, address: Address): IntervalSet {
  return classes.find((members) => has(members, address)) as IntervalSet;
}

const isUnspecified = (address: Address) => address === 0 || address === 0n;

function before(address: Address): Address {
  return typeof address === 'number' ? address - 1 : address - 1n;
}

function highest({ family }: Host): Address {
  return family === 'ipv4' ? 0xffffffff : (1n << 128n) - 1n;
}

/** Where the answer to any question about an address can change: the first addresses of stretches. */
function listEdges(host: Host): Address[] {
  const prefixes: Subnet[] = [
    ...specialPrefixes[host.family],
    ...host.routes.flatMap(({ prefix, from }) => [prefix, ...(from ? [from] : [])]),
    ...host.rules.flatMap(({ from, to }) => [from, to].flatMap((prefix) => prefix ?? [])),
    ...(host.podPrefix ? [host.podPrefix] : []),
    ...host.interfaces.flatMap(({ addresses }) =>
      addresses.flatMap(({ address, prefix }) => [prefix, ...nested(address)]),
    ),
  ];
  const edges: Address[] = [host.family === 'ipv4' ? 0 : 0n];
  for (const prefix of prefixes) {
    const [first, last] = subnetSet(prefix) as [Address, Address];
    // The first and the last address of a link can be special: all routers, all hosts.
    for (const address of [first, last]) {
      edges.push(address);
      if (address < highest(host)) edges.push(typeof address === 'number' ? address + 1 : address + 1n);
    }
  }
  return edges;
}

/** Every prefix of an address: which source IPv6 chooses depends on how many bits are in common. */
function nested(address: Address): Subnet[] {
  const family = familyOf(address);
  const bits = addressBits[family];
  if (family === 'ipv4') return [subnetOf(address, prefixMask(family, bits))];
  return Array.from({ length: bits }, (_, length) => subnetOf(address, prefixMask(family, length + 1)));
}

/**
 * What `findMartian`, `toGroup` and `checkSource` of routing refuse of any destination. One's own addresses are asked for only
 * after a route was found.
 */
function unheardAt(host: Host, edges: readonly Address[]): (source: Address) => boolean {
  if (host.family === 'ipv6') return (source) => isLoopback(source) || isMulticast(source);
  const sysctls = [...host.sysctls].filter(([, value]) => value !== 0).map(([name]) => name);
  const isSetSomewhere = (name: string) => sysctls.some((one) => one.endsWith(`.${name}`));
  const takesLoopback = isSetSomewhere('route_localnet');
  const refusesOwn =
    !isSetSomewhere('accept_local') &&
    !hasOwnRouting(host) &&
    edges.every((destination) => {
      const routing = lookUp(host, destination);
      return !isDoubt(routing) && refusal(routing, host) === null;
    });
  return (source) =>
    isMulticast(source) ||
    source === 0xffffffff ||
    (isLoopback(source) && !takesLoopback) ||
    (refusesOwn && isOwn(host, source));
}

/** What chooses the link by which a packet of the node leaves for many, or for a link (toLink), and may keep it from that (checkLocalnet). */
function sendingOf(host: Host, address: Address): readonly unknown[] {
  const owner = ownerOf(host, address)?.name;
  return [
    isLinkLocal(address) ? owner : owner === 'lo',
    isUnspecified(address),
    isLoopback(address),
    // By lo, too, IPv6 takes none of these back (checkReturn).
    typeof address === 'bigint' && isMulticast(address),
  ];
}

/** What the checks on arrival ask of a source beside that. */
function arrivalOf(host: Host, address: Address): readonly unknown[] {
  return [
    isOwn(host, address),
    isLinkLocal(address),
    podLink(host, address),
    address === 0xffffffff,
    isMulticast(address),
  ];
}

/** By which of several links a pod with this source comes in (ingressOf). */
function podLink(host: Host, address: Address): string | null {
  const link = host.podInterfaces.size > 1 ? linkOf(host, address) : null;
  return link !== null && host.podInterfaces.has(link) ? link : null;
}

/** All that a host makes of an address, but for which groups it hears. */
function factsOf(host: Host, address: Address): readonly unknown[] {
  const doubtful = (value: unknown) => (isDoubt(value) ? 'not known' : value);
  return [
    doubtful(lookUp(host, address)),
    // What policy routing may yet choose for it.
    host.routes.map(({ prefix, table }) => table !== undefined && contains(prefix, address)),
    host.rules.map(({ from, to }) => [from, to].map((prefix) => prefix && contains(prefix, address))),
    addressType(host, address),
    ownerOf(host, address)?.name,
    isLoopback(address),
    isMulticast(address) && staysOnNode(address),
    isUnspecified(address),
    address === 0xffffffff,
    isLinkLocal(address),
    host.interfaces.map(({ name, addresses }) => [
      doubtful(addressType(host, address, name)),
      addresses.some((held) => held.address === address),
      doubtful(masqueradeSource(host, name, address, address)),
      doubtful(isReachedBy(host, address, name)),
    ]),
  ].map(doubtful);
}
