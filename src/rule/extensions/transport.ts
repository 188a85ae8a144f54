import { highestPort, type PortRange } from '../../address/port.ts';
import { integer, printRange } from '../codecs/numbers.ts';
import { anyPortRange, isEveryPort, port, portRange } from '../codecs/ports.ts';
import { wholeWords } from '../codecs/words.ts';
import type { Match, MultiportMatch, Negatable, TransportMatch } from '../match.ts';
import { protocolName, protocolNumber } from '../protocols.ts';
import {
  type Codec,
  type Context,
  defined,
  extension,
  flag,
  type Given,
  type Option,
  Refusal,
  refuseValue,
  value,
} from '../syntax.ts';

const not = { negatable: true };
const sourceNames = ['sport', 'source-port'];
const destinationNames = ['dport', 'destination-port'];

/** The rule's `-p` must give the protocol that an extension needs. */
export function demandProtocol(name: string, context: Context): void {
  if (context.protocol !== protocolNumber(name) || context.protocolNegated) {
    throw new Refusal('option-needs', `-m ${name} needs -p ${name}`);
  }
}

const ports = (names: readonly string[]): Option<PortRange> => ({
  ...value(names, portRange, not),
  hides: isEveryPort,
});

// Flags of TCP, in the order of their bits.

const flagBits = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32 };
const namedFlags: Readonly<Record<string, number>> = { ...flagBits, ALL: 63, NONE: 0 };

function readFlags(text: string): number {
  let bits = 0;
  for (const name of text.split(',').filter((one) => one !== '')) {
    bits |= namedFlags[name.toUpperCase()] ?? refuseValue(name, `some of ${Object.keys(namedFlags).join()}`);
  }
  return bits;
}

function printFlags(bits: number): string {
  if (bits === 0) return 'NONE';
  return Object.entries(flagBits)
    .filter(([, bit]) => bits & bit)
    .map(([name]) => name)
    .join();
}

const flags: Option<{ readonly mask: number; readonly set: number }> = {
  ...not,
  excludes: ['syn'],
  names: ['tcp-flags'],
  arity: 2,
  read: ([mask = '', set = '']) => ({ mask: readFlags(mask), set: readFlags(set) }),
  print: ({ mask, set }) => ` ${printFlags(mask)} ${printFlags(set)}`,
  hides: ({ mask }, negated) => mask === 0 && !negated,
};

/** `--syn` is `--tcp-flags SYN,RST,ACK,FIN SYN`. */
const synOnly = { mask: 23, set: 2 };

export const tcp = extension({
  name: 'tcp',
  options: {
    sourcePort: ports(sourceNames),
    destinationPort: ports(destinationNames),
    option: value('tcp-option', integer(1, 255), not),
    flags,
    syn: flag('syn', { ...not, excludes: ['flags'] }),
  },
  build({ syn, ...given }, context): TransportMatch | undefined {
    demandProtocol('tcp', nativeContext(context));
    const all = { ...given, ...(syn && { flags: { value: synOnly, negated: syn.negated } }) };
    return keepTransport('tcp', all, context);
  },
  take: (match) => match,
});

const anyPorts: Option<PortRange> = { ...value(sourceNames, anyPortRange, not), hides: isEveryPort };

export const udp = extension({
  name: 'udp',
  options: { sourcePort: anyPorts, destinationPort: { ...anyPorts, names: destinationNames } },
  build(given, context): TransportMatch | undefined {
    demandProtocol('udp', nativeContext(context));
    return keepTransport('udp', given, context);
  },
  take: (match) => match,
});

/** nft's own expressions take the protocol with `!` as well. */
function nativeContext(context: Context): Context {
  return context.backend === 'nft' ? { ...context, protocolNegated: false } : context;
}

type GivenTransport = Given<{
  sourcePort: Option<PortRange>;
  destinationPort: Option<PortRange>;
  option: Option<number>;
  flags: Option<{ readonly mask: number; readonly set: number }>;
}>;

/**
 * Ranges of all ports and masks without flags say nothing. legacy keeps their `!` (such a match never holds), nft
 * forgets it; and where nothing is left of what was given but is not the default, nft has no match at all.
 */
