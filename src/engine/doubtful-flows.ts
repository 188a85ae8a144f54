import type { Branch } from './branch.ts';
import { type Connection, coincide, invert, isAnswer, noZones, type Tuple } from './connection.ts';
import type { Memory } from './memory.ts';
import type { Surroundings } from './surroundings.ts';
import { isForgotten, quotedTuple, tupleOf } from './tracking.ts';

/** What the node remembers, in each of the ways that it may be, where that matters to a packet. */
export interface Possible {
  readonly memories: readonly [Memory, ...Memory[]];
  readonly because: 'flow-may-be-gone' | 'flow-ambiguous';
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
  const meant = memory.connections.filter((known) => !isForgotten(known, now) && isIn(known, asReply, tuple));
  if (meant.length < 2 || meant.some(({ reply }) => coincide(reply, tuple))) return null;
  const pinned = meant.map((known) => replacing(memory, known, [{ ...known, reply: tuple, picked: null }]));
  return { memories: pinned as [Memory, ...Memory[]], because: 'flow-ambiguous' };
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
