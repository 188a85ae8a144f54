import type { Address } from '../address/address.ts';
import { portProtocols } from '../address/protocols.ts';
import type { Host } from '../host/model.ts';
import { add, type Fraction, formatFraction, one, toNumber } from '../sets/fraction.ts';
import type { WalkAssumption } from './assumption.ts';
import { headerOf, type Matched } from './branch.ts';
import type { Weighed } from './collector.ts';
import { hearingOf, turned } from './hearing.ts';
import { instructionsIn, testsIn } from './instructions.ts';
import type { Instruction, IrProgram } from './ir.ts';
import { emptyMemory, type Memory } from './memory.ts';
import { type Outcome, type OutcomeEnd, outcomeOf } from './outcome.ts';
import { isIcmp, type Origin, type Packet, tcpFlags } from './packet.ts';
import { keyOfReason, type Reason } from './reasons.ts';
import type { ReplyReason } from './reply.ts';
import { checkPacket, findOrigin, ingressOf } from './trace.ts';
import { Walk, type WalkOptions } from './walk.ts';

/** What becomes of a connection; the server is taken to listen, and to answer. */
export type ConnectionVerdict =
  | 'established'
  | 'refused'
  /** The client takes it for open, and is then told that it is not. */
  | 'reset'
  /** The client takes it for open, and waits; where the step is a FIN, for its end. */
  | 'hangs'
  | 'no-answer'
  | 'unknown';

/** The packets of a connection, in their order. UDP and ICMP have a question and an answer alone. */
export type StepName =
  | 'SYN'
  | 'SYN-ACK'
  | 'ACK'
  | 'data'
  | 'data back'
  | 'FIN'
  | 'FIN back'
  | 'question'
  | 'answer';

/** One packet of a connection, and what became of it on the node. */
export interface ConnectionStep {
  readonly step: StepName;
  readonly packet: Packet;
  /** Null: it does not pass this node, and `past` says why. */
  readonly outcome: Outcome | null;
  readonly past: ReplyReason | null;
}

/** An ICMP error about one of a connection's packets, which whoever met the packet sends to where it came from. */
export interface ConnectionError {
  /** A link on the way is too narrow for the packet, or nobody listens at its port. */
  readonly error: ErrorName;
  readonly about: StepName;
  readonly packet: Packet;
  readonly outcome: Outcome;
  /** Null: it comes to whoever sent what it is about. */
  readonly at: Failure | null;
}

export type ErrorName = 'too-big' | 'port-unreachable';

/** Why a packet of a connection does not arrive, or is not taken. */
export type FailureReason =
  | Reason
  | ReplyReason
  /** An answer that the client did not ask for. */
  | { readonly code: 'answer-from-other'; readonly source: Address; readonly client: Address };

/** Where a connection fails. */
export interface Failure {
  readonly step: StepName;
  /** The rule that ended it; null where none did. */
  readonly rule: Matched | null;
  /** A chain's policy that did. */
  readonly policy: { readonly table: string; readonly chain: string } | null;
  readonly reason: FailureReason | null;
}

/** Where a connection's packets arrive; no port where the protocol has none. */
export interface Reached {
  readonly address: Address;
  readonly port: number | null;
}

export interface ConnectionOutcome {
  readonly verdict: ConnectionVerdict;
  readonly at: Failure | null;
  /** The first packet's translation: of outcomes that are otherwise equal, one of several. */
  readonly dnat: string | null;
  readonly src: string | null;
  /** Where the first packet went; null: nowhere. */
  readonly reached: Reached | null;
  readonly masqueraded: boolean;
  readonly probability: number;
  readonly weight: string;
  readonly steps: readonly ConnectionStep[];
  /** Of a connection that comes about: errors of the network beyond the node about its packets, both ways. */
  readonly errors: readonly ConnectionError[];
}

export interface ConnectionTrace {
  readonly packet: Packet;
  readonly outcomes: readonly ConnectionOutcome[];
  readonly assumed: readonly WalkAssumption[];
}

/** One of a connection's packets, before it is sent. */
export interface Plan {
  readonly step: StepName;
  readonly back: boolean;
  readonly flags: number;
  /** What it is for the client where this packet, and whenever it is sent again, does not arrive. */
  readonly lost: ConnectionVerdict;
}

