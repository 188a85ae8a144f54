import type { Address } from '../address/address.ts';
import type { PortRange } from '../address/port.ts';
import { portProtocols } from '../address/protocols.ts';
import { isIcmp } from './packet.ts';
import type { TcpTrack } from './tcp-states.ts';

/** One direction of a flow. Ports are null where they are not known or the protocol has none. */
export interface Tuple {
  readonly protocol: number;
  readonly source: Address;
  readonly sourcePort: number | null;
  readonly destination: Address;
  readonly destinationPort: number | null;
}

/** A flow as connection tracking sees it, and what it says of the packet at hand. Never changed in place. */
export interface Connection {
  readonly state: 'NEW' | 'ESTABLISHED' | 'RELATED';
  readonly direction: 'ORIGINAL' | 'REPLY';
  readonly original: Tuple;
  /** What an answer looks like on the wire: the original turned round, after all translation. */
  readonly reply: Tuple;
  /** IPS_SRC_NAT and IPS_DST_NAT: the translation changed something; null: another flow may have had its port. */
  readonly sourceChanged: boolean | null;
  readonly destinationChanged: boolean;
  /** Whether it was decided, changed or not: nat is not asked a second time. */
  readonly sourceDecided: boolean;
  readonly destinationDecided: boolean;
  readonly mark: number;
  /** Whether the flow has got through the node once. */
  readonly confirmed: boolean;
  readonly seenReply: boolean;
  /** Whether it is kept where the table is full, for what was seen both ways; null: nobody saw all of it. */
  readonly assured: boolean | null;
  readonly zones: Zones;
  /** Reads what its packets say, and may expect others for it (tftp, ftp, …). */
  readonly helper?: string;
  readonly timeouts?: Timeouts;
  /** A helper expected it (IPS_EXPECTED): its packets are RELATED until it is answered, and the first sees nat as any other. */
  readonly expected?: true;
  /** Nobody saw it begin: which side did is not known, and the packet at hand is taken for its original direction. */
  readonly presumed?: true;
  /** IPVS chose its end, and translates its later packets on a way of its own. */
  readonly balanced?: true;
  /** Null: of another protocol, or from before what was followed. */
  readonly tcp: TcpTrack | null;
  /** Seconds, as `now` is: when its first packet came. */
  readonly begun: number;
  /** When it is forgotten at last; null: not while it is followed. */
  readonly expires: number | null;
  /** From when on it may be forgotten already: what nobody sees here, as numbers of TCP, may have shortened its time. */
  readonly fades: number | null;
  /** The ports of which translation chose one that is not known yet: the first answer tells. */
  readonly picked: PortRange | null;
}

/** Seconds by state, as `established`, in place of those of the node; `unknown`: of a policy that nobody shows. */
export type Timeouts = Readonly<Record<string, number>> | 'unknown';

/** Numbers of the zones in which the two directions are known; 0 where rules name none. */
export type Zones = readonly [original: number, reply: number];

export const noZones: Zones = [0, 0];

/** `none`: not asked yet. Rules see `none` as INVALID. */
export type Tracking = Connection | 'none' | 'invalid' | 'untracked';

/** Types of ICMP and their answers, both ways (invmap); of IPv6, echo and node information. */
const answers: Readonly<Record<number, ReadonlyMap<number, number>>> = {
  1: bothWays([
    [8, 0],
    [13, 14],
    [15, 16],
    [17, 18],
  ]),
  58: bothWays([
    [128, 129],
    [139, 140],
  ]),
};

function bothWays(pairs: readonly (readonly [number, number])[]): ReadonlyMap<number, number> {
  return new Map(
    pairs.flatMap(([question, answer]) => [
      [question, answer],
      [answer, question],
    ]),
  );
}

/** Of ICMP, a tuple has the type and the code where others have the destination's port. */
export function icmpPort({ type, code }: { readonly type: number; readonly code: number }): number {
  return (type << 8) | code;
}

/** The answer's tuple. ICMP's identifier is the same in both directions. */
export function invert(tuple: Tuple): Tuple {
  if (isIcmp(tuple.protocol)) return invertIcmp(tuple);
  return {
    protocol: tuple.protocol,
    source: tuple.destination,
    sourcePort: tuple.destinationPort,
    destination: tuple.source,
    destinationPort: tuple.sourcePort,
  };
}

