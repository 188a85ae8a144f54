import { parseAddress } from '../address/address.ts';
import type { Branch, Matched } from '../engine/branch.ts';
import { type Connection, invert, isAnswer, newConnection, sameTuple } from '../engine/connection.ts';
import type { Guide } from '../engine/guide.ts';
import { emptyMemory, type Memory } from '../engine/memory.ts';
import type { Outcome } from '../engine/outcome.ts';
import { isIcmp, type Packet, tcpFlags } from '../engine/packet.ts';
import type { Program } from '../engine/program.ts';
import type { TcpState, TcpTrack } from '../engine/tcp-states.ts';
import { tracePacket } from '../engine/trace.ts';
import { tupleOf } from '../engine/tracking.ts';
import type { Host } from '../host/model.ts';
import { findInterface } from '../host/route.ts';
import type { Rule } from '../iptables/rule/ruleset.ts';
import { compareWay, logsWith, type Parting } from './compare.ts';
import type { Log, LoggedPacket, Sight } from './model.ts';

/** As what connection tracking takes a packet: the lines alone do not always tell. */
export type Taken = 'first' | 'later' | 'answer' | 'related' | 'invalid';

/** A way through the rules on which a packet is. */
export interface FollowedWay {
  /** As what: more than one where that makes no difference. */
  readonly taken: readonly Taken[];
  /** The packet as it arrived. */
  readonly packet: Packet;
  /** Null: the log does not tell how the packet's flow is translated, and the fate depends on that. */
  readonly outcome: Outcome | null;
  /** Whether the source that leaves is known: of later packets, only where the log shows the flow or its beginning. */
  readonly sourceKnown: boolean;
  /** The rule of its last line; null: no line names one. */
  readonly at: Matched | null;
  /** The rules that match after that. */
  readonly next: readonly Matched[];
}

/** A packet of a log, held against the rules. */
export interface Followed {
  readonly logged: LoggedPacket;
  /** All ways that agree with every line; where none does, the one that goes farthest. */
  readonly ways: readonly FollowedWay[];
  /** The first line at which log and rules part; null: nowhere. */
  readonly parting: Parting | null;
  /** Whether its first line stands after destinations were translated, so that it may have come for another one. */
  readonly late: boolean;
  readonly assumed: readonly string[];
}

/** What a log is held against. */
export interface Rules {
  readonly program: Program;
  readonly host: Host;
  /** A rule as the dump spells it, without `-A CHAIN`. */
  readonly textOf: (rule: Rule) => string;
}

/** Follows all packets of a log, in their order: what is seen of a flow's first packet tells of the later ones. */
export function followPackets(rules: Rules, log: Log): readonly Followed[] {
  const flows: Connection[] = [];
  return log.packets.map((logged) => {
    const followed = followPacket(rules, logged, [
      ...log.entries.map(({ connection }) => connection),
      ...flows,
    ]);
    const begun = flowOf(followed);
    if (begun) flows.push(begun);
    return followed;
  });
}

/** Finds where in the rules a packet is, and what comes next. */
function followPacket(rules: Rules, logged: LoggedPacket, known: readonly Connection[]): Followed {
  const first = logged.sights[0];
  const { from, assumed } = originOf(first, rules.host);
  const late = !isAtStart(first);
  const tried = arrivals(first, late, known).map((header) =>
    suppositions(header, logged, known).map((supposed) =>
      supposed.flatMap((supposition) => tryOne(rules, { ...header, from }, logged, supposition)),
    ),
  );
  // Less likely ones are asked where none of the likelier agrees.
  const agreeing = tried.flatMap(
    (tiers) => tiers.map((ways) => ways.filter(agrees)).find((ways) => ways.length > 0) ?? [],
  );
  const all = tried.flat(2);
  const farthest = all.reduce((best, one) => (one.agreed > best.agreed ? one : best));
  const chosen = agreeing.length > 0 ? agreeing : [farthest];
  return {
    logged,
    ways: joined(chosen.map(({ way }) => way)),
    parting: agreeing.length > 0 ? null : farthest.parting,
    late,
    assumed: [...new Set([...assumed, ...(chosen[0]?.assumed ?? [])])],
  };
}