const { SYN, ACK, PSH, FIN } = tcpFlags;
const tcpPlan: readonly Plan[] = [
  { step: 'SYN', back: false, flags: SYN, lost: 'no-answer' },
  { step: 'SYN-ACK', back: true, flags: SYN | ACK, lost: 'no-answer' },
  { step: 'ACK', back: false, flags: ACK, lost: 'hangs' },
  { step: 'data', back: false, flags: PSH | ACK, lost: 'hangs' },
  { step: 'data back', back: true, flags: PSH | ACK, lost: 'hangs' },
  { step: 'FIN', back: false, flags: FIN | ACK, lost: 'hangs' },
  { step: 'FIN back', back: true, flags: FIN | ACK, lost: 'hangs' },
];
const plainPlan: readonly Plan[] = [
  { step: 'question', back: false, flags: 0, lost: 'no-answer' },
  { step: 'answer', back: true, flags: 0, lost: 'no-answer' },
];

interface PlannedError {
  readonly error: ErrorName;
  readonly about: StepName;
}

/** Errors that the network may send about its packets, one for each way and kind; about echo none is of interest. */
function errorsOf({ protocol }: Packet): readonly PlannedError[] {
  if (isIcmp(protocol)) return [];
  if (protocol === 6)
    return [
      { error: 'too-big', about: 'data' },
      { error: 'too-big', about: 'data back' },
    ];
  return [
    { error: 'port-unreachable', about: 'question' },
    { error: 'too-big', about: 'question' },
    { error: 'too-big', about: 'answer' },
  ];
}

const icmpErrors = {
  ipv4: { 'too-big': { type: 3, code: 4 }, 'port-unreachable': { type: 3, code: 3 } },
  ipv6: { 'too-big': { type: 2, code: 0 }, 'port-unreachable': { type: 1, code: 4 } },
} as const;

/**
 * The bytes of an error: of IPv4 it quotes a header and 8 bytes at least, and has 576 at most (RFC 1812); of IPv6 it quotes what it can
 * within 1,280 (RFC 4443).
 */
const errorLengths = { ipv4: [56, 576], ipv6: [96, 1280] } as const;

/** Lengths of errors, one for all that no rule tells apart; null where values that are looked up may tell any apart. */
function lengthsTold({ chains, family }: IrProgram): readonly number[] | null {
  const [shortest, longest] = errorLengths[family];
  const lengths = new Set<number>([shortest, longest]);
  for (const { rules } of chains.values()) {
    for (const { code } of rules) {
      if ([...instructionsIn(code)].some(looksUpLength)) return null;
      for (const { field, mask, set } of testsIn(code)) {
        if (field !== 'length') continue;
        if (mask !== undefined) return null;
        // On either side of each bound.
        set.forEach((bound, at) => {
          const outside = Number(bound) + (at % 2 === 0 ? -1 : 1);
          lengths.add(Number(bound)).add(outside);
        });
      }
    }
  }
  return [...lengths].filter((length) => length >= shortest && length <= longest);
}

const looksUpLength = (instruction: Instruction): boolean =>
  instruction.do === 'lookup' && instruction.fields.some(({ field }) => field === 'length');

function hangsOnLength({ verdict, reason }: Outcome): boolean {
  if (verdict !== 'unknown' || reason?.code !== 'at-rule') return false;
  const why = reason.reason;
  return why.code === 'field-unknown' && why.field.field === 'length';
}

/** The packets of a connection that begins so. */
export function planOf({ protocol }: Packet): readonly Plan[] {
  return protocol === 6 ? tcpPlan : plainPlan;
}

/** As the packet that opens a connection: of TCP a SYN, and with a port of its own, or an identifier; any will do. */
export function openingOf(packet: Packet): Packet {
  return withPort(packet.protocol === 6 ? { ...packet, flags: SYN } : packet);
}

/** A connection on one of its ways. */
interface Underway {
  readonly memory: Memory;
  readonly weight: Fraction;
  /** How the first packet left, and by which interface; null before that. */
  readonly first: OutcomeEnd | null;
  readonly steps: readonly ConnectionStep[];
}

/** What is known of it in the end. */
interface Ended extends Underway {
  readonly errors: readonly ConnectionError[];
  readonly verdict: ConnectionVerdict;
  readonly at: Failure | null;
}

