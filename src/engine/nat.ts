import type { Address } from '../address/address.ts';
import type { PortRange } from '../address/port.ts';
import { type Fraction, fraction, one } from '../sets/fraction.ts';
import { type Branch, type Header, headerOf } from './branch.ts';
import {
  type Connection,
  coincide,
  invert,
  isAnswer,
  sameTuple,
  type Tuple,
  type Zones,
} from './connection.ts';
import type { NatRange, Side } from './ir.ts';
import { pickAddress } from './nat-address.ts';
import { isIcmp } from './packet.ts';
import { hasTrackedPorts, isForgotten } from './tracking.ts';

/** One way that a translation can turn out, with its share of the weight. */
export interface Decision {
  readonly connection: Connection;
  readonly share: Fraction;
}

/**
 * Decides the translation of a connection's one side, as nf_nat_setup_info does. Several decisions where chance picks
 * the port: always of a destination, and of a source where `exact` asks for it, since later packets may clash with it.
 */
export function decide(
  branch: Branch,
  connection: Connection,
  side: Side,
  range: NatRange,
  exact: boolean,
  now: number,
): readonly Decision[] {
  const before = invert(connection.reply);
  const { zones } = connection;
  const known = branch.memory.connections.filter((entry) => !isForgotten(entry, now));
  const used = (tuple: Tuple) => isUsed(known, invert(tuple), zones);
  const random = range.random === true || range.randomFully === true;
  const keep = (tuple: Tuple, picked: Mapping['picked'] = null): readonly Decision[] => {
    const isOpen = side === 'source' && mayBeUsed(known, invert(tuple), zones);
    const chosen = decided(connection, side, tuple);
    const kept = isOpen ? perhapsMoved(chosen, connection, range) : chosen;
    return [{ connection: { ...kept, ...picked }, share: one }];
  };
  if (side === 'source' && !random && inRange(before, range)) {
    if (!used(before)) return keep(before);
    if (isTurned(known, connection)) return [{ connection: decided(connection, side, before), share: one }];
  }
  if (side === 'source' && !random && !inRange(before, range)) {
    const mapped = mappingOf(
      known.filter((entry) => entry.zones[0] === zones[0]),
      before,
      range,
    );
    if (mapped && !used(mapped.tuple)) return keep(mapped.tuple, mapped.picked);
  }
  const moved = withAddress(before, side, pickAddress(before, side, range, zones[0] || zones[1]));
  if (!random && keepsPort(moved, side, range, used)) return keep(moved);
  return pickPorts(moved, side, range, exact, used).map(({ port, share }) => {
    const tuple = port === undefined ? moved : withPort(moved, side, port);
    const chosen = decided(connection, side, tuple);
    return { connection: port === null ? { ...chosen, picked: picksOf(moved, side, range) } : chosen, share };
  });
}

/** Of a mapping whose port nobody knows: what it is one of. */
interface Mapping {
  readonly tuple: Tuple;
  readonly picked: Pick<Connection, 'picked'> | null;
}

/** A source that an older flow has translated within this range keeps that translation, the latest one (find_appropriate_src). */
function mappingOf(known: readonly Connection[], tuple: Tuple, range: NatRange): Mapping | undefined {
  const { protocol, source, sourcePort } = tuple;
  for (const { original, reply, picked } of [...known].reverse()) {
    if (original.protocol !== protocol || original.source !== source) continue;
    if (original.sourcePort !== sourcePort || sourcePort === null) continue;
    const translated = invert(reply);
    const mapped = { ...tuple, source: translated.source, sourcePort: translated.sourcePort };
    if (mapped.sourcePort !== null && inRange(mapped, range)) return { tuple: mapped, picked: null };
    const ends = picked ? [picked.first, picked.last] : [];
    if (picked && ends.every((port) => inRange(withPort(mapped, 'source', port), range)))
      return { tuple: mapped, picked: { picked } };
  }
  return undefined;
}

/** The ports of which one is chosen where no range is given: as privileged as the one before (nf_nat_l4proto_unique_tuple). */
function picksOf(tuple: Tuple, side: Side, { ports }: NatRange): PortRange {
  if (ports) return { first: Math.min(ports.first, ports.last), last: Math.max(ports.first, ports.last) };
  const port = portOf(tuple, side);
  if (isIcmp(tuple.protocol) || port === null) return { first: 0, last: 65535 };
  if (port < 512) return { first: 1, last: 511 };
  return port < 1024 ? { first: 600, last: 1023 } : { first: 1024, last: 65535 };
}