function keepTransport(
  kind: 'tcp' | 'udp',
  given: GivenTransport,
  context: Context,
): TransportMatch | undefined {
  const { sourcePort, destinationPort, option, flags } = given;
  const nft = context.backend === 'nft';
  const range = (ports: typeof sourcePort) =>
    ports && isEveryPort(ports.value) && (nft || !ports.negated) ? undefined : nft ? aboveLast(ports) : ports;
  const mask = flags && flags.value.mask === 0 && (nft || !flags.negated) ? undefined : flags;
  const kept = defined({
    sourcePort: range(sourcePort),
    destinationPort: range(destinationPort),
    option,
    flags: mask,
  });
  const said =
    [sourcePort, destinationPort, flags].some((one) => one?.negated) || (flags?.value.set ?? 0) !== 0;
  return nft && said && Object.keys(kept).length === 0 ? undefined : { kind, ...kept };
}

/** nft keeps `! 0:N` as what is above N. */
function aboveLast(ports: Negatable<PortRange> | undefined): Negatable<PortRange> | undefined {
  if (!ports?.negated || ports.value.first !== 0 || ports.value.last === 0) return ports;
  return { negated: false, value: { first: ports.value.last + 1, last: highestPort } };
}

/**
 * In nft's own expressions a rule has one tcp and one udp match: what several of them say comes together in the first,
 * the last one's word where they disagree. Those without options, or with an option of TCP, are no such expressions.
 */
export function mergeTransports(matches: readonly Match[]): readonly Match[] {
  const first = new Map<string, number>();
  const merged: Match[] = [];
  for (const match of matches) {
    const isNative =
      (match.kind === 'tcp' || match.kind === 'udp') && !match.option && Object.keys(match).length > 1;
    const at = isNative ? first.get(match.kind) : undefined;
    if (isNative && at === undefined) first.set(match.kind, merged.length);
    if (at === undefined) merged.push(match);
    else merged[at] = mergeOptions(merged[at] as TransportMatch, match as TransportMatch);
  }
  return merged;
}

/** A `!` that was said once of an option stays, whatever the option's value becomes. */
function mergeOptions(first: TransportMatch, last: TransportMatch): TransportMatch {
  const merged = { ...first, ...last };
  for (const key of ['sourcePort', 'destinationPort', 'flags'] as const) {
    if (first[key]?.negated && last[key]) Object.assign(merged, { [key]: { ...last[key], negated: true } });
  }
  return merged;
}

// Chunks of SCTP.

const chunkTypes = {
  names: ['chunk-types'],
  arity: 2,
  ...not,
  read: ([match = '', chunks = '']: readonly string[]) => ` ${chunkMatch.read(match)} ${readChunks(chunks)}`,
  print: (text: string) => text,
};

const chunkMatch = {
  read: (word: string) =>
    ['any', 'all', 'only'].find((one) => one === word.toLowerCase()) ?? refuseValue(word, 'any, all or only'),
};

function readChunks(text: string): string {
  if (/^(?:all|none)$/i.test(text)) return text.toUpperCase();
  const asked = new Map<string, string>();
  for (const part of text.split(',')) {
    const [name = '', bits = ''] = part.split(':');
    const chunk =
      sctpChunks.find((one) => one.name === name.toUpperCase()) ?? refuseValue(part, 'chunk types');
    const flags = readChunkFlags(bits, chunk.flags);
    if (flags !== '' || !asked.has(chunk.name)) asked.set(chunk.name, flags === '' ? '' : `:${flags}`);
  }
  return sctpChunks.flatMap(({ name }) => (asked.has(name) ? [name + asked.get(name)] : [])).join();
}

/** Upper case: set; lower case: not set. In the order of the header's bits. */
function readChunkFlags(text: string, valid: string): string {
  for (const letter of text) {
    if (!valid.includes(letter.toUpperCase())) refuseValue(text, `flags among ${valid || 'none'}`);
  }
  return [...valid].map((flag) => [...text].find((one) => one.toUpperCase() === flag) ?? '').join('');
}