/**
 * Follows a connection through one node: its first packet, the server's answer with the translation undone, and what comes
 * after, each through all hooks. `limit` is how many ways of each packet are followed at most, and `steps` are the packets that are
 * followed, with the errors about them; without them, all are. Throws an InputError as `tracePacket`.
 */
export function traceConnection(
  program: IrProgram,
  host: Host,
  packet: Packet,
  { limit, steps }: Pick<WalkOptions, 'limit'> & { readonly steps?: readonly StepName[] } = {},
): ConnectionTrace {
  checkPacket(host, packet);
  const opening = packet.protocol === 6 ? { ...packet, flags: SYN } : packet;
  const { origin, assumed } = findOrigin(host, opening);
  const made = withPort(opening);
  const follower = new Follower(program, host, made, origin, limit);
  const isAsked = (step: StepName) => steps === undefined || steps.includes(step);
  const outcomes = follower.follow(
    planOf(packet).filter(({ step }) => isAsked(step)),
    errorsOf(packet).filter(({ about }) => isAsked(about)),
  );
  return {
    packet: opening,
    outcomes,
    assumed: [
      ...host.assumed,
      ...assumed,
      ...(program.assumed ?? []),
      { code: 'server-answers' },
      ...(made.sourcePort !== opening.sourcePort && !isIcmp(made.protocol)
        ? [{ code: 'client-port', port: made.sourcePort as number } as const]
        : []),
      ...(follower.picksPort ? [{ code: 'first-port' } as const] : []),
    ],
  };
}

/** A connection has a port of its own, or an identifier; any will do where none is given. */
function withPort(packet: Packet): Packet {
  const { sourcePort, protocol } = packet;
  if (sourcePort !== null || !(portProtocols.has(protocol) || isIcmp(protocol))) return packet;
  return { ...packet, sourcePort: isIcmp(protocol) ? 1 : 40000 };
}

class Follower {
  /** Whether some answer went to a port of which nobody knows that it was chosen. */
  picksPort = false;
  private readonly ended: Ended[] = [];
  private readonly program: IrProgram;
  private readonly host: Host;
  private readonly packet: Packet;
  private readonly origin: Origin;
  private readonly limit: number | undefined;

  constructor(program: IrProgram, host: Host, packet: Packet, origin: Origin, limit: number | undefined) {
    this.program = program;
    this.host = host;
    this.packet = packet;
    this.origin = origin;
    this.limit = limit;
  }

  follow(plan: readonly Plan[], errors: readonly PlannedError[]): readonly ConnectionOutcome[] {
    let ways: readonly Underway[] = [{ memory: emptyMemory, weight: one, first: null, steps: [] }];
    plan.forEach((step, index) => {
      ways = ways.flatMap((way) => this.take(way, step, index));
    });
    for (const way of ways)
      this.ended.push({
        ...way,
        verdict: 'established',
        at: null,
        errors: errors.flatMap((error) => this.meetError(way, error) ?? []),
      });
    return merge(this.ended);
  }

  /** One packet on one way: the ways on which the connection goes on. */
  private take(way: Underway, plan: Plan, index: number): readonly Underway[] {
    const past = plan.back && way.first ? pastNode(way.first) : null;
    if (past !== null) return this.passBy(way, plan, past);
    const packet = plan.back
      ? this.answer(way.first as OutcomeEnd, plan)
      : { ...this.packet, flags: plan.flags };
    const origin = plan.back ? (packet.from as Origin) : this.origin;
    const ends = this.walk(packet, origin, way, index * 0.01);
    return ends.flatMap(({ end, weight }) => {
      const outcome = outcomeOf({ end, weight });
      const steps = [...way.steps, { step: plan.step, packet, outcome, past: null }];
      const next = { memory: end.memory, weight, first: way.first ?? end, steps };
      return this.goesOn(next, plan, end, outcome) ? [next] : [];
    });
  }

  /** The answer goes by another way: whoever asked for an address that was translated does not take it. */
  private passBy(way: Underway, plan: Plan, past: ReplyReason): readonly Underway[] {
    const first = way.first as OutcomeEnd;
    const packet = this.answer(first, plan);
    const steps = [...way.steps, { step: plan.step, packet, outcome: null, past }];
    if (!isTranslated(first, this.packet)) return [{ ...way, steps }];
    const at = { step: plan.step, rule: null, policy: null, reason: past };
    this.ended.push({ ...way, steps, verdict: plan.lost, at, errors: [] });
    return [];
  }

