import type { Host } from '../host/model.ts';
import { add, type Fraction, one } from '../sets/fraction.ts';
import { InputError } from '../text/problem.ts';
import { Collector } from './collector.ts';
import { counterKey, emptyMemory, type Memory } from './memory.ts';
import { type OutcomeEnd, outcomeOf } from './outcome.ts';
import type { Packet } from './packet.ts';
import type { Program } from './program.ts';
import { checkPacket, findOrigin, ingressOf, type Trace } from './trace.ts';
import { memoryKey, Walk } from './walk.ts';

export interface SequenceOptions {
  /** Whether nth counters are known to stand at their beginning, as after the rules were loaded. Default: no. */
  readonly freshCounters?: boolean;
  readonly trace?: boolean;
  /** States of memory that are followed at most. */
  readonly limit?: number;
}

/** One thing that the node may remember, with its probability. */
interface World {
  readonly memory: Memory;
  readonly weight: Fraction;
}

const defaultLimit = 10_000;

/**
 * Packets one after the other through one node, which remembers flows, `recent` lists and nth counters. Where chance
 * decides what it remembers, each possibility is followed: the outcomes of a packet are those over all of them.
 */
export class Sequence {
  private readonly program: Program;
  private readonly host: Host;
  private readonly options: SequenceOptions;
  private worlds: readonly World[];

  constructor(program: Program, host: Host, options: SequenceOptions = {}) {
    this.program = program;
    this.host = host;
    this.options = options;
    this.worlds = [{ memory: options.freshCounters ? withFreshCounters(program) : emptyMemory, weight: one }];
  }

  /** The next packet. `now` in seconds must not go back. */
  next(packet: Packet, now: number): Trace {
    checkPacket(this.host, packet);
    const { origin, assumed } = findOrigin(this.host, packet);
    const ingress = ingressOf(this.host, origin, packet);
    const outcomes = new Collector<OutcomeEnd>();
    const worlds = new Map<string, World>();
    for (const { memory, weight } of this.worlds) {
      const walk = new Walk(this.program, this.host, { ...this.options, now, remember: true });
      for (const { end, weight: share } of walk.run(packet, ingress, memory, weight)) {
        outcomes.put({ ...end, key: end.plainKey }, share);
        const key = memoryKey(end.memory);
        worlds.set(key, { memory: end.memory, weight: addTo(worlds.get(key), share) });
      }
    }
    this.worlds = this.bounded([...worlds.values()]);
    return {
      packet,
      outcomes: outcomes.result().map(outcomeOf),
      assumed: [...this.host.assumed, ...assumed],
    };
  }

  /** Forgets all flows, as `conntrack -F` does. */
  forgetFlows(): void {
    const worlds = new Map<string, World>();
    for (const { memory, weight } of this.worlds) {
      const emptied = { ...memory, connections: [] };
      const key = memoryKey(emptied);
      worlds.set(key, { memory: emptied, weight: addTo(worlds.get(key), weight) });
    }
    this.worlds = [...worlds.values()];
  }

  private bounded(worlds: World[]): readonly World[] {
    if (worlds.length <= (this.options.limit ?? defaultLimit)) return worlds;
    const most = this.options.limit ?? defaultLimit;
    throw new InputError([
      {
        code: 'too-many-ways',
        severity: 'error',
        message: `after this packet the node may remember more than ${most} different things`,
        expected: 'fewer packets for which chance decides, or packets without times',
      },
    ]);
  }
}

function addTo(world: World | undefined, weight: Fraction): Fraction {
  return world ? add(world.weight, weight) : weight;
}

function withFreshCounters({ chains }: Program): Memory {
  const counters = new Map<string, readonly number[]>();
  for (const { rules } of chains.values()) {
    for (const rule of rules) {
      rule.rule.matches.forEach((match, index) => {
        if (match.kind === 'statistic' && match.mode === 'nth') counters.set(counterKey(rule, index), [0]);
      });
    }
  }
  return { ...emptyMemory, counters };
}