function agrees({ parting }: Tried): boolean {
  return parting === null;
}

interface Tried {
  readonly agreed: number;
  readonly parting: Parting | null;
  readonly way: FollowedWay;
  readonly assumed: readonly string[];
}

/** A line that names a rule answers what nothing else does: whether a limit, or another open question of it, held. */
function tryOne(rules: Rules, header: Packet, logged: LoggedPacket, supposition: Supposition): Tried[] {
  const { taken, memory, state, known, sourceKnown } = supposition;
  const packet: Packet = { ...header, state };
  const tries = [undefined, true, false].map((answer) => {
    const guide = answersOf(logged, answer);
    const { outcomes, assumed } = tracePacket(rules.program, rules.host, packet, {
      trace: true,
      memory,
      guide,
    });
    return outcomes.map((outcome): Tried => {
      const { at, next, ...compared } = compareWay(rules, outcome.matched, logged.sights);
      const way = {
        taken: [taken],
        packet,
        outcome: known ? outcome : null,
        sourceKnown,
        at,
        next: known ? next : [],
      };
      return { ...compared, way, assumed };
    });
  });
  return tries.find((ways) => ways.some(agrees)) ?? (tries[0] as Tried[]);
}

function answersOf({ sights }: LoggedPacket, open: boolean | undefined): Guide {
  const named = ({ chain, index }: Branch) =>
    sights.some(({ place, writer, prefix }) =>
      writer === 'log'
        ? logsWith(chain?.rules[index]?.rule, prefix)
        : place?.kind === 'rule' &&
          place.table === chain?.table &&
          place.chain === chain.name &&
          (place.number === null || place.number === index + 1),
    );
  return {
    recallState: (_state, branch) => (named(branch) ? true : undefined),
    answerOpen: (_question, branch) => (named(branch) ? open : undefined),
  };
}

/** Ways that differ only in what connection tracking takes the packet for are one. */
function joined(ways: readonly FollowedWay[]): readonly FollowedWay[] {
  const byKey = new Map<string, FollowedWay>();
  for (const way of ways) {
    const { outcome, at, packet, sourceKnown } = way;
    const place = at && `${at.hook} ${at.place.table}/${at.place.chain}/${at.place.number}`;
    const fate = outcome && [
      outcome.verdict,
      outcome.dnat,
      sourceKnown && outcome.src,
      outcome.delivered,
      outcome.because,
    ];
    const key = [String(packet.destination), packet.destinationPort, place, ...(fate ?? ['?'])].join(' ');
    const before = byKey.get(key);
    byKey.set(key, before ? { ...before, taken: [...new Set([...before.taken, ...way.taken])] } : way);
  }
  return [...byKey.values()];
}

/** The flow that a packet begins, where its lines leave one way for it; the answers are taken to come. */
function flowOf({ ways, parting }: Followed): Connection | null {
  const [way, ...others] = ways;
  if (!way?.outcome || parting || others.length > 0 || !way.taken.includes('first')) return null;
  const { outcome, packet } = way;
  if (outcome.verdict !== 'accept') return null;
  const last = { ...packet, ...(outcome.dnat === null ? {} : endOf(outcome.dnat)) };
  const source = parseAddress(outcome.src ?? '') ?? packet.source;
  // The port that masquerading chose is not in the log.
  const sourcePort = outcome.masqueraded ? null : packet.sourcePort;
  const picked = outcome.masqueraded ? { first: 1, last: 65535 } : null;
  return { ...laterFlow(packet, { ...last, source, sourcePort }), picked };
}

