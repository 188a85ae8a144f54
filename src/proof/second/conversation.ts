import { Collector, type Weighed } from '../../engine/collector.ts';
import { icmpPort, invert } from '../../engine/connection.ts';
import type { Guide } from '../../engine/guide.ts';
import { instructionsIn } from '../../engine/instructions.ts';
import type { Instruction, IrProgram } from '../../engine/ir.ts';
import type { Memory } from '../../engine/memory.ts';
import { type Outcome, type OutcomeEnd, outcomeOf } from '../../engine/outcome.ts';
import { isIcmp, type Origin, type Packet, tcpFlags } from '../../engine/packet.ts';
import { freshMemory } from '../../engine/sequence.ts';
import { findOrigin, ingressOf } from '../../engine/trace.ts';
import { Walk } from '../../engine/walk.ts';
import type { Host } from '../../host/model.ts';
import { add, type Fraction, formatFraction, one } from '../../sets/fraction.ts';

/** What a packet of a conversation is to the one that began it. */
export type Turn = 'first' | 'again' | 'answer' | 'later' | 'another';

/** One packet of a conversation, before it is sent. */
export interface Move {
  readonly turn: Turn;
  readonly packet: Packet;
}

/** A conversation on one of its ways through one side: what became of its packets so far, and what the node remembers. */
interface Way {
  readonly told: string;
  readonly memory: Memory;
  readonly weight: Fraction;
  /** How the packet left that began it; null: it did not. */
  readonly first: OutcomeEnd | null;
}

const { SYN, ACK, PSH, FIN } = tcpFlags;

/**
 * What is sent in turn, where a packet may begin a flow: the same again, for want of an answer, then the answer and what comes
 * after it, of either end. Where rules remember, other flows follow: of the same ends, and in between `beside`, each of which begins one.
 */
export function movesOf(first: Packet, remembers: boolean, beside: readonly Packet[]): readonly Move[] {
  const begun = first.sourcePort === null && isIcmp(first.protocol) ? { ...first, sourcePort: 1 } : first;
  const begins = begun.state === null || (begun.state === 'RELATED' && !isIcmp(begun.protocol));
  if (!begins) return [{ turn: 'first', packet: begun }];
  const send = (turn: Turn, flags: number): Move => ({
    turn,
    packet: begun.protocol === 6 ? { ...begun, flags } : begun,
  });
  const isOpening = begun.flags === SYN;
  const moves = [
    send('first', begun.flags),
    send('again', begun.flags),
    send('answer', isOpening ? SYN | ACK : ACK),
    send('later', ACK),
    send('answer', PSH | ACK),
    ...(begun.protocol === 6 ? [send('later', FIN | ACK), send('answer', FIN | ACK)] : []),
  ];
  const others = [begun, ...beside.flatMap((one) => [one, begun, begun])].map(
    (packet, index): Move => ({ turn: 'another', packet: withPort(packet, index + 1) }),
  );
  return remembers ? [...moves, ...others] : moves;
}

const withPort = (packet: Packet, more: number): Packet => ({
  ...packet,
  sourcePort: packet.sourcePort === null ? null : (packet.sourcePort + more) % 65536,
});

/** Whether one packet may count for the next ones, beside what connection tracking keeps of flows. */
export function remembers({ chains }: IrProgram): boolean {
  const does = (instruction: Instruction): boolean =>
    instruction.do === 'recall' ||
    instruction.do === 'remember' ||
    (instruction.do === 'choose' && instruction.by.kind === 'counter');
  return [...chains.values()].some(({ rules }) =>
    rules.some(({ code }) => [...instructionsIn(code)].some(does)),
  );
}

/** Ways that one conversation can take, by chance or by what it leaves behind: each packet can double them, and nobody follows more. */
const mostWays = 1_024;

/** One side of a conversation. */
export class Side {
  private readonly program: IrProgram;
  private readonly host: Host;
  private readonly guide: Guide;
  private readonly trace: boolean;
  private ways: readonly Way[];
  private last: readonly Weighed<OutcomeEnd>[] = [];
  private now = 0;

  /** `trace`: outcomes tell the rules that were met. */
  constructor(program: IrProgram, host: Host, guide: Guide, trace = false) {
    this.program = program;
    this.host = host;
    this.guide = guide;
    this.trace = trace;
    this.ways = [{ told: '', memory: freshMemory(program), weight: one, first: null }];
  }

