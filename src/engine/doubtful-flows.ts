import { dataKey } from '../text/data-key.ts';
import type { Branch } from './branch.ts';
import {
  answeredBy,
  type Connection,
  coincide,
  invert,
  isAnswer,
  likeliest,
  noZones,
  type Tuple,
} from './connection.ts';
import type { Memory } from './memory.ts';
import type { Surroundings } from './surroundings.ts';
import { isForgotten, quotedTuple, tupleOf } from './tracking.ts';

/** What the node remembers, in each of the ways that it may be, where that matters to a packet. */
export interface Possible {
  readonly memories: readonly [Memory, ...Memory[]];
  readonly because: 'flow-may-be-gone' | 'flow-ambiguous' | 'flow-may-be-expected';
}

/** Null: what matters to this packet is known. */
export function doubtsOf(branch: Branch, { now }: Surroundings): Possible | null {
  const { memory } = branch;
  if (memory.connections.length === 0) return null;
  const tuple = quotedTuple(branch) ?? tupleOf(branch);
  const gone = memory.connections.find((known) => mayBeGone(known, now) && concerns(known, tuple));
  if (gone) {
    const { expires: fades } = gone;
    return {
      memories: [replacing(memory, gone, [{ ...gone, fades }]), replacing(memory, gone, [])],
      because: 'flow-may-be-gone',
    };
  }
  const [, asReply] = branch.template?.zones ?? noZones;
  const answered = memory.connections.filter(
    (known) => !isForgotten(known, now) && isIn(known, asReply, tuple),
  );
  const meant = likeliest(answered, tuple);
  if (answered.some(({ reply }) => coincide(reply, tuple))) return null;
  if (meant.length === 0) return expectable(branch, tuple, now);
  if (meant.length < 2) return null;
  const pinned = meant.map((known) => replacing(memory, known, [answeredBy(known, tuple)]));
  return { memories: pinned as [Memory, ...Memory[]], because: 'flow-ambiguous' };
}

/** What begins a flow that a helper may expect: what its connection's packets said, no packet here tells. */
function expectable({ memory, packet, answer }: Branch, tuple: Tuple, now: number): Possible | null {
  const key = dataKey(tuple);
  if (packet.state !== null || packet.about || answer || memory.expected?.has(key)) return null;
  const live = memory.connections.filter((known) => !isForgotten(known, now));
  if (live.some(({ original }) => coincide(original, tuple))) return null;
  if (!live.some((known) => mayExpect(known, tuple))) return null;
  const supposing = (is: boolean): Memory => ({ ...memory, expected: new Map(memory.expected).set(key, is) });
  return { memories: [supposing(true), supposing(false)], because: 'flow-may-be-expected' };
}

/** As nf_conntrack_tftp.c and nf_conntrack_ftp.c; of other helpers no more is said than that one of the ends is in it. */
function mayExpect({ helper, original, reply }: Connection, tuple: Tuple): boolean {
  if (helper === undefined) return false;
  if (helper === 'tftp') return coincide({ ...reply, protocol: 17, sourcePort: tuple.sourcePort }, tuple);
  const ends = [original.source, original.destination, reply.source, reply.destination];
  const [from, to] = [ends.includes(tuple.source), ends.includes(tuple.destination)];
  return helper === 'ftp' ? tuple.protocol === 6 && from && to : from || to;
}

function isIn(known: Connection, zone: number, tuple: Tuple): boolean {
  return known.zones[1] === zone && isAnswer(known, tuple);
}

function mayBeGone(known: Connection, now: number): boolean {
  return known.fades !== null && known.fades <= now && !isForgotten(known, now);
}

/** Whether a packet may belong to an entry, or be in its way: either has the client's port. */
function concerns({ original, reply }: Connection, tuple: Tuple): boolean {
  if (original.protocol !== tuple.protocol) return false;
  const ports = [original.sourcePort, invert(reply).sourcePort];
  return ports.includes(null) || ports.includes(tuple.sourcePort) || ports.includes(tuple.destinationPort);
}

function replacing(memory: Memory, known: Connection, by: readonly Connection[]): Memory {
  return { ...memory, connections: memory.connections.flatMap((one) => (one === known ? by : [one])) };
}
