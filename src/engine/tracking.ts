import { trackedPortProtocols } from '../address/protocols.ts';
import type { Host } from '../host/model.ts';
import { dataKey } from '../text/data-key.ts';
import type { Branch } from './branch.ts';
import {
  answeredBy,
  type Connection,
  coincide,
  icmpPort,
  invert,
  isAnswer,
  likeliest,
  newConnection,
  noZones,
  type Tracking,
  type Tuple,
  type Zones,
} from './connection.ts';
import type { Memory } from './memory.ts';
import { isIcmp, isIcmpError, isIcmpRequest } from './packet.ts';
import type { Surroundings } from './surroundings.ts';
import { beginTcp, kindOfTcp, moveTcp } from './tcp-states.ts';
import { isAssured, lifetimeOf } from './timeouts.ts';

/**
 * What connection tracking makes of a packet that arrives at it: before mangle, after raw. An entry that is known changes
 * at once, whatever becomes of the packet.
 */
export function track(branch: Branch, { program, host, now }: Surroundings): Tracking {
  if (!host.conntrack && !program.usesConntrack) return 'none';
  if (branch.tracking === 'untracked' || typeof branch.tracking === 'object') return branch.tracking;
  if (branch.answer) return 'invalid';
  const quoted = quotedTuple(branch);
  if (quoted) return trackError(branch, quoted, now);
  const tuple = tupleOf(branch);
  const zones = branch.template?.zones ?? noZones;
  const known = findFlow(branch.memory.connections, tuple, zones, now);
  if (known) return follow(branch, known, tuple, host, now);
  const { state } = branch.packet;
  if (state === 'INVALID') return 'invalid';
  if (state === 'UNTRACKED') return 'untracked';
  if (state === 'RELATED' && !isIcmp(branch.protocol)) return trackExpected(branch, tuple, host, now);
  if (state === 'ESTABLISHED' || state === 'RELATED')
    return { ...assumedFlow(tuple, branch.template?.zones), state };
  return takeExpected(branch, tuple)
    ? trackExpected(branch, tuple, host, now)
    : trackFirst(branch, tuple, host, now);
}

/** Whether it is supposed that a helper expects such a packet; one that came is expected no more. */
function takeExpected(branch: Branch, tuple: Tuple): boolean {
  const { memory } = branch;
  if (!memory.expected || memory.expected.size === 0) return false;
  const key = dataKey(tuple);
  if (memory.expected.get(key) !== true) return false;
  branch.memory = { ...memory, expected: new Map(memory.expected).set(key, false) };
  return true;
}

/** Of an ICMP error: what an answer to the packet that it quotes would look like. */
export function quotedTuple({ packet, protocol }: Pick<Branch, 'packet' | 'protocol'>): Tuple | null {
  const { about } = packet;
  return about && isIcmpError(protocol, packet.icmp) ? invert(tupleOf(about)) : null;
}

/** An error is related to the connection of the packet that it quotes, on whose way back it goes (nf_conntrack_inet_error). */
function trackError(branch: Branch, tuple: Tuple, now: number): Tracking {
  const known = findFlow(branch.memory.connections, tuple, branch.template?.zones ?? noZones, now);
  if (!known || tuple.destination !== branch.destination) return 'invalid';
  const pinned = known.direction === 'REPLY' ? answeredBy(known, tuple) : known;
  return { ...pinned, state: 'RELATED' };
}

export function hasTrackedPorts(protocol: number): boolean {
  return trackedPortProtocols.has(protocol);
}

export function tupleOf(branch: Pick<Branch, keyof Tuple | 'icmp'>): Tuple {
  const { protocol, source, sourcePort, destination, destinationPort, icmp } = branch;
  // Of one shape, written in one go: each packet that is walked asks for its own several times.
  if (isIcmp(protocol)) return { protocol, source, destination, sourcePort, destinationPort: icmpPort(icmp) };
  if (!hasTrackedPorts(protocol)) return { protocol, source, destination, sourcePort: 0, destinationPort: 0 };
  return { protocol, source, destination, sourcePort, destinationPort };
}

