import { type Connection, invert, newConnection } from '../engine/connection.ts';
import { type Packet, tcpFlags } from '../engine/packet.ts';
import type { TcpState, TcpTrack } from '../engine/tcp-states.ts';
import { tupleOf } from '../engine/tracking.ts';

const { SYN, ACK } = tcpFlags;

export function isSynAck({ protocol, flags }: Packet): boolean {
  return protocol === 6 && (flags & (SYN | ACK)) === (SYN | ACK);
}

/** An open flow whose requests look like that when they come, and like `last` when they leave. */
export function laterFlow(packet: Packet, last: Packet): Connection {
  const original = tupleOf(packet);
  return open({ ...newConnection(original), reply: invert(tupleOf(last)) }, packet, false);
}

/** The same with answers that look like that when they come. */
export function answeredFlow(packet: Packet, last: Packet): Connection {
  const reply = tupleOf(packet);
  return open({ ...newConnection(invert(tupleOf(last))), reply }, packet, isSynAck(packet));
}

function open(connection: Connection, packet: Packet, begins: boolean): Connection {
  const left = invert(connection.reply);
  const { original } = connection;
  return {
    ...connection,
    sourceChanged: left.source !== original.source || left.sourcePort !== original.sourcePort,
    destinationChanged: left.destination !== original.destination,
    sourceDecided: true,
    destinationDecided: true,
    confirmed: true,
    seenReply: !begins,
    assured: begins ? false : null,
    tcp: packet.protocol === 6 ? tcpIn(begins ? 'SS' : 'ES') : null,
  };
}

export function tcpIn(state: TcpState): TcpTrack {
  const last =
    state === 'SS' ? ({ reply: false, kind: 'syn' } as const) : ({ reply: true, kind: 'ack' } as const);
  return { state, last, closing: false, crossed: false, unacknowledged: [], repeated: 0, pickedUp: false };
}