  /** Sends the next packet. Null: nobody knows what becomes of it, or in too many ways; else all that may have become of all so far. */
  send(move: Move): string | null {
    const ways: Way[] = [];
    const last: Weighed<OutcomeEnd>[] = [];
    for (const way of this.ways) {
      const packet = move.turn === 'answer' ? answerTo(way, move.packet) : move.packet;
      const ends = packet && this.walk(way, packet);
      if (!ends) ways.push({ ...way, told: `${way.told}|` });
      else {
        if (ends.some(({ end }) => isOpen(end))) return null;
        ways.push(...ends.map(({ end, weight }) => after(way, move, end, weight)));
        last.push(...ends);
      }
      if (ways.length > mostWays) return null;
    }
    this.ways = ways;
    this.last = last;
    this.now += 1;
    return spell(ways);
  }

  /** What became of the last packet that was sent, on whichever way. */
  get outcomes(): readonly Outcome[] {
    const collector = new Collector<OutcomeEnd>();
    for (const { end, weight } of this.last) collector.put({ ...end, key: end.plainKey }, weight);
    return collector.result().map(outcomeOf);
  }

  private walk({ memory, weight }: Way, packet: Packet): readonly Weighed<OutcomeEnd>[] {
    const { program, host, guide, now, trace } = this;
    const { origin } = findOrigin(host, packet);
    return new Walk(program, host, { remember: true, now, guide, trace, nextHops: true }).run(
      packet,
      ingressOf(host, origin, packet),
      memory,
      weight,
    );
  }
}

const isOpen = ({ verdict, memories, copy }: OutcomeEnd): boolean =>
  verdict === 'unknown' || memories !== undefined || copy?.verdict === 'unknown';

function after(way: Way, { turn }: Move, end: OutcomeEnd, weight: Fraction): Way {
  return {
    told: `${way.told}|${tell(end)}`,
    memory: end.memory,
    weight,
    first: turn === 'first' && end.verdict === 'accept' ? end : way.first,
  };
}

/** What the other end sends back, where this node sees it: to where the first packet came from by the time that it left. */
function answerTo({ first }: Way, packet: Packet): Packet | null {
  if (!first || first.reply?.comesBack === false) return null;
  const { left, delivered, memory } = first;
  // Of ports that chance chose from, any stands for all.
  const sourcePort = left.sourcePort ?? memory.connections.at(-1)?.picked?.first ?? null;
  const icmp = isIcmp(packet.protocol);
  const from: Origin = delivered === 'local' ? 'host' : { interface: first.interface as string };
  return {
    ...packet,
    source: left.destination,
    destination: left.source,
    sourcePort: icmp ? sourcePort : left.destinationPort,
    destinationPort: icmp ? null : sourcePort,
    icmp: icmp ? answerType(packet) : packet.icmp,
    from,
  };
}

function answerType({ protocol, source, destination, icmp }: Packet): Packet['icmp'] {
  const { destinationPort } = invert({
    protocol,
    source,
    destination,
    sourcePort: 0,
    destinationPort: icmpPort(icmp),
  });
  return { type: (destinationPort as number) >> 8, code: icmp.code };
}

function tell({ verdict, left, delivered, interface: link, nextHop, rejectWith, copy }: OutcomeEnd): string {
  if (verdict !== 'accept') return [verdict, rejectWith].join(' ');
  return [
    delivered,
    link,
    nextHop,
    ...endsOf(left),
    ...(copy ? [copy.verdict, ...endsOf(copy.left)] : []),
  ].join(' ');
}

const endsOf = ({ source, sourcePort, destination, destinationPort }: OutcomeEnd['left']) => [
  source,
  sourcePort,
  destination,
  destinationPort,
];

/** Ways that look alike from outside are one. */
function spell(ways: readonly Way[]): string {
  const weights = new Map<string, Fraction>();
  for (const { told, weight } of ways) {
    const known = weights.get(told);
    weights.set(told, known ? add(known, weight) : weight);
  }
  return [...weights]
    .map(([told, weight]) => `${told} ${formatFraction(weight)}`)
    .sort()
    .join('\n');
}
