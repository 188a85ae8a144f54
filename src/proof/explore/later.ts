import { contains } from '../../address/subnet.ts';
import type { Weighed } from '../../engine/collector.ts';
import type { Connection, Tuple } from '../../engine/connection.ts';
import { emptyMemory, type Memory } from '../../engine/memory.ts';
import type { OutcomeEnd } from '../../engine/outcome.ts';
import { type Origin, type Packet, tcpFlags } from '../../engine/packet.ts';
import type { Host } from '../../host/model.ts';
import { ownerOf } from '../../host/route.ts';

/** A packet of a flow that was translated when it began. */
export interface LaterPacket {
  readonly packet: Packet;
  readonly memory: Memory;
  /** It comes from the other end. */
  readonly answering: boolean;
}

/** What later packets of TCP bring: data, and where rules ask for flags, the end and a reset. */
const laterFlags = [tcpFlags.ACK, tcpFlags.FIN | tcpFlags.ACK, tcpFlags.RST];

export interface LaterQuestion {
  readonly host: Host;
  /** Some rule asks for flags of TCP. */
  readonly flags: boolean;
}

/** The later packets, in both directions, of all flows that a first packet may have begun on either side. */
export function laterPackets(
  begun: readonly (readonly Weighed<OutcomeEnd>[])[],
  first: Packet,
  question: LaterQuestion,
): readonly LaterPacket[] {
  const connections = new Map<string, Connection>();
  for (const { end } of begun.flat()) {
    if (end.verdict !== 'accept') continue;
    const connection = end.memory.connections.at(-1);
    if (!connection || !(connection.sourceChanged || connection.destinationChanged)) continue;
    const { source, sourcePort, destination, destinationPort } = connection.reply;
    connections.set([source, sourcePort, destination, destinationPort].join(), connection);
  }
  return [...connections.values()].flatMap((connection) => both(connection, first, question));
}

function both(connection: Connection, first: Packet, question: LaterQuestion): LaterPacket[] {
  const memory = { ...emptyMemory, connections: [{ ...connection, confirmed: true, seenReply: true }] };
  const flags = first.protocol !== 6 ? [first.flags] : laterFlags.slice(0, question.flags ? 3 : 1);
  return flags.flatMap((one) => [
    { packet: { ...first, flags: one, state: 'ESTABLISHED' as const }, memory, answering: false },
    { packet: answer(connection.reply, { ...first, flags: one }, question.host), memory, answering: true },
  ]);
}

function answer(reply: Tuple, first: Packet, host: Host): Packet {
  const { source, sourcePort, destination, destinationPort } = reply;
  const icmp = { type: answerTypes[first.icmp.type] ?? first.icmp.type, code: first.icmp.code };
  return {
    ...first,
    source,
    sourcePort,
    destination,
    destinationPort,
    icmp,
    state: 'ESTABLISHED',
    from: placeOf(reply, host),
  };
}

/** What answers which request: echo, timestamp, information, address mask; echo and node information of IPv6. */
const answerTypes: Readonly<Record<number, number>> = { 8: 0, 13: 14, 15: 16, 17: 18, 128: 129, 139: 140 };

function placeOf({ source }: Tuple, host: Host): Origin {
  if (ownerOf(host, source)) return 'host';
  if (host.podPrefix && contains(host.podPrefix, source)) return 'pod';
  const further = host.interfaces.find(
    ({ name, addresses }) =>
      name !== host.uplink &&
      name !== host.podInterface &&
      addresses.some(({ prefix }) => contains(prefix, source)),
  );
  return further ? { interface: further.name } : 'external';
}