export function decided(connection: Connection, side: Side, tuple: Tuple): Connection {
  const changed = !sameTuple(invert(connection.reply), tuple);
  const reply = invert(tuple);
  if (side === 'source') {
    return { ...connection, reply, sourceDecided: true, sourceChanged: connection.sourceChanged || changed };
  }
  return {
    ...connection,
    reply,
    destinationDecided: true,
    destinationChanged: connection.destinationChanged || changed,
  };
}

/** Whether a new flow cannot be told apart from an older one. */
export function isTaken(
  connections: readonly Connection[],
  { reply, zones }: Connection,
  now: number,
): boolean {
  return isUsed(
    connections.filter((known) => !isForgotten(known, now)),
    reply,
    zones,
  );
}

/** Whether translation may have chosen just this for an older flow: of what port it has, nobody knows. */
function mayBeUsed(connections: readonly Connection[], reply: Tuple, zones: Zones): boolean {
  return connections.some((known) => known.zones[1] === zones[1] && isAnswer(known, reply));
}

/** A source that has its port where no older flow was given just that one: else it is given another. */
function perhapsMoved(kept: Connection, before: Connection, range: NatRange): Connection {
  const tuple = invert(kept.reply);
  const own = tuple.sourcePort;
  if (own === null) return kept;
  const picks = picksOf(tuple, 'source', range);
  return {
    ...kept,
    reply: invert(withPort(tuple, 'source', null)),
    sourceChanged: before.sourceChanged || tuple.source !== invert(before.reply).source || null,
    picked: { first: Math.min(own, picks.first), last: Math.max(own, picks.last) },
  };
}

/**
 * Whether what is found for a new flow is the same one from its other end, which nothing translates: then the flow keeps its ends, though they
 * are used, and the kernel drops it where it would be confirmed (nf_nat_used_tuple_new, since Linux 6.12). Of TCP and SCTP, whose entries may
 * not clash, another port is looked for all the same.
 */
function isTurned(known: readonly Connection[], { original, reply, zones }: Connection): boolean {
  if (original.protocol === 6 || original.protocol === 132) return false;
  const found = findIn(known, invert(reply), zones) ?? findIn(known, reply, zones);
  if (found?.sourceChanged !== false || found.destinationChanged) return false;
  return sameTuple(found.original, reply) && sameTuple(found.reply, original);
}

/** By an entry's first direction, and then by its other one, each in the zone of that direction (nf_conntrack_find_get). */
function findIn(known: readonly Connection[], tuple: Tuple, zones: Zones): Connection | undefined {
  return (
    known.find((entry) => entry.zones[0] === zones[0] && coincide(entry.original, tuple)) ??
    known.find((entry) => entry.zones[1] === zones[1] && coincide(entry.reply, tuple))
  );
}

/** Looked for in the zone of answers, and there in that of the direction in which another flow has it (nf_ct_zone_equal). */
function isUsed(connections: readonly Connection[], reply: Tuple, zones: Zones): boolean {
  return connections.some(
    (known) =>
      (known.zones[1] === zones[1] && coincide(known.reply, reply)) ||
      (known.zones[0] === zones[0] && zones[0] === zones[1] && coincide(known.original, reply)),
  );
}

function inRange(tuple: Tuple, { addresses, ports }: NatRange): boolean {
  if (addresses && (tuple.source < addresses.first || tuple.source > addresses.last)) return false;
  return !ports || portWithin(tuple.sourcePort, ports) || !hasTrackedPorts(tuple.protocol);
}

function portWithin(port: number | null, { first, last }: PortRange): boolean {
  return port !== null && port >= first && port <= last;
}

function withAddress(tuple: Tuple, side: Side, address: Address): Tuple {
  return side === 'source' ? { ...tuple, source: address } : { ...tuple, destination: address };
}

export function withPort(tuple: Tuple, side: Side, port: number | null): Tuple {
  return side === 'source' || isIcmp(tuple.protocol)
    ? { ...tuple, sourcePort: port }
    : { ...tuple, destinationPort: port };
}

function portOf(tuple: Tuple, side: Side): number | null {
  return side === 'source' ? tuple.sourcePort : tuple.destinationPort;
}

function keepsPort(tuple: Tuple, side: Side, range: NatRange, used: (tuple: Tuple) => boolean): boolean {
  if (!range.ports) return !used(tuple);
  return range.basePort === undefined && portWithin(portOf(tuple, side), range.ports) && !used(tuple);
}

/** `undefined`: the port stays; null: it is not known. */
interface PortShare {
  readonly port: number | null | undefined;
  readonly share: Fraction;
}

const mostAttempts = 128;

