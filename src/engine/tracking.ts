import type { Branch } from './branch.ts';
import { type Connection, coincide, newConnection, type Tracking, type Tuple } from './connection.ts';
import type { Surroundings } from './match.ts';
import { isIcmp, tcpFlags } from './packet.ts';

/** What connection tracking makes of a packet that arrives at it: before mangle, after raw. */
export function track(branch: Branch, { program, host }: Surroundings): Tracking {
  if (!host.conntrack && !program.usesConntrack) return 'none';
  if (branch.tracking === 'untracked' || typeof branch.tracking === 'object') return branch.tracking;
  if (branch.answer) return 'invalid';
  const tuple = tupleOf(branch);
  const known = findFlow(branch.memory.connections, tuple);
  if (known) return known;
  const { state } = branch.packet;
  if (state === 'INVALID') return 'invalid';
  if (state === 'UNTRACKED') return 'untracked';
  if (state === 'ESTABLISHED' || state === 'RELATED') return { ...assumedFlow(tuple), state };
  return trackFirst(branch, tuple);
}

export function tupleOf(branch: Branch): Tuple {
  const { protocol, source, sourcePort, destination, destinationPort } = branch;
  return { protocol, source, sourcePort, destination, destinationPort };
}

/** A flow of which no more is known than that it is: without translation. */
function assumedFlow(tuple: Tuple): Connection {
  return {
    ...newConnection(tuple),
    sourceDecided: true,
    destinationDecided: true,
    confirmed: true,
    seenReply: true,
  };
}

function findFlow(connections: readonly Connection[], tuple: Tuple): Connection | undefined {
  for (const connection of connections) {
    if (coincide(connection.original, tuple)) {
      return { ...connection, direction: 'ORIGINAL', state: connection.seenReply ? 'ESTABLISHED' : 'NEW' };
    }
    if (coincide(connection.reply, tuple)) {
      return { ...connection, direction: 'REPLY', state: 'ESTABLISHED', seenReply: true };
    }
  }
  return undefined;
}

function trackFirst(branch: Branch, tuple: Tuple): Tracking {
  if (branch.protocol === 6 && !startsTcp(branch.flags)) return 'invalid';
  if (isIcmp(branch.protocol)) return trackIcmp(branch, tuple);
  return newConnection(tuple);
}

/** SYN, and with tcp_loose any bare ACK, which may belong to a flow from before the tracking. URG and PSH do not matter. */
function startsTcp(flags: number): boolean {
  const relevant = flags & (tcpFlags.FIN | tcpFlags.SYN | tcpFlags.RST | tcpFlags.ACK);
  return relevant === tcpFlags.SYN || relevant === tcpFlags.ACK;
}

/** Requests begin a flow: echo, timestamp, information and address mask; in IPv6 echo and node information. */
const icmpRequests: Readonly<Record<number, readonly number[]>> = { 1: [8, 13, 15, 17], 58: [128, 139] };

/** Multicast listeners, routers and neighbours, which IPv6 does not track (noct_valid_new); redirects are none of them. */
function isUntrackedIcmp(protocol: number, type: number): boolean {
  return protocol === 58 && ((type >= 130 && type <= 136) || type === 143);
}

function trackIcmp({ protocol, icmp }: Branch, tuple: Tuple): Tracking {
  if (isUntrackedIcmp(protocol, icmp.type)) return 'untracked';
  return icmpRequests[protocol]?.includes(icmp.type) ? newConnection(tuple) : 'invalid';
}