  /** Whether the connection goes on after a packet; else it has ended. */
  private goesOn(way: Underway, plan: Plan, end: OutcomeEnd, outcome: Outcome): boolean {
    const refused = end.verdict === 'accept' && !plan.back ? refusedByReceiver(end) : null;
    const wrong = end.verdict === 'accept' && plan.back ? this.notTaken(end) : refused;
    if (end.verdict === 'accept' && wrong === null) return true;
    const known = failureOf(plan.step, end, outcome);
    const { verdict, reason } = this.noticed(way, plan, end);
    const at = { ...known, reason: reason ?? wrong ?? known.reason };
    // What the receiver's kernel drops reaches no server.
    const first = refused === null ? way.first : null;
    this.ended.push({ ...way, first, verdict, at, errors: [] });
    return false;
  }

  /** What the client notices of a packet that goes no further. */
  private noticed(
    { steps }: Underway,
    plan: Plan,
    end: OutcomeEnd,
  ): { readonly verdict: ConnectionVerdict; readonly reason?: Reason | null } {
    if (end.verdict === 'unknown') return { verdict: 'unknown' };
    const told = plan.back ? null : verdictOfRejection(end, steps.length === 1);
    if (told === null) return { verdict: plan.lost };
    const hearing = hearingOf(this.packet, end);
    if (hearing.kind === 'heard') return { verdict: told };
    const verdict = hearing.kind === 'unknown' ? 'unknown' : plan.lost;
    return { verdict, reason: hearing.reason };
  }

  /** Null: what it is about does not leave the node by a wire, or comes back past it. */
  private meetError(way: Underway, { error, about: name }: PlannedError): ConnectionError | null {
    const sent = way.steps.find(({ step }) => step === name)?.outcome;
    const isBack = name === 'data back' || name === 'answer';
    const first = way.first as OutcomeEnd;
    if (!sent || sent.interface === null || pastNode(first) !== null) return null;
    // Of ports that chance chose from, the answers have one.
    const { left } = isBack ? sent : { left: turned(headerOf(this.answer(first, { flags: 0 }))) };
    const { protocol, icmp } = this.packet;
    const packet: Packet = {
      ...this.packet,
      protocol: this.host.family === 'ipv4' ? 1 : 58,
      source: left.destination,
      destination: left.source,
      sourcePort: null,
      destinationPort: null,
      from: { interface: sent.interface },
      flags: 0,
      icmp: icmpErrors[this.host.family][error],
      about: { protocol, ...left, icmp },
    };
    const met = this.meetAlone(packet, way);
    if (met === null) return null;
    const { end, outcome } = met;
    const receiver = isBack ? first.left.destination : this.packet.source;
    const arrives = outcome.verdict === 'accept' && outcome.left.destination === receiver;
    return { error, about: name, packet, outcome, at: arrives ? null : failureOf(name, end, outcome) };
  }

  /** What becomes of an error however long it is, where rules ask that; null: it goes several ways. */
  private meetAlone(packet: Packet, way: Underway): { end: OutcomeEnd; outcome: Outcome } | null {
    const [end, ...others] = this.walk(packet, packet.from as Origin, way, 1);
    if (!end || others.length > 0) return null;
    const met = { end: end.end, outcome: outcomeOf(end) };
    if (packet.length !== undefined || !hangsOnLength(met.outcome)) return met;
    const lengths = lengthsTold(this.program);
    const ends = lengths?.map((length) => this.meetAlone({ ...packet, length }, way)) ?? [];
    const [one = null] = ends;
    const isSame = one !== null && ends.every((other) => other?.outcome.verdict === one.outcome.verdict);
    return isSame ? one : met;
  }

  private walk(packet: Packet, origin: Origin, way: Underway, now: number): readonly Weighed<OutcomeEnd>[] {
    const limit = this.limit === undefined ? {} : { limit: this.limit };
    const options = { remember: true, trace: true, now, ...limit };
    return new Walk(this.program, this.host, options).run(
      packet,
      ingressOf(this.host, origin, packet),
      way.memory,
      way.weight,
    );
  }