/** A flow of which no more is known than that it is: without translation, begun by either side. */
function assumedFlow(tuple: Tuple, zones?: Zones): Connection {
  return {
    ...newConnection(tuple, zones),
    presumed: true,
    sourceDecided: true,
    destinationDecided: true,
    confirmed: true,
    seenReply: true,
    assured: null,
  };
}

/**
 * What a helper expected is an entry of its own, which begins as others do (init_conntrack). What could not begin one is a
 * later packet of one that was not answered yet.
 */
function trackExpected(branch: Branch, tuple: Tuple, host: Host, now: number): Tracking {
  const first = trackFirst(branch, tuple, host, now);
  return typeof first === 'object'
    ? { ...first, expected: true, state: 'RELATED' }
    : { ...assumedFlow(tuple, branch.template?.zones), seenReply: false, expected: true, state: 'RELATED' };
}

function findFlow(
  connections: readonly Connection[],
  tuple: Tuple,
  [asOriginal, asReply]: Zones,
  now: number,
): Connection | undefined {
  const meant: Connection[] = [];
  // Of zones that are not the same for both directions, that of the original is asked first.
  const begun =
    asOriginal !== asReply &&
    connections.find(
      (one) => !isForgotten(one, now) && one.zones[0] === asOriginal && coincide(one.original, tuple),
    );
  if (begun) return { ...begun, direction: 'ORIGINAL' };
  for (const connection of connections) {
    if (isForgotten(connection, now)) continue;
    const [original, reply] = connection.zones;
    const isOriginal = original === asOriginal && coincide(connection.original, tuple);
    // What is its own answer is found as one: the kernel's table has that direction first.
    if (reply === asReply && isAnswer(connection, tuple)) {
      if (coincide(connection.reply, tuple)) return { ...connection, direction: 'REPLY' };
      meant.push(connection);
    }
    if (isOriginal) return { ...connection, direction: 'ORIGINAL' };
  }
  const [picked] = likeliest(meant, tuple);
  return picked && { ...picked, direction: 'REPLY' };
}

export function isForgotten({ expires }: Connection, now: number): boolean {
  return expires !== null && expires <= now;
}

/** A packet of a known connection: what it is to rules, and what it makes of the entry. */
function follow(branch: Branch, known: Connection, tuple: Tuple, host: Host, now: number): Tracking {
  const reply = known.direction === 'REPLY';
  const pinned = reply ? answeredBy(known, tuple) : known;
  const state = reply || known.seenReply ? 'ESTABLISHED' : known.expected ? 'RELATED' : 'NEW';
  if (!pinned.tcp)
    return keep(branch, known, { ...pinned, state, seenReply: known.seenReply || reply }, host, now);
  const liberal = (host.sysctls.get('net.netfilter.nf_conntrack_tcp_be_liberal') ?? 0) !== 0;
  const move = moveTcp(pinned.tcp, branch.flags, reply, { liberal, assured: known.assured === true });
  if (move.kind === 'invalid') {
    if (move.track) branch.memory = withFlow(branch.memory, { ...pinned, tcp: move.track });
    return 'invalid';
  }
  if (move.kind === 'reopened') {
    branch.memory = without(branch.memory, known);
    return trackFirst(branch, tuple, host, now);
  }
  const moved: Connection = { ...pinned, state, seenReply: known.seenReply || reply, tcp: move.track };
  // The only answer is a reset: the entry goes with it.
  if (kindOfTcp(branch.flags) === 'rst' && !known.seenReply) {
    branch.memory = without(branch.memory, known);
    return moved;
  }
  if (move.kind === 'moved') return keep(branch, known, moved, host, now);
  branch.memory = withFlow(branch.memory, moved);
  return moved;
}

