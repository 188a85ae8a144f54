import { type Connection, isAnswer, sameTuple } from '../engine/connection.ts';
import { emptyMemory, type Memory } from '../engine/memory.ts';
import { isIcmp, isIcmpError, type Packet, tcpFlags } from '../engine/packet.ts';
import { isUntrackedIcmp, tupleOf } from '../engine/tracking.ts';
import { answeredFlow, isSynAck, laterFlow, tcpIn } from './flows.ts';
import type { LoggedPacket, Sight } from './model.ts';

/** As what connection tracking takes a packet: the lines alone do not always tell. */
export type Taken = 'first' | 'later' | 'answer' | 'related' | 'invalid' | 'untracked';

/** What connection tracking may know of a packet, and what of it a log leaves unknown. */
export interface Supposition {
  readonly taken: Taken;
  readonly memory: Memory;
  readonly state: Packet['state'];
  /** Whether the translation of the flow is known. */
  readonly known: boolean;
  readonly sourceKnown: boolean;
}

const { SYN, ACK, RST } = tcpFlags;

/** What connection tracking may know of the packet's flow: the likeliest together, before those that are less so. */
export function suppositions(
  packet: Packet,
  { sights }: LoggedPacket,
  known: readonly Connection[],
): readonly (readonly Supposition[])[] {
  const flows = known.flatMap((connection) => knownFlow(packet, connection));
  if (flows.length > 0) return [flows, [first]];
  if (isUntrackedIcmp(packet.protocol, packet.icmp.type)) return [[{ ...first, taken: 'untracked' }]];
  if (sights[0].quotes || isIcmpError(packet.protocol, packet.icmp))
    return [[{ ...first, taken: 'related', state: 'RELATED', sourceKnown: false }, invalid]];
  const last = sights.at(-1) as Sight;
  const unknown = { ...first, known: isTranslated(last), sourceKnown: false };
  const later: Supposition = { ...unknown, taken: 'later', memory: holding(laterFlow(packet, last.packet)) };
  const answer: Supposition = {
    ...unknown,
    taken: 'answer',
    memory: holding(answeredFlow(packet, last.packet)),
  };
  if (packet.protocol !== 6) return [isReply(packet) ? [answer, invalid] : [first, later, answer]];
  const kind = packet.flags & (SYN | ACK | RST);
  if (kind === SYN) return [[first]];
  if (kind === (SYN | ACK)) return [[answer, invalid]];
  return [[later, answer, ...(kind === ACK ? [first] : []), invalid]];
}

const takenIn: Readonly<Record<string, readonly Taken[]>> = {
  INVALID: ['invalid'],
  NEW: ['first', 'later'],
  RELATED: ['related'],
  ESTABLISHED: ['later', 'answer'],
  UNTRACKED: ['untracked'],
};

/** What fits the state that the log itself shows; all, where it shows none, or none does. */
export function asTracked(
  tiers: readonly (readonly Supposition[])[],
  { sights }: LoggedPacket,
): readonly (readonly Supposition[])[] {
  const state = sights.find((sight) => sight.state !== undefined)?.state;
  const wanted = state === undefined ? undefined : takenIn[state];
  const fitting = tiers
    .map((tier) => tier.filter(({ taken }) => wanted?.includes(taken)))
    .filter((tier) => tier.length > 0);
  return fitting.length > 0 ? fitting : tiers;
}

const first: Supposition = {
  taken: 'first',
  memory: emptyMemory,
  state: null,
  known: true,
  sourceKnown: true,
};
const invalid: Supposition = { ...first, taken: 'invalid', state: 'INVALID' };

/** Whether a line shows the destination as it is after translation. */
export function isTranslated({ in: ingress, out, place }: Sight): boolean {
  if (place?.table === 'filter' || place?.table === 'security') return true;
  if (place?.entered?.late) return true;
  return (
    (ingress !== null && out !== null) || ['INPUT', 'FORWARD', 'POSTROUTING'].includes(place?.chain ?? '')
  );
}

function isReply({ protocol, icmp }: Packet): boolean {
  return isIcmp(protocol) && (icmp.type === 0 || icmp.type === 129);
}

/** The entry that the log shows: as it was written, and, as that may have been before, with an answer. */
function knownFlow(packet: Packet, connection: Connection): readonly Supposition[] {
  const tuple = tupleOf(packet);
  const isRequest = sameTuple(connection.original, tuple);
  if (!isRequest && !isAnswer(connection, tuple)) return [];
  const taken: Taken = isRequest ? 'later' : 'answer';
  const open = packet.protocol === 6 ? { tcp: tcpIn(isSynAck(packet) ? 'SS' : 'ES') } : {};
  const seenReply = isRequest || !isSynAck(packet);
  const variants = [connection, { ...connection, ...open, seenReply, assured: null }];
  return variants.map((variant) => ({ ...first, taken, memory: holding(variant) }));
}

function holding(connection: Connection): Memory {
  return { ...emptyMemory, connections: [connection] };
}
