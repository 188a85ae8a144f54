import { tcpFlags } from './packet.ts';

/** TCP's states as connection tracking names them (nf_conntrack_proto_tcp.c); SS2: both sides have sent a SYN. */
export const tcpStates = ['NO', 'SS', 'SR', 'ES', 'FW', 'CW', 'LA', 'TW', 'CL', 'S2'] as const;
export type TcpState = (typeof tcpStates)[number];

/** What the table says of a packet: the next state, INVALID, or that it is passed without a change. */
type TcpStep = TcpState | 'IV' | 'IG';

export type TcpKind = 'syn' | 'synack' | 'fin' | 'ack' | 'rst' | 'none';

/** A connection's state, and the last packet that counted. */
export interface TcpTrack {
  readonly state: TcpState;
  readonly last: { readonly reply: boolean; readonly kind: TcpKind };
  /** Whether either side has begun to close. */
  readonly closing: boolean;
  /** Both sides have sent a SYN. */
  readonly crossed: boolean;
  /** Directions whose data the other side may not have acknowledged. */
  readonly unacknowledged: readonly ('original' | 'reply')[];
  /** How many packets with an ACK came in a row of the same side: each may be the one before once more. */
  readonly repeated: number;
  /** Nobody saw it begin: which numbers acknowledge its data is a guess of the kernel's, too. */
  readonly pickedUp: boolean;
  /** Of a SYN that nobody was seen to answer: its sender has sent more since, that counted for nothing. */
  readonly sentMore?: true;
}

const row = (text: string): readonly TcpStep[] => text.split(' ') as TcpStep[];

/** By direction, kind of packet and state, in the kernel's own layout. */
const steps: Readonly<Record<'original' | 'reply', Readonly<Record<TcpKind, readonly TcpStep[]>>>> = {
  original: {
    //             NO SS SR ES FW CW LA TW CL S2
    syn: row('SS SS IG IG IG IG IG SS SS S2'),
    synack: row('IV IV SR IV IV IV IV IV IV SR'),
    fin: row('IV IV FW FW LA LA LA TW CL IV'),
    ack: row('ES IV ES ES CW CW TW TW CL IV'),
    rst: row('IV CL CL CL CL CL CL CL CL CL'),
    none: row('IV IV IV IV IV IV IV IV IV IV'),
  },
  reply: {
    syn: row('IV S2 IV IV IV IV IV SS IV S2'),
    synack: row('IV SR IG IG IG IG IG IG IG SR'),
    fin: row('IV IV FW FW LA LA LA TW CL IV'),
    ack: row('IV IG SR ES CW CW TW TW CL IG'),
    rst: row('IV CL CL CL CL CL CL CL CL CL'),
    none: row('IV IV IV IV IV IV IV IV IV IV'),
  },
};

export function kindOfTcp(flags: number): TcpKind {
  if (flags & tcpFlags.RST) return 'rst';
  if (flags & tcpFlags.SYN) return flags & tcpFlags.ACK ? 'synack' : 'syn';
  if (flags & tcpFlags.FIN) return 'fin';
  return flags & tcpFlags.ACK ? 'ack' : 'none';
}

const { FIN, SYN, RST, ACK, URG, PSH } = tcpFlags;
const sensible = new Set([
  SYN,
  SYN | URG,
  SYN | ACK,
  RST,
  RST | ACK,
  FIN | ACK,
  FIN | ACK | URG,
  ACK,
  ACK | URG,
]);

/** Combinations of flags that no host sends are INVALID in every state (tcp_valid_flags). */
export function isSensible(flags: number): boolean {
  return sensible.has(flags & (FIN | SYN | RST | ACK | URG) & ~PSH);
}

/** What a first packet begins; null: nothing, it is INVALID. A bare ACK may belong to a connection from before (tcp_loose). */
export function beginTcp(flags: number, loose: boolean): TcpTrack | null {
  const kind = kindOfTcp(flags);
  const state = step('original', kind, 'NO');
  if (!isSensible(flags) || state === 'IV' || state === 'IG' || (state !== 'SS' && !loose)) return null;
  return {
    state,
    last: { reply: false, kind },
    closing: false,
    crossed: false,
    unacknowledged: state !== 'SS' && flags & PSH ? ['original'] : [],
    repeated: 0,
    pickedUp: state !== 'SS',
  };
}

