import { type Address, familyOf } from '../address/address.ts';
import { portProtocols } from '../address/protocols.ts';
import { echoRequest, isIcmp, type Packet } from '../engine/packet.ts';
import type { LoggedPlace, PassedOver, Sight } from './model.ts';
import { flagsOf, loggedProtocol, Words } from './words.ts';

/**
 * A line of the kernel's own log: of the target LOG, or of TRACE with its `TRACE: table:chain:rule:number`. Null where it
 * is none, or not whole.
 */
export function readKernelLine(text: string, line: number): Sight | PassedOver | null {
  const start = headerAt(text);
  if (start === -1) return null;
  const before = text.slice(0, start);
  const place = placeOf(before);
  if (place === 'no-place') return place;
  const seen = readHeader(text.slice(start));
  if (!seen) return null;
  return {
    writer: place ? 'trace' : 'log',
    line,
    ...seen,
    place,
    prefix: place ? null : prefixOf(before),
  };
}

/** Where `IN=` begins, which stands before the rest. */
function headerAt(text: string): number {
  for (let at = text.indexOf('IN='); at !== -1; at = text.indexOf('IN=', at + 1)) {
    if (text.includes(' SRC=', at) && text.includes('OUT=', at)) return at;
  }
  return -1;
}

/** Without the stamps of syslog and of the kernel. */
function prefixOf(before: string): string {
  const kernel = before.lastIndexOf('kernel: ');
  const rest = kernel === -1 ? before : before.slice(kernel + 'kernel: '.length);
  return rest.replace(/^\s*(?:<\d{1,3}>)?(?:\[[^\]]*\] ?)?/, '');
}

/** `TRACE: raw:PREROUTING:policy:2 `. A chain's name may hold colons. Null: it is a prefix of LOG. */
function placeOf(before: string): LoggedPlace | 'no-place' | null {
  const at = before.lastIndexOf('TRACE: ');
  if (at === -1) return null;
  const parts = before
    .slice(at + 'TRACE: '.length)
    .trim()
    .split(':');
  const [number, kind] = [parts.pop(), parts.pop()];
  const [table, ...chain] = parts;
  if (!table || chain.length === 0 || !number) return null;
  if (kind !== 'rule' && kind !== 'return' && kind !== 'policy') return 'no-place';
  if (!/^\d{1,7}$/.test(number)) return 'no-place';
  const place = { table, chain: chain.join(':'), kind, number: Number(number) } as const;
  return { ...place, text: null, jump: null, verdict: null };
}

export type SeenHeader = Pick<
  Sight,
  'packet' | 'in' | 'out' | 'mark' | 'state' | 'identity' | 'numbers' | 'quotes'
>;

/** From `IN=` on: `IN=eth0 OUT= MAC=… SRC=… DST=… LEN=… TTL=… ID=… PROTO=TCP SPT=… DPT=… SYN`. */
export function readHeader(text: string): SeenHeader | null {
  const bracket = text.indexOf(' [SRC=');
  const close = text.lastIndexOf(']');
  const own = bracket === -1 ? text : `${text.slice(0, bracket)} ${text.slice(close + 1)}`;
  const words = new Words(own);
  const [source, destination] = [words.address('SRC'), words.address('DST')];
  if (source === undefined || destination === undefined || familyOf(source) !== familyOf(destination))
    return null;
  const protocol = loggedProtocol(words.text('PROTO') ?? guessed(words, source), source);
  if (protocol === null) return null;
  return {
    packet: packetOf(words, protocol, source, destination),
    in: words.text('IN') || null,
    out: words.text('OUT') || null,
    // LOG and TRACE leave out a mark that is zero.
    mark: words.number('MARK') ?? 0,
    identity: identityOf(words),
    ...numbersOf(words),
    quotes: bracket !== -1,
  };
}

/** What xtables-monitor prints has no `PROTO=` where the protocol has ports. */
function guessed(words: Words, source: Address): string | undefined {
  if (words.text('SPORT') === undefined) return words.text('TYPE') === undefined ? undefined : 'icmp';
  return flagsOf(words) !== 0 ? 'tcp' : typeof source === 'number' || words.text('SPORT') ? 'udp' : undefined;
}

function packetOf(words: Words, protocol: number, source: Address, destination: Address): Packet {
  const ported = portProtocols.has(protocol);
  // Of ICMP, the first ID is that of the header, where that has one.
  const echo =
    words.text('ID', 1) === undefined && typeof source === 'number'
      ? null
      : words.port('ID', typeof source === 'number' ? 1 : 0);
  const type = words.number('TYPE');
  return {
    protocol,
    source,
    destination,
    sourcePort: ported ? (words.port('SPT') ?? words.port('SPORT')) : isIcmp(protocol) ? echo : null,
    destinationPort: ported ? (words.port('DPT') ?? words.port('DPORT')) : null,
    from: null,
    flags: flagsOf(words),
    icmp: type === null ? echoRequest[familyOf(source)] : { type, code: words.number('CODE') ?? 0 },
    state: null,
  };
}

/** Of each rule that logs its own option decides whether they are shown (--log-tcp-sequence). */
function numbersOf(words: Words): Pick<Sight, 'numbers'> {
  const seq = words.text('SEQ');
  return seq === undefined || words.text('TYPE') !== undefined
    ? {}
    : { numbers: `${seq} ${words.text('ACK') ?? ''}` };
}

/** A packet keeps its source until it leaves. */
function identityOf(words: Words): string {
  const keys = [
    'SRC',
    'ID',
    'FLOWLBL',
    'LEN',
    ...(words.text('TYPE') === undefined ? [] : ['SEQ']),
    'SPT',
    'SPORT',
    'TYPE',
  ];
  return keys.map((key) => `${words.text(key) ?? ''} ${words.text(key, 1) ?? ''}`).join(' ');
}
