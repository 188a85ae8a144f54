import type { Host } from '../host/model.ts';
import { add, type Fraction, one } from '../sets/fraction.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import { InputError } from '../text/problem.ts';
import type { WalkAssumption } from './assumption.ts';
import { Collector, type Weighed } from './collector.ts';
import { type Connection, coincide, isAnswer, sameTuple, type Tuple } from './connection.ts';
import type { PacketDetail } from './detail.ts';
import { instructionsIn } from './instructions.ts';
import type { IrProgram } from './ir.ts';
import { emptyMemory, type Memory, memoryKey } from './memory.ts';
import { type OutcomeEnd, outcomeOf } from './outcome.ts';
import type { Packet } from './packet.ts';
import { checkPacket, findOrigin, ingressOf, type Trace } from './trace.ts';
import { isForgotten, quotedTuple, tupleOf } from './tracking.ts';
import { Walk } from './walk.ts';

export interface SequenceOptions {
  /** Whether nth counters are known to stand at their beginning, as after the rules were loaded. Default: no. */
  readonly freshCounters?: boolean;
  readonly trace?: boolean;
  /** States of memory that are followed at most. */
  readonly limit?: number;
}

/** What the node may remember, with its probability: one thing, or several of which nobody knows which. */
interface World {
  readonly memories: readonly [Memory, ...Memory[]];
  readonly weight: Fraction;
}

const defaultLimit = 10_000;

/**
 * Packets one after the other through one node, which remembers flows, `recent` lists and nth counters. Where chance
 * decides what it remembers, each possibility is followed: the outcomes of a packet are those over all of them.
 */
export class Sequence {
  private program: IrProgram;
  private readonly host: Host;
  private readonly options: SequenceOptions;
  private worlds: readonly World[];
  /** Connections of which a packet was taken for the answer, by their first direction. */
  private readonly taken: Tuple[] = [];

  constructor(program: IrProgram, host: Host, options: SequenceOptions = {}) {
    this.program = program;
    this.host = host;
    this.options = options;
    const memory = options.freshCounters ? freshMemory(program) : emptyMemory;
    this.worlds = [{ memories: [memory], weight: one }];
  }

  /** The next packet. `now` in seconds must not go back. */
  next(packet: Packet, now: number): Trace {
    checkPacket(this.host, packet);
    const { origin, assumed } = findOrigin(this.host, packet);
    const ingress = ingressOf(this.host, origin, packet);
    const chosen = this.chosenPorts(packet, now);
    const outcomes = new Collector<OutcomeEnd>();
    const worlds = new Map<string, World>();
    for (const { memories, weight } of this.worlds) {
      for (const { end, weight: share } of this.walkAll(packet, ingress, memories, weight, now)) {
        outcomes.put({ ...end, key: end.plainKey }, share);
        const left = (end.memories ?? [end.memory]) as World['memories'];
        const key = left.map(memoryKey).join(' | ');
        worlds.set(key, { memories: left, weight: addTo(worlds.get(key), share) });
      }
    }
    this.worlds = this.bounded([...worlds.values()]);
    return {
      packet,
      outcomes: outcomes.result().map(outcomeOf),
      assumed: [...this.host.assumed, ...assumed, ...chosen],
    };
  }

  /**
   * What is taken for granted of a packet that answers a connection whose port nobody knows, if it is to the one that was chosen; and
   * afterwards of all that belongs to this connection.
   */
  private chosenPorts(packet: Packet, now: number): readonly WalkAssumption[] {
    const tuple = quotedTuple({ packet, protocol: packet.protocol }) ?? tupleOf(packet);
    const own = this.worlds
      .flatMap(({ memories }) => memories.flatMap(({ connections }) => connections))
      .filter((one) => !isForgotten(one, now) && (sameTuple(one.original, tuple) || isAnswer(one, tuple)));
    const chosen = own.filter(
      (one) => one.picked !== null && !coincide(one.reply, tuple) && isAnswer(one, tuple),
    );
    const isTaken = own.some(({ original }) => this.taken.some((one) => sameTuple(one, original)));
    this.taken.push(...chosen.map(({ original }) => original));
    return [
      ...(chosen.length > 0 ? [{ code: 'to-chosen-port' } as const] : []),
      ...(isTaken ? [{ code: 'answer-to-chosen-port' } as const] : []),
    ];
  }