  /** An answer is taken where it comes from what was asked, to the port that asked. */
  private notTaken({ left }: OutcomeEnd): FailureReason | null {
    const { source, sourcePort, destination, destinationPort, protocol } = this.packet;
    const ported = !isIcmp(protocol);
    const fits =
      left.source === destination &&
      left.destination === source &&
      (!ported || (left.sourcePort === destinationPort && left.destinationPort === sourcePort));
    if (fits) return null;
    return { code: 'answer-from-other', source: left.source, client: left.destination };
  }

  /** What the server sends: to the ends that it saw, and into the interface by which the first packet left. */
  private answer(first: OutcomeEnd, { flags }: Pick<Plan, 'flags'>): Packet {
    const { left, memory } = first;
    // Of ports that chance chose from, any stands for all.
    const picked = left.sourcePort === null ? memory.connections.at(-1)?.picked?.first : undefined;
    this.picksPort ||= picked !== undefined;
    const sourcePort = left.sourcePort ?? picked ?? null;
    const ends = isIcmp(this.packet.protocol)
      ? { ...turned(left), sourcePort, destinationPort: null }
      : turned({ ...left, sourcePort });
    return { ...this.packet, ...ends, flags, from: backOrigin(first), icmp: this.answerType() };
  }

  private answerType(): Packet['icmp'] {
    const { protocol, icmp } = this.packet;
    return isIcmp(protocol) ? { type: protocol === 1 ? 0 : 129, code: icmp.code } : icmp;
  }
}

/**
 * What a rejection tells a client who hears of it: of the packet that opens a connection any, of later ones a reset alone, since
 * of an open connection ICMP errors are taken for passing (tcp_v4_err). Null: nothing.
 */
export function verdictOfRejection(
  { verdict, rejectWith, eaten }: Pick<OutcomeEnd, 'verdict' | 'rejectWith' | 'eaten'>,
  opens: boolean,
): 'refused' | 'reset' | null {
  if (verdict !== 'reject' && !eaten) return null;
  if (opens) return 'refused';
  return rejectWith === 'tcp-reset' || eaten ? 'reset' : null;
}

/** Of what does not arrive: what ended it. */
function failureOf(step: StepName, end: OutcomeEnd, outcome: Outcome): Failure {
  const policy = end.reason?.code === 'policy-drop' ? end.reason : null;
  return {
    step,
    rule: end.by,
    policy: policy && { table: policy.table, chain: policy.chain },
    reason: outcome.reason,
  };
}

function backOrigin({ delivered, interface: name }: OutcomeEnd): Origin {
  return delivered === 'local' ? 'host' : { interface: name as string };
}

/** Why the answer does not come by this node; null: it does. */
function pastNode({ reply }: OutcomeEnd): ReplyReason | null {
  return reply?.comesBack === false ? reply.reason : null;
}

/** What left for another machine, and its kernel drops before any rule or socket is asked; null: nothing speaks against it. */
function refusedByReceiver({ reply }: OutcomeEnd): ReplyReason | null {
  return reply?.comesBack === false && reply.reason.code === 'martian-source' ? reply.reason : null;
}

function isTranslated({ left }: OutcomeEnd, packet: Packet): boolean {
  return (
    left.source !== packet.source ||
    left.sourcePort !== packet.sourcePort ||
    left.destination !== packet.destination ||
    left.destinationPort !== packet.destinationPort
  );
}

function merge(ended: readonly Ended[]): readonly ConnectionOutcome[] {
  const merged = new Map<string, Ended>();
  for (const one of ended) {
    const { verdict, at, first } = one;
    const place = at?.rule?.place;
    const key = [
      verdict,
      first?.dnat,
      first?.src,
      at?.step,
      place && `${place.table}/${place.chain}/${place.number}`,
      at?.reason && keyOfReason(at.reason),
      ...one.steps.map(({ outcome }) => outcome?.silent?.address),
    ].join(' ');
    const known = merged.get(key);
    merged.set(key, known ? { ...known, weight: add(known.weight, one.weight) } : one);
  }
  return [...merged.values()].map(({ verdict, at, first, weight, steps, errors }) => ({
    verdict,
    at,
    dnat: first?.dnat ?? null,
    src: first?.src ?? null,
    reached: first && { address: first.left.destination, port: first.left.destinationPort },
    masqueraded: first?.masqueraded ?? false,
    probability: toNumber(weight),
    weight: formatFraction(weight),
    steps,
    errors,
  }));
}
