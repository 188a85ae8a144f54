import { highestPort, type PortRange } from '../../../address/port.ts';
import { want } from '../../../text/expected.ts';
import { integer } from '../codecs/numbers.ts';
import { anyPortRange, isEveryPort, orderedPorts } from '../codecs/ports.ts';
import type { Match, Negatable, TransportMatch } from '../match.ts';
import {
  type Context,
  defined,
  extension,
  flag,
  type Given,
  type Option,
  refuseValue,
  value,
} from '../syntax.ts';
import { demandProtocol } from './demand.ts';

const not = { negatable: true };
export const sourceNames = ['sport', 'source-port'];
export const destinationNames = ['dport', 'destination-port'];

export const ports = (names: readonly string[]): Option<PortRange> => ({
  ...value(names, orderedPorts, not),
  hides: isEveryPort,
});

// Flags of TCP, in the order of their bits.

const flagBits = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32 };
const namedFlags: Readonly<Record<string, number>> = { ...flagBits, ALL: 63, NONE: 0 };

function readFlags(text: string): number {
  let bits = 0;
  for (const name of text.split(',').filter((one) => one !== '')) {
    bits |= namedFlags[name.toUpperCase()] ?? refuseValue(name, want.someOf(Object.keys(namedFlags)));
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

export const flags: Option<{ readonly mask: number; readonly set: number }> = {
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