  /** Where it is not known what the node remembers, each is tried: what is not the same in all of them is not known. */
  private walkAll(
    packet: Packet,
    ingress: string | null,
    [first, ...others]: World['memories'],
    weight: Fraction,
    now: number,
  ): readonly Weighed<OutcomeEnd>[] {
    const walk = (memory: Memory) =>
      new Walk(this.program, this.host, { ...this.options, now, remember: true }).run(
        packet,
        ingress,
        memory,
        weight,
      );
    return others.reduce((known, memory) => merged(known, walk(memory)), walk(first));
  }

  /** Forgets all flows, as `conntrack -F` does. */
  forgetFlows(): void {
    this.forget(() => true);
  }

  /**
   * Other rules from now on. What is remembered stays, but for the positions of counters, and for connections of which `forgets` says that
   * they go; null: nobody knows, and both is followed.
   */
  changeRules(program: IrProgram, forgets: (connection: Connection) => boolean | null): void {
    this.program = program;
    this.forget(forgets, new Map());
  }

  /** Connections that the node may remember now, each once, as its last packet left it. */
  get connections(): readonly Connection[] {
    const all = this.worlds.flatMap(({ memories }) => memories.flatMap(({ connections }) => connections));
    return all.filter(
      (one, index) =>
        all.findLastIndex(
          ({ original, reply }) => sameTuple(original, one.original) && sameTuple(reply, one.reply),
        ) === index,
    );
  }

  private forget(forgets: (connection: Connection) => boolean | null, counters?: Memory['counters']): void {
    const worlds = new Map<string, World>();
    for (const { memories, weight } of this.worlds) {
      const left = memories.flatMap((memory) =>
        [true, false].map((unknownStays): Memory => {
          const stays = (one: Connection) => !(forgets(one) ?? !unknownStays);
          return { ...memory, connections: memory.connections.filter(stays), ...(counters && { counters }) };
        }),
      );
      const distinct = [...new Map(left.map((memory) => [memoryKey(memory), memory])).values()];
      const key = distinct.map(memoryKey).join(' | ');
      const kept = distinct as unknown as World['memories'];
      worlds.set(key, { memories: kept, weight: addTo(worlds.get(key), weight) });
    }
    this.worlds = [...worlds.values()];
  }

  private bounded(worlds: World[]): readonly World[] {
    const remembered = worlds.reduce((sum, { memories }) => sum + memories.length, 0);
    if (remembered <= (this.options.limit ?? defaultLimit)) return worlds;
    const most = this.options.limit ?? defaultLimit;
    throw new InputError([
      {
        code: 'too-many-ways',
        severity: 'error',
        ...told<PacketDetail>({ code: 'ways-too-many', most }),
        expected: want.thing('fewer-chances'),
      },
    ]);
  }
}

/** Two answers to one packet, of which nobody knows which is right. */
function merged(
  left: readonly Weighed<OutcomeEnd>[],
  right: readonly Weighed<OutcomeEnd>[],
): readonly Weighed<OutcomeEnd>[] {
  const [example] = left;
  if (!example) return right;
  const collector = new Collector<OutcomeEnd>(true);
  const { yes, no } = collector.part(dependent(example.end));
  for (const { end, weight } of left) yes.put(end, weight);
  for (const { end, weight } of right) no.put(end, weight);
  return collector.result();
}

function dependent(end: OutcomeEnd): OutcomeEnd {
  const reason = { code: 'earlier-packet-unknown' } as const;
  return {
    ...end,
    verdict: 'unknown',
    delivered: 'none',
    reason,
    dnat: null,
    src: null,
    masqueraded: false,
    rejectWith: null,
    reply: null,
    sticks: null,
    interface: null,
    last: null,
    key: reason.code,
    plainKey: reason.code,
  };
}

function addTo(world: World | undefined, weight: Fraction): Fraction {
  return world ? add(world.weight, weight) : weight;
}

/** As after the rules were loaded: every nth counter stands at its beginning. */
export function freshMemory({ chains }: IrProgram): Memory {
  const counters = new Map<string, readonly number[]>();
  for (const { rules } of chains.values()) {
    for (const { code } of rules) {
      for (const instruction of instructionsIn(code)) {
        if (instruction.do === 'choose' && instruction.by.kind === 'counter')
          counters.set(instruction.by.key, [0]);
      }
    }
  }
  return { ...emptyMemory, counters };
}