function invertIcmp(tuple: Tuple): Tuple {
  const { protocol, source, destination, destinationPort } = tuple;
  const type = (destinationPort ?? 0) >> 8;
  const answer = answers[protocol]?.get(type) ?? type;
  return {
    ...tuple,
    source: destination,
    destination: source,
    destinationPort: icmpPort({ type: answer, code: (destinationPort ?? 0) & 0xff }),
  };
}

export function newConnection(original: Tuple, zones: Zones = noZones): Connection {
  return {
    state: 'NEW',
    direction: 'ORIGINAL',
    original,
    reply: invert(original),
    sourceChanged: false,
    destinationChanged: false,
    sourceDecided: false,
    destinationDecided: false,
    mark: 0,
    confirmed: false,
    seenReply: false,
    assured: false,
    zones,
    tcp: null,
    begun: 0,
    expires: null,
    fades: null,
    picked: null,
  };
}

/** A presumed entry, once it is known whether the packet at hand answers. */
export function asBegun({ presumed: _, ...entry }: Connection, answers: boolean): Connection {
  if (!answers) return entry;
  const { original, reply } = entry;
  return { ...entry, direction: turned(entry.direction), original: reply, reply: original };
}

/** The flow that a packet was found to answer: it tells which port was chosen. */
export function answeredBy(known: Connection, tuple: Tuple): Connection {
  const { original, sourceChanged } = known;
  const own = isIcmp(tuple.protocol) ? tuple.sourcePort : tuple.destinationPort;
  const changed = sourceChanged ?? (tuple.destination !== original.source || own !== original.sourcePort);
  return { ...known, reply: tuple, picked: null, sourceChanged: changed };
}

export function turned(direction: Connection['direction']): Connection['direction'] {
  return direction === 'ORIGINAL' ? 'REPLY' : 'ORIGINAL';
}

/** An ICMP error belongs to a flow of which nothing but the error is there: not even the protocol is known. */
export function isOfUnknown({ presumed, state, original }: Connection): boolean {
  return presumed === true && state === 'RELATED' && isIcmp(original.protocol);
}

/** Whether two tuples are surely the same: of ports that are not known, nobody knows. */
export function coincide(left: Tuple, right: Tuple): boolean {
  return (
    sameTuple(left, right) &&
    !(hasEnds(left.protocol) && left.sourcePort === null) &&
    !(portProtocols.has(left.protocol) && left.destinationPort === null)
  );
}

function hasEnds(protocol: number): boolean {
  return portProtocols.has(protocol) || isIcmp(protocol);
}

/** Whether a packet is an answer: where translation chose the port, any of those that it may have chosen. */
export function isAnswer({ reply, picked }: Connection, tuple: Tuple): boolean {
  if (coincide(reply, tuple)) return true;
  const end = isIcmp(reply.protocol) ? 'sourcePort' : 'destinationPort';
  const port = tuple[end];
  if (!picked || reply[end] !== null || port === null) return false;
  if (port < picked.first || port > picked.last) return false;
  return coincide({ ...reply, [end]: port }, tuple);
}

/**
 * Of flows that a packet may answer, those of which it is to be thought first: one that has kept the port from which it came if no other
 * had just that, where the packet is to this port, and else those whose port chance chose for sure.
 */
export function likeliest(meant: readonly Connection[], tuple: Tuple): readonly Connection[] {
  const end = isIcmp(tuple.protocol) ? 'sourcePort' : 'destinationPort';
  const [keeping, moved] = [true, false].map((keeps) =>
    meant.filter(({ sourceChanged }) => (sourceChanged === null) === keeps),
  ) as [Connection[], Connection[]];
  const own = keeping.filter(({ original }) => original.sourcePort === tuple[end]);
  if (own.length > 0) return own;
  return moved.length > 0 ? moved : meant;
}

export function sameTuple(left: Tuple, right: Tuple): boolean {
  return (
    left.protocol === right.protocol &&
    left.source === right.source &&
    left.sourcePort === right.sourcePort &&
    left.destination === right.destination &&
    left.destinationPort === right.destinationPort
  );
}