function keep(branch: Branch, before: Connection, after: Connection, host: Host, now: number): Connection {
  const assured = isAssured(before, after, now);
  const kept = isSynAgain(before, after)
    ? { ...after, assured }
    : renewed({ ...after, assured }, before.seenReply, host, now);
  branch.memory = withFlow(branch.memory, kept);
  return kept;
}

/** A SYN that nobody has answered gives the entry no more time by coming again, nor does one that crosses it. */
function isSynAgain(before: Connection, after: Connection): boolean {
  return !before.seenReply && before.tcp?.state === 'SS' && after.tcp?.last.kind === 'syn';
}

/** The entry as a packet leaves it: its time runs anew. */
export function renewed(connection: Connection, answered: boolean, host: Host, now: number): Connection {
  const lifetime = lifetimeOf(connection, answered, host, now);
  if (lifetime === null) return { ...connection, expires: null, fades: null };
  const expires = lifetime.most === null ? null : now + lifetime.most;
  return { ...connection, expires, fades: now + lifetime.least };
}

/** The node itself ends a connection: it sends a reset, which connection tracking does not see (nf_ct_set_closing). */
export function closeFlow(branch: Branch, { host, now }: Surroundings): void {
  const { tracking } = branch;
  if (typeof tracking !== 'object') return;
  const known = branch.memory.connections.find(({ original }) => original === tracking.original);
  if (!known?.tcp) return;
  const tcp = { ...known.tcp, state: 'CL' } as const;
  const { expires, fades } = renewed({ ...known, tcp }, true, host, now);
  branch.memory = withFlow(branch.memory, { ...known, tcp, expires, fades });
  branch.tracking = { ...tracking, tcp, expires, fades };
}

/** Keeps an entry, or what has become of it, in its place: a new one is the latest. */
export function withFlow(memory: Memory, connection: Connection): Memory {
  const { connections } = memory;
  const at = connections.findIndex(({ original }) => original === connection.original);
  return {
    ...memory,
    connections: at === -1 ? [...connections, connection] : connections.with(at, connection),
  };
}

function without(memory: Memory, connection: Connection): Memory {
  return { ...memory, connections: others(memory, connection) };
}

/** False for one that its own packet ended. */
export function isKept({ connections }: Memory, { original }: Connection): boolean {
  return connections.some((known) => known.original === original);
}

function others({ connections }: Memory, { original }: Connection): readonly Connection[] {
  return connections.filter((known) => known.original !== original);
}

function trackFirst(branch: Branch, tuple: Tuple, host: Host, now: number): Tracking {
  const begun = { ...newConnection(tuple, branch.template?.zones), ...wantedOf(branch), begun: now };
  if (isIcmp(branch.protocol)) return trackIcmp(branch, begun);
  if (branch.protocol !== 6) return begun;
  const loose = (host.sysctls.get('net.netfilter.nf_conntrack_tcp_loose') ?? 1) !== 0;
  const tcp = beginTcp(branch.flags, loose);
  return tcp ? { ...begun, tcp } : 'invalid';
}

function wantedOf({ template }: Branch): Pick<Connection, 'helper' | 'timeouts'> {
  const { helper, timeouts } = template ?? {};
  return { ...(helper === undefined ? {} : { helper }), ...(timeouts === undefined ? {} : { timeouts }) };
}

/** Multicast listeners, routers and neighbours, which IPv6 does not track (noct_valid_new); redirects are none of them. */
export function isUntrackedIcmp(protocol: number, type: number): boolean {
  return protocol === 58 && ((type >= 130 && type <= 136) || type === 143);
}

function trackIcmp({ protocol, icmp }: Branch, begun: Connection): Tracking {
  if (isUntrackedIcmp(protocol, icmp.type)) return 'untracked';
  return isIcmpRequest(protocol, icmp) ? begun : 'invalid';
}