function step(direction: 'original' | 'reply', kind: TcpKind, state: TcpState): TcpStep {
  return steps[direction][kind][tcpStates.indexOf(state)] as TcpStep;
}

/** `reopened`: the old entry goes, and the packet begins a new one. `passed`: nothing changes, not even the time. */
export type TcpMove =
  | { readonly kind: 'moved'; readonly track: TcpTrack }
  | { readonly kind: 'passed'; readonly track: TcpTrack }
  /** `track`: where the connection is another one by it all the same. */
  | { readonly kind: 'invalid'; readonly track?: TcpTrack }
  | { readonly kind: 'reopened' };

/**
 * A packet of a known connection. Sequence numbers are not seen: they are taken to fit, as those of an undisturbed
 * connection do. `liberal`: all do (tcp_be_liberal). `assured`: data went both ways.
 */
export function moveTcp(
  track: TcpTrack,
  flags: number,
  reply: boolean,
  { liberal, assured }: { readonly liberal: boolean; readonly assured: boolean },
): TcpMove {
  if (!isSensible(flags)) return { kind: 'invalid' };
  const kind = kindOfTcp(flags);
  const unanswered = track.state === 'SS' && !reply;
  // It acknowledges what nobody has seen yet, or comes after what nobody has taken.
  const early = unanswered && kind === 'rst' && ((flags & ACK) !== 0 || track.sentMore === true);
  if (early && !liberal) return { kind: 'invalid' };
  const next = step(reply ? 'reply' : 'original', kind, track.state);
  const last = { reply, kind };
  if (next === 'IV')
    return unanswered && (kind === 'fin' || flags & PSH)
      ? { kind: 'invalid', track: { ...track, sentMore: true } }
      : { kind: 'invalid' };
  if (next === 'SS' && (track.state === 'TW' || track.state === 'CL')) {
    const aborted = track.last.reply === reply && track.last.kind === 'rst';
    return track.closing || aborted ? { kind: 'reopened' } : { kind: 'passed', track: { ...track, last } };
  }
  if (next === 'IG') {
    // The answer to a SYN that was passed over: both hosts agree on a new connection, and this entry follows them.
    const agreed = kind === 'synack' && track.last.kind === 'syn' && track.last.reply !== reply;
    if (!agreed) return { kind: 'passed', track: { ...track, last } };
    return {
      kind: 'moved',
      track: {
        state: 'SR',
        last,
        closing: false,
        crossed: false,
        unacknowledged: [],
        repeated: 0,
        pickedUp: false,
      },
    };
  }
  const crossed = track.crossed || next === 'S2';
  const established = next === 'SR' && reply && kind === 'ack' && crossed;
  const goesOn = kind === 'rst' && assured && track.state === 'ES' && isBeyond(track, reply);
  const state = established || goesOn ? 'ES' : next;
  const unacknowledged = unacknowledgedAfter(track, flags, reply);
  return {
    kind: 'moved',
    track: {
      state,
      last,
      closing: track.closing || state === 'FW',
      crossed,
      unacknowledged,
      repeated: repeatedAfter(track, last),
      pickedUp: track.pickedUp,
    },
  };
}

/**
 * Of a connection that is open, a reset ends the entry where it has just the number that the other side waits for, or comes right after
 * what its sender sent before it: else the other side may challenge it.
 */
function isBeyond({ unacknowledged, last, pickedUp }: TcpTrack, reply: boolean): boolean {
  if (pickedUp || last.kind === 'syn' || !unacknowledged.includes(reply ? 'reply' : 'original')) return false;
  return !(last.kind === 'ack' && last.reply === reply);
}

/** Whether a packet is the one before once more, its numbers would tell; other packets between do not count. */
function repeatedAfter({ repeated, last }: TcpTrack, { kind, reply }: TcpTrack['last']): number {
  if (kind !== 'ack') return repeated;
  return last.reply === reply ? repeated + 1 : 0;
}

/** A segment with PSH carries data; one with ACK, or a reset, acknowledges what the other side has sent. */
function unacknowledgedAfter(
  { unacknowledged, pickedUp }: TcpTrack,
  flags: number,
  reply: boolean,
): TcpTrack['unacknowledged'] {
  const [own, other] = reply ? (['reply', 'original'] as const) : (['original', 'reply'] as const);
  const left = flags & ACK && !pickedUp ? unacknowledged.filter((side) => side !== other) : unacknowledged;
  return flags & PSH && !left.includes(own) ? [...left, own] : left;
}
