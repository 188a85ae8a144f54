import type { Address } from '../address/address.ts';
import type { PortRange } from '../address/port.ts';
import type { AddressRange } from '../rule/match.ts';
import type { NatOptions } from '../rule/target.ts';
import type { Branch } from './branch.ts';
import { type Connection, coincide, invert, sameTuple, type Tuple } from './connection.ts';
import { pickAddress } from './nat-address.ts';
import { portProtocols } from './packet.ts';

/** Which end of the packet is translated. Destinations are on the way in, sources on the way out. */
export type Side = 'source' | 'destination';

/** What a NAT target allows. Without addresses the address stays, without ports the port, if it is free. */
export interface NatRange extends NatOptions {
  readonly addresses?: AddressRange;
  readonly ports?: PortRange;
  readonly basePort?: number;
}

/** Ports among which chance picks one, each with the same weight. */
export type PortChoice = PortRange | null;

/**
 * Decides the translation of a connection's one side, as nf_nat_setup_info does, and returns the connection. A choice
 * of destination ports is left open in `choose`: the caller follows each of them.
 */
export function decide(
  branch: Branch,
  connection: Connection,
  side: Side,
  range: NatRange,
): { readonly connection: Connection; readonly choose: PortChoice } {
  const before = invert(connection.reply);
  const used = (tuple: Tuple) => isUsed(branch.memory.connections, invert(tuple));
  const random = range.random === true || range.randomFully === true;
  if (side === 'source' && !random && inRange(before, range) && !used(before)) {
    return { connection: decided(connection, side, before), choose: null };
  }
  const moved = withAddress(before, side, pickAddress(before, side, range));
  if (!random && keepsPort(moved, side, range, used)) {
    return { connection: decided(connection, side, moved), choose: null };
  }
  const { tuple, choose } = pickPort(moved, side, range, random, used);
  return { connection: decided(connection, side, tuple), choose };
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
export function isTaken(connections: readonly Connection[], { reply }: Connection): boolean {
  return isUsed(connections, reply);
}

function isUsed(connections: readonly Connection[], reply: Tuple): boolean {
  return connections.some((known) => coincide(known.reply, reply) || coincide(known.original, reply));
}

function inRange(tuple: Tuple, { addresses, ports }: NatRange): boolean {
  if (addresses && (tuple.source < addresses.first || tuple.source > addresses.last)) return false;
  return !ports || portWithin(tuple.sourcePort, ports) || !portProtocols.has(tuple.protocol);
}

function portWithin(port: number | null, { first, last }: PortRange): boolean {
  return port !== null && port >= first && port <= last;
}

function withAddress(tuple: Tuple, side: Side, address: Address): Tuple {
  return side === 'source' ? { ...tuple, source: address } : { ...tuple, destination: address };
}

export function withPort(tuple: Tuple, side: Side, port: number | null): Tuple {
  return side === 'source' ? { ...tuple, sourcePort: port } : { ...tuple, destinationPort: port };
}

function portOf(tuple: Tuple, side: Side): number | null {
  return side === 'source' ? tuple.sourcePort : tuple.destinationPort;
}

function keepsPort(tuple: Tuple, side: Side, range: NatRange, used: (tuple: Tuple) => boolean): boolean {
  if (!range.ports) return !used(tuple);
  if (range.basePort !== undefined || !portWithin(portOf(tuple, side), range.ports)) return false;
  return range.ports.first === range.ports.last || !used(tuple);
}

/** Of a source, the port that chance picks stays unknown: nothing that is told of a packet depends on it. */
function pickPort(
  tuple: Tuple,
  side: Side,
  { ports, basePort }: NatRange,
  random: boolean,
  used: (tuple: Tuple) => boolean,
): { readonly tuple: Tuple; readonly choose: PortChoice } {
  const keep = { tuple, choose: null };
  if (!portProtocols.has(tuple.protocol) || (!ports && side === 'destination')) return keep;
  if (!ports) return { tuple: withPort(tuple, side, null), choose: null };
  const first = Math.min(ports.first, ports.last);
  const size = Math.abs(ports.last - ports.first) + 1;
  const port = portOf(tuple, side);
  if (size === 1) return { tuple: withPort(tuple, side, first), choose: null };
  if (basePort === undefined && (random || side === 'source')) {
    return side === 'source'
      ? { tuple: withPort(tuple, side, null), choose: null }
      : { tuple, choose: ports };
  }
  const offset = basePort === undefined || port === null ? 0 : (port - basePort + 65536) % 65536;
  for (let attempt = 0; attempt < Math.min(size, 128); attempt += 1) {
    const candidate = withPort(tuple, side, first + ((offset + attempt) % size));
    if (!used(candidate)) return { tuple: candidate, choose: null };
  }
  return { tuple: withPort(tuple, side, first + ((offset + size - 1) % size)), choose: null };
}

/** Rewrites the header as the connection says, on the way in (destination) or on the way out (source). */
export function translate(branch: Branch, side: Side): void {
  const { tracking } = branch;
  if (typeof tracking !== 'object') return;
  const forward = tracking.direction === 'ORIGINAL';
  const { original, reply } = tracking;
  if (side === 'destination' && (forward ? tracking.destinationChanged : tracking.sourceChanged)) {
    branch.destination = forward ? reply.source : original.source;
    if (portProtocols.has(branch.protocol))
      branch.destinationPort = forward ? reply.sourcePort : original.sourcePort;
  }
  if (side === 'source' && (forward ? tracking.sourceChanged : tracking.destinationChanged)) {
    branch.source = forward ? reply.destination : original.destination;
    if (portProtocols.has(branch.protocol))
      branch.sourcePort = forward ? reply.destinationPort : original.destinationPort;
  }
}