/** By number; names and flags of RFC 4960, 3758, 4895, 5061, 8260. */
const sctpChunks: readonly { readonly name: string; readonly flags: string }[] = [
  ['DATA', 'IUBE'],
  ['INIT', ''],
  ['INIT_ACK', ''],
  ['SACK', ''],
  ['HEARTBEAT', ''],
  ['HEARTBEAT_ACK', ''],
  ['ABORT', 'T'],
  ['SHUTDOWN', ''],
  ['SHUTDOWN_ACK', ''],
  ['ERROR', ''],
  ['COOKIE_ECHO', ''],
  ['COOKIE_ACK', ''],
  ['ECN_ECNE', ''],
  ['ECN_CWR', ''],
  ['SHUTDOWN_COMPLETE', 'T'],
  ['I_DATA', 'IUBE'],
  ['ASCONF_ACK', ''],
  ['RE_CONFIG', ''],
  ['PAD', ''],
  ['FORWARD_TSN', ''],
  ['ASCONF', ''],
  ['I_FORWARD_TSN', ''],
].map(([name = '', flags = '']) => ({ name, flags }));

export const sctp = extension({
  name: 'sctp',
  options: {
    sourcePort: value(sourceNames, portRange, not),
    destinationPort: value(destinationNames, portRange, not),
  },
  further: { chunkTypes },
  build(given, context, words): TransportMatch {
    demandProtocol('sctp', context);
    return { kind: 'sctp', ...defined(given), ...furtherOf(words) };
  },
  take: (match) => match,
  words: (match) => match.unevaluated,
});

function furtherOf(words: readonly string[]): { readonly unevaluated?: readonly string[] } {
  return words.length === 0 ? {} : { unevaluated: words };
}

const dccpTypes = [
  'REQUEST',
  'RESPONSE',
  'DATA',
  'ACK',
  'DATAACK',
  'CLOSEREQ',
  'CLOSE',
  'RESET',
  'SYNC',
  'SYNCACK',
  'INVALID',
] as const;

export const dccp = extension({
  name: 'dccp',
  options: {
    sourcePort: value(sourceNames, anyPortRange, not),
    destinationPort: value(destinationNames, anyPortRange, not),
  },
  further: {
    types: value('dccp-types', wholeWords(dccpTypes), not),
    option: value('dccp-option', integer(1, 255), not),
  },
  build(given, context, words): TransportMatch {
    demandProtocol('dccp', context);
    return { kind: 'dccp', ...defined(given), ...furtherOf(words) };
  },
  take: (match) => match,
  words: (match) => match.unevaluated,
});

const multiports: Codec<readonly PortRange[]> = {
  read(text, context) {
    const { protocol, protocolNegated } = context;
    if (protocolNegated || !['tcp', 'udp', 'udplite', 'sctp', 'dccp'].includes(protocolName(protocol))) {
      throw new Refusal('option-needs', 'multiport needs -p tcp, udp, udplite, sctp or dccp');
    }
    const ranges = text.split(',').map((part) => readMultiport(part, context));
    const slots = ranges.reduce(
      (sum, { first, last }, index) =>
        sum + (text.split(',')[index]?.includes(':') ? 2 : first <= last ? 1 : 0),
      0,
    );
    return slots > 15 ? refuseValue(text, 'at most 15 ports, a range counting twice') : ranges;
  },
  print: (ranges) => ranges.map(printRange).join(),
};

function readMultiport(text: string, context: Context): PortRange {
  const [first = '', last, ...more] = text.split(':');
  if (more.length > 0) refuseValue(text, 'FIRST:LAST');
  if (last === undefined) {
    const only = port.read(first, context);
    return { first: only, last: only };
  }
  const range = { first: port.read(first, context), last: port.read(last, context) };
  return range.first >= range.last ? refuseValue(text, 'FIRST:LAST, the lower port first') : range;
}

const sides = { source: 'source', destination: 'destination', either: 'either' } as const;

export const multiport = extension({
  name: 'multiport',
  options: {
    source: value(['sports', 'source-ports'], multiports, { ...not, excludes: ['destination', 'either'] }),
    destination: value(['dports', 'destination-ports'], multiports, {
      ...not,
      excludes: ['source', 'either'],
    }),
    either: value('ports', multiports, { ...not, excludes: ['source', 'destination'] }),
  },
  build(given): MultiportMatch {
    for (const side of Object.values(sides)) {
      const one = given[side];
      if (one) return { kind: 'multiport', negated: one.negated, side, ports: one.value };
    }
    throw new Refusal('option-missing', 'multiport needs --sports, --dports or --ports');
  },
  take: ({ side, ports, negated }) => ({ [side]: { value: ports, negated } }),
});
