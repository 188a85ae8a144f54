import { contains } from '../../address/subnet.ts';
import type { Weighed } from '../../engine/collector.ts';
import { type Connection, newConnection, type Tuple } from '../../engine/connection.ts';
import { emptyMemory, type Memory } from '../../engine/memory.ts';
import { listMatched, type OutcomeEnd } from '../../engine/outcome.ts';
import { isIcmp, type Origin, type Packet, tcpFlags } from '../../engine/packet.ts';
import { tupleOf } from '../../engine/tracking.ts';
import type { Host } from '../../host/model.ts';
import { ownerOf } from '../../host/route.ts';

/** A packet of a flow that has begun. */
export interface LaterPacket {
  readonly packet: Packet;
  readonly memory: Memory;
  /** It comes from the other end. */
  readonly answering: boolean;
}

/** What later packets of TCP bring: data, and where rules ask for flags, the end and a reset. */
const laterFlags = [tcpFlags.ACK, tcpFlags.FIN | tcpFlags.ACK, tcpFlags.RST];
/** Beside the same again, what a side sends that has heard no answer. */
const unansweredFlags = [tcpFlags.RST, tcpFlags.FIN | tcpFlags.ACK, tcpFlags.ACK];

export interface LaterQuestion {
  readonly host: Host;
  /** Some rule asks for flags of TCP. */
  readonly flags: boolean;
  /** Some rule asks for more of a connection's entry than its state. */
  readonly status: boolean;
}

/**
 * The later packets of all flows that a first packet may have begun on either side: those of its own side before any answer,
 * which are NEW or RELATED and yet see no chain of nat, and where a flow was translated, those of both sides after it. What a
 * helper expects may have been translated by that, and then sees no chain of nat at all.
 */
export function laterPackets(
  begun: readonly (readonly Weighed<OutcomeEnd>[])[],
  first: Packet,
  question: LaterQuestion,
): readonly LaterPacket[] {
  const connections = new Map<string, Connection>();
  const unlike =
    question.status || (question.flags && first.protocol === 6) || begun.flat().some(hasOwnEffect);
  for (const { end } of begun.flat()) {
    if (end.verdict !== 'accept') continue;
    const connection = end.memory.connections.at(-1);
    if (!connection) continue;
    const { source, sourcePort, destination, destinationPort } = connection.reply;
    connections.set([source, sourcePort, destination, destinationPort, connection.mark].join(), connection);
  }
  return [
    ...[...connections.values()].flatMap((connection) => [
      ...(unlike ? again(connection, first, question) : []),
      ...(isTranslated(connection) ? both(connection, first, question) : []),
    ]),
    ...(isExpected(first) && begun.flat().some(sawNat) ? [helped(first)] : []),
  ];
}

const isExpected = ({ state, protocol }: Packet) => state === 'RELATED' && !isIcmp(protocol);

/** Whether nat may have had a part in what became of a packet. */
const sawNat = ({ end: { verdict, last } }: Weighed<OutcomeEnd>) =>
  verdict !== 'accept' || listMatched(last).some(({ place }) => place.table === 'nat');

/** A packet that no chain of nat sees; whose translation its helper chose, nobody knows (nf_nat_follow_master). */
function helped(first: Packet): LaterPacket {
  const begun = {
    ...newConnection(tupleOf(first)),
    presumed: true,
    expected: true,
    confirmed: true,
  } as const;
  const connection = { ...begun, sourceDecided: true, destinationDecided: true };
  return { packet: first, memory: { ...emptyMemory, connections: [connection] }, answering: false };
}

const isTranslated = ({ sourceChanged, destinationChanged }: Connection) =>
  sourceChanged !== false || destinationChanged;

/** What chains of nat translate, they translate for good; all else that they do, they do to the first packet alone. */
const translating: ReadonlySet<string> = new Set([
  'jump',
  'verdict',
  'dnat',
  'snat',
  'masquerade',
  'redirect',
  'netmap',
]);

/** Whether a first packet fared in a way in which the same, sent again, need not. */
function hasOwnEffect({ end: { memory, last } }: Weighed<OutcomeEnd>): boolean {
  const left = memory.connections.some(({ mark }) => mark !== 0) || memory.recent.size > 0;
  if (left || (memory.written?.size ?? 0) > 0) return true;
  return listMatched(last).some(
    ({ place: { table, rule } }) => table === 'nat' && rule.target && !translating.has(rule.target.kind),
  );
}

function again(connection: Connection, first: Packet, question: LaterQuestion): LaterPacket[] {
  const memory = { ...emptyMemory, connections: [{ ...connection, confirmed: true }] };
  const others = first.protocol === 6 && question.flags ? unansweredFlags : [];
  return [...new Set([first.flags, ...others])].map((flags) => ({
    packet: { ...first, flags },
    memory,
    answering: false,
  }));
}

function both(connection: Connection, first: Packet, question: LaterQuestion): LaterPacket[] {
  // Its SYN has been answered by now: of one that has not, most packets are INVALID.
  const begun = { ...connection, confirmed: true, seenReply: true, assured: null, tcp: null };
  const memory = { ...emptyMemory, connections: [begun] };
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
