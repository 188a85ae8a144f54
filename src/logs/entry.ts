import { formatAddress, formatEndpoint } from '../address/address.ts';
import { type Connection, invert } from '../engine/connection.ts';
import { emptyMemory } from '../engine/memory.ts';
import type { Outcome } from '../engine/outcome.ts';
import { isIcmp, type Packet, tcpFlags } from '../engine/packet.ts';
import { tracePacket } from '../engine/trace.ts';
import type { Rules } from './follow.ts';
import type { LoggedEntry } from './model.ts';

/** An entry of connection tracking, held against the rules. */
export interface FollowedEntry {
  readonly entry: LoggedEntry;
  /** The request as it comes. */
  readonly request: Packet;
  /** Where the entry sends requests, `address:port`; null: where they ask to go. */
  readonly to: string | null;
  /** What the server sees as the source, where that was replaced. */
  readonly as: string | null;
  /** What the rules would do with the first packet of such a connection today. */
  readonly today: readonly Outcome[];
  /** Whether they would send it where the entry does; null: that is not known. */
  readonly agrees: boolean | null;
  /** The next request and the next answer; null: the entry expects none any more. */
  readonly next: { readonly request: readonly Outcome[]; readonly answer: readonly Outcome[] } | null;
}

/** Says what becomes of a connection that is in the table, and whether the rules would make it anew. */
export function followEntry({ program, host }: Rules, entry: LoggedEntry): FollowedEntry {
  const { connection } = entry;
  const { original, reply } = connection;
  const left = invert(reply);
  const request = packetOf(original);
  const opening = original.protocol === 6 ? { ...request, flags: tcpFlags.SYN } : request;
  const today = tracePacket(program, host, opening, { trace: true }).outcomes;
  const memory = { ...emptyMemory, connections: [connection] };
  const walk = (packet: Packet) => tracePacket(program, host, packet, { trace: true, memory }).outcomes;
  const end = (address: Packet['source'], port: number | null) =>
    port === null || isIcmp(original.protocol) ? formatAddress(address) : formatEndpoint(address, port);
  const to = connection.destinationChanged ? end(left.destination, left.destinationPort) : null;
  return {
    entry,
    request: opening,
    to,
    as: left.source === original.source ? null : formatAddress(left.source),
    today,
    agrees: agreement(today, to),
    next: isOpen(connection)
      ? {
          request: walk({ ...request, ...requestFlags(connection) }),
          answer: walk({ ...packetOf(reply), ...answerFlags(connection) }),
        }
      : null,
  };
}

function agreement(today: readonly Outcome[], to: string | null): boolean | null {
  if (today.some(({ verdict, dnat }) => verdict === 'accept' && dnat === to)) return true;
  return today.some(({ verdict }) => verdict === 'unknown') ? null : false;
}

/** Whether more packets are to come: of TCP that is being opened or is open. */
function isOpen({ tcp }: Connection): boolean {
  return tcp === null || ['SS', 'SR', 'ES'].includes(tcp.state);
}

function packetOf({
  protocol,
  source,
  sourcePort,
  destination,
  destinationPort,
}: Connection['original']): Packet {
  const icmp = isIcmp(protocol);
  return {
    protocol,
    source,
    destination,
    sourcePort,
    destinationPort: icmp ? null : destinationPort,
    from: null,
    flags: protocol === 6 ? tcpFlags.ACK : 0,
    icmp: { type: (destinationPort ?? 0) >> 8, code: (destinationPort ?? 0) & 0xff },
    state: null,
  };
}

function requestFlags({ tcp }: Connection): { readonly flags: number } {
  return { flags: tcp?.state === 'SS' ? tcpFlags.SYN : tcp ? tcpFlags.ACK : 0 };
}

function answerFlags({ tcp }: Connection): { readonly flags: number } {
  return { flags: tcp?.state === 'SS' ? tcpFlags.SYN | tcpFlags.ACK : tcp ? tcpFlags.ACK : 0 };
}