function endOf(text: string): Pick<Packet, 'destination' | 'destinationPort'> | null {
  const colon = text.lastIndexOf(':');
  const whole = parseAddress(text);
  const destination = whole ?? parseAddress(text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'));
  if (destination === undefined) return null;
  return {
    destination,
    ...(whole === undefined ? { destinationPort: Number(text.slice(colon + 1)) } : {}),
  } as Pick<Packet, 'destination' | 'destinationPort'>;
}

/** An interface of a line that the host has not is not taken from it. */
function originOf(
  { in: ingress, out, writer }: Sight,
  host: Host,
): { from: Packet['from']; assumed: string[] } {
  if (ingress === null) return { from: out !== null && writer !== 'tcpdump' ? 'host' : null, assumed: [] };
  if (findInterface(host, ingress)) return { from: { interface: ingress }, assumed: [] };
  return {
    from: null,
    assumed: [`--host names no interface ${ingress}, so that where the packet came in goes by its source`],
  };
}

function isAtStart({ writer, place, in: ingress, out }: Sight): boolean {
  if (writer === 'tcpdump' || place?.table === 'raw') return true;
  if (place?.chain === 'PREROUTING' || place?.chain === 'OUTPUT') return true;
  return ingress === null && out !== null
    ? place?.chain !== 'POSTROUTING'
    : out === null && place?.chain !== 'INPUT';
}

/** What the packet may have looked like when it came: as it is seen, or as an entry of the log translates it. */
function arrivals({ packet }: Sight, late: boolean, known: readonly Connection[]): readonly Packet[] {
  const translated = (late ? known : []).flatMap(({ original, reply }) => {
    const left = invert(reply);
    const same = left.destination === packet.destination && left.destinationPort === packet.destinationPort;
    const own = original.source === packet.source && original.sourcePort === packet.sourcePort;
    if (!same || !own || original.protocol !== packet.protocol || isIcmp(packet.protocol)) return [];
    return [{ ...packet, destination: original.destination, destinationPort: original.destinationPort }];
  });
  return translated.length > 0 ? translated : [packet];
}

interface Supposition {
  readonly taken: Taken;
  readonly memory: Memory;
  readonly state: Packet['state'];
  /** Whether the translation of the flow is known. */
  readonly known: boolean;
  readonly sourceKnown: boolean;
}

const { SYN, ACK, RST } = tcpFlags;

/** What connection tracking may know of the packet's flow: the likeliest together, before those that are less so. */
function suppositions(
  packet: Packet,
  { sights }: LoggedPacket,
  known: readonly Connection[],
): readonly (readonly Supposition[])[] {
  const flows = known.flatMap((connection) => knownFlow(packet, connection));
  if (flows.length > 0) return [flows, [first]];
  if (sights[0].quotes)
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

const first: Supposition = {
  taken: 'first',
  memory: emptyMemory,
  state: null,
  known: true,
  sourceKnown: true,
};
const invalid: Supposition = { ...first, taken: 'invalid', state: 'INVALID' };

/** Whether a line shows the destination as it is after translation. */
function isTranslated({ in: ingress, out, place }: Sight): boolean {
  if (place?.table === 'filter' || place?.table === 'security') return true;
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
  const variants = [connection, { ...connection, ...open, seenReply }];
  return variants.map((variant) => ({ ...first, taken, memory: holding(variant) }));
}

function isSynAck({ protocol, flags }: Packet): boolean {
  return protocol === 6 && (flags & (SYN | ACK)) === (SYN | ACK);
}

/** An open flow whose requests look like that when they come, and like `last` when they leave. */
function laterFlow(packet: Packet, last: Packet): Connection {
  const original = tupleOf(packet);
  return open({ ...newConnection(original), reply: invert(tupleOf(last)) }, packet, false);
}

/** The same with answers that look like that when they come. */
function answeredFlow(packet: Packet, last: Packet): Connection {
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
    tcp: packet.protocol === 6 ? tcpIn(begins ? 'SS' : 'ES') : null,
  };
}

function tcpIn(state: TcpState): TcpTrack {
  const last =
    state === 'SS' ? ({ reply: false, kind: 'syn' } as const) : ({ reply: true, kind: 'ack' } as const);
  return { state, last, closing: false, crossed: false };
}

function holding(connection: Connection): Memory {
  return { ...emptyMemory, connections: [connection] };
}
