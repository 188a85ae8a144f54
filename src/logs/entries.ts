import { familyOf } from '../address/address.ts';
import {
  type Connection,
  icmpPort,
  invert,
  newConnection,
  type Tuple,
  type Zones,
} from '../engine/connection.ts';
import { isIcmp } from '../engine/packet.ts';
import type { TcpState, TcpTrack } from '../engine/tcp-states.ts';
import { hasTrackedPorts } from '../engine/tracking.ts';
import type { LoggedEntry, PassedOver } from './model.ts';
import { loggedProtocol, Words } from './words.ts';

/** Names that conntrack prints. */
const tcpNames: Readonly<Record<string, TcpState>> = {
  NONE: 'NO',
  SYN_SENT: 'SS',
  SYN_RECV: 'SR',
  ESTABLISHED: 'ES',
  FIN_WAIT: 'FW',
  CLOSE_WAIT: 'CW',
  LAST_ACK: 'LA',
  TIME_WAIT: 'TW',
  CLOSE: 'CL',
  SYN_SENT2: 'S2',
};

/** Undefined: the line is no entry. */
export function readEntry(text: string, line: number): LoggedEntry | PassedOver | undefined {
  const start = text.indexOf(' src=');
  if (start === -1 || !text.includes(' dst=', start)) return undefined;
  const words = new Words(text);
  if (words.has('[DESTROY]')) return 'destroyed';
  if ((words.number('zone') ?? 0) !== 0 || text.includes(' zone-orig=') || text.includes(' zone-reply='))
    return 'zone';
  const source = words.address('src');
  if (source === undefined) return undefined;
  const head = headOf(text.slice(0, start));
  const protocol = loggedProtocol(head.protocol, source);
  const [original, reply] = [tupleOf(words, protocol, 0), tupleOf(words, protocol, 1)];
  if (!original || !reply || protocol === null) return undefined;
  const answered = !words.has('[UNREPLIED]');
  // What the request looks like when it has left.
  const seen = invert(reply);
  const connection: Connection = {
    ...newConnection(original),
    reply,
    sourceChanged: seen.source !== original.source || seen.sourcePort !== original.sourcePort,
    destinationChanged:
      seen.destination !== original.destination || seen.destinationPort !== original.destinationPort,
    sourceDecided: true,
    destinationDecided: true,
    confirmed: true,
    seenReply: answered,
    assured: words.has('[ASSURED]'),
    zones: zonesOf(words),
    mark: words.number('mark') ?? 0,
    tcp: tcpOf(protocol, head.state, answered),
  };
  return { line, connection, stateName: head.state, answered, left: head.left };
}

/** `ipv4 2 tcp 6 431999 ESTABLISHED`, of which the first two may be missing, and of events the seconds. */
function headOf(text: string) {
  const all = text
    .trim()
    .split(/\s+/)
    .filter((word) => !word.startsWith('['));
  const words = all[0] === 'ipv4' || all[0] === 'ipv6' ? all.slice(2) : all;
  const [protocol, , third, fourth] = words;
  const left = third !== undefined && /^\d{1,7}$/.test(third) ? Number(third) : null;
  const state = left === null ? third : fourth;
  // Of protocols without a name conntrack prints `unknown`, and the number.
  return { protocol: protocol === 'unknown' ? words[1] : protocol, left, state: state ?? null };
}

/** `zone=1`, of one direction `zone-orig=1` or `zone-reply=1`. */
function zonesOf(words: Words): Zones {
  const both = words.number('zone') ?? 0;
  return [words.number('zone-orig') ?? both, words.number('zone-reply') ?? both];
}

function tupleOf(words: Words, protocol: number | null, index: number): Tuple | null {
  const [source, destination] = [words.address('src', index), words.address('dst', index)];
  if (source === undefined || destination === undefined || protocol === null) return null;
  if (familyOf(source) !== familyOf(destination)) return null;
  const ends = { protocol, source, destination };
  if (isIcmp(protocol)) {
    const type = words.number('type', index) ?? 0;
    const port = icmpPort({ type, code: words.number('code', index) ?? 0 });
    return { ...ends, sourcePort: words.port('id', index), destinationPort: port };
  }
  if (!hasTrackedPorts(protocol)) return { ...ends, sourcePort: 0, destinationPort: 0 };
  return { ...ends, sourcePort: words.port('sport', index), destinationPort: words.port('dport', index) };
}

function tcpOf(protocol: number, name: string | null, answered: boolean): TcpTrack | null {
  const state = protocol === 6 && name !== null ? tcpNames[name] : undefined;
  if (state === undefined) return null;
  const closing = ['FW', 'CW', 'LA', 'TW'].includes(state);
  const kind = state === 'SS' ? 'syn' : state === 'SR' ? 'synack' : 'ack';
  return {
    state,
    last: { reply: answered && state === 'SR', kind },
    closing,
    crossed: state === 'S2',
    unacknowledged: [],
    repeated: 0,
    pickedUp: false,
  };
}