/** nf_nat_l4proto_unique_tuple: from some port of the range on, the first one that is free. */
function pickPorts(
  tuple: Tuple,
  side: Side,
  range: NatRange,
  exact: boolean,
  used: (tuple: Tuple) => boolean,
): readonly PortShare[] {
  const { ports, basePort } = range;
  const { protocol } = tuple;
  // Of ICMP the identifier is chosen anew, which is the same in both directions; of GRE only PPTP's key would be.
  if (isIcmp(protocol)) return pickIdentifier(tuple, range, used);
  if (!hasTrackedPorts(protocol) || (!ports && side === 'destination'))
    return [{ port: undefined, share: one }];
  if (!ports) return [{ port: null, share: one }];
  const first = Math.min(ports.first, ports.last);
  const size = Math.abs(ports.last - ports.first) + 1;
  const from = (offset: number) =>
    firstFree(offset, first, size, (port) => used(withPort(tuple, side, port)));
  const port = portOf(tuple, side);
  if (basePort !== undefined)
    return [{ port: from(port === null ? 0 : (port - basePort + 65536) % 65536), share: one }];
  const random = side === 'source' || range.random === true || range.randomFully === true;
  if (!random || size === 1) return [{ port: from(0), share: one }];
  // Nothing that is told of a single packet depends on the port of its new source.
  if (side === 'source' && (!exact || size > mostAttempts)) return [{ port: null, share: one }];
  const counts = new Map<number, number>();
  for (let offset = 0; offset < size; offset += 1) {
    const free = from(offset);
    counts.set(free, (counts.get(free) ?? 0) + 1);
  }
  return [...counts].map(([free, count]) => ({ port: free, share: fraction(count, size) }));
}

/** Where it is known, and free, and no rule asks for chance, it stays. */
function pickIdentifier(
  tuple: Tuple,
  { random, randomFully }: NatRange,
  used: (tuple: Tuple) => boolean,
): readonly PortShare[] {
  const stays = !random && !randomFully && !used(tuple);
  return [{ port: stays ? undefined : null, share: one }];
}

function firstFree(offset: number, first: number, size: number, isTaken: (port: number) => boolean): number {
  const attempts = Math.min(size, mostAttempts);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = first + ((offset + attempt) % size);
    if (!isTaken(port) || attempt === attempts - 1) return port;
  }
  return first;
}

/** Rewrites the header as the connection says, on the way in (destination) or on the way out (source). */
export function translate(branch: Branch, side: Side): void {
  const { tracking } = branch;
  if (typeof tracking !== 'object') return;
  const forward = tracking.direction === 'ORIGINAL';
  const { original, reply } = tracking;
  const before = headerOf(branch);
  const identifier = isIcmp(branch.protocol) && tracking.state !== 'RELATED';
  if (side === 'destination' && (forward ? tracking.destinationChanged : tracking.sourceChanged !== false)) {
    branch.destination = forward ? reply.source : original.source;
    if (hasTrackedPorts(branch.protocol))
      branch.destinationPort = forward ? reply.sourcePort : original.sourcePort;
    if (identifier) branch.sourcePort = forward ? reply.sourcePort : original.sourcePort;
  }
  if (side === 'source' && (forward ? tracking.sourceChanged !== false : tracking.destinationChanged)) {
    branch.source = forward ? reply.destination : original.destination;
    if (hasTrackedPorts(branch.protocol))
      branch.sourcePort = forward ? reply.destinationPort : original.destinationPort;
    if (identifier) branch.sourcePort = forward ? reply.sourcePort : original.sourcePort;
  }
  noteChange(branch, before);
}

/** Whether the flow has its packets of this direction go elsewhere: asked of each that leaves OUTPUT (nf_nat_ipv4_local_fn). */
export function movesDestination({ tracking }: Branch): boolean {
  if (typeof tracking !== 'object') return false;
  const { original, reply, direction } = tracking;
  return direction === 'ORIGINAL'
    ? original.destination !== reply.source
    : reply.destination !== original.source;
}

/** What is not known of an end that was given another value is not known anew. */
function noteChange(branch: Branch, before: Header): void {
  const { source, destination, packet } = branch.epochs;
  const sourceMoved = branch.source !== before.source || branch.sourcePort !== before.sourcePort;
  const moved =
    branch.destination !== before.destination || branch.destinationPort !== before.destinationPort;
  if (!sourceMoved && !moved) return;
  branch.epochs = {
    source: source + (sourceMoved ? 1 : 0),
    destination: destination + (moved ? 1 : 0),
    packet: packet + 1,
  };
}
