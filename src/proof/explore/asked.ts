import type { PortRange } from '../../address/port.ts';
import type { Branch } from '../../engine/branch.ts';
import { isIcmp, tcpFlags } from '../../engine/packet.ts';
import { isIcmpError } from '../../engine/reject.ts';
import type {
  AddrtypeMatch,
  ConntrackMatch,
  HeldTest,
  Match,
  MatchKind,
  Negatable,
  TransportMatch,
} from '../../iptables/rule/match.ts';
import type { Dimension } from '../../sets/box.ts';
import { has, type IntervalSet, interval, single, union } from '../../sets/intervals.ts';
import { subnetSet } from '../../sets/subnet-set.ts';
import { portSet } from '../rules/rule-box.ts';
import { classOf, type HostSets, typeOf } from './host-sets.ts';
import type { Decider } from './watch.ts';

/** Which parts of the header are those that the packet came with; `answer`: the node's own answer is walked. */
export interface Asked {
  readonly answer: boolean;
  readonly source: boolean;
  readonly destination: boolean;
  readonly sourcePort: boolean;
  readonly destinationPort: boolean;
  /** Different for different values. */
  readonly code: number;
}

type End = 'source' | 'destination' | 'sourcePort' | 'destinationPort';

const opposite: Readonly<Record<End, End>> = {
  source: 'destination',
  destination: 'source',
  sourcePort: 'destinationPort',
  destinationPort: 'sourcePort',
};

/** Asks about an end of the packet as it is now: what it came with, unless it was translated meanwhile. */
function about(end: End, set: IntervalSet | null, asked: Asked): Decider[] {
  if (asked.answer) {
    // An answer goes the other way round, and may begin at the node.
    return [
      { dimension: end, set },
      { dimension: opposite[end], set },
    ];
  }
  return asked[end] ? [{ dimension: end, set }] : [];
}

type Sets = {
  readonly [K in MatchKind]?: (
    match: Extract<Match, { kind: K }>,
    branch: Branch,
    asked: Asked,
    host: HostSets,
  ) => readonly Decider[];
};

/** The sets of packets that a match tells apart. Marks, chance and memory are the walk's own and are not asked here. */
export function askedSets(match: Match, branch: Branch, asked: Asked, host: HostSets): readonly Decider[] {
  const sets = table[match.kind] as
    | ((match: Match, branch: Branch, asked: Asked, host: HostSets) => readonly Decider[])
    | undefined;
  return sets?.(match, branch, asked, host) ?? [];
}

const table: Sets = {
  source: ({ subnet }, _branch, asked) => about('source', subnetSet(subnet), asked),
  destination: ({ subnet }, _branch, asked) => about('destination', subnetSet(subnet), asked),
  protocol: ({ protocol }) => [{ dimension: 'protocol', set: [protocol, protocol] }],
  tcp: askedTransport,
  udp: askedTransport,
  sctp: askedTransport,
  dccp: askedTransport,
  icmp: ({ type, code }) => askedIcmp(type, code),
  icmp6: ({ type, code }) => askedIcmp(type, code),
  multiport: ({ side, ports }, _branch, asked) => {
    const set = union(...ports.map(portSet));
    const ends = side === 'either' ? (['source', 'destination'] as const) : [side];
    return ends.flatMap((end) => about(`${end}Port`, set, asked));
  },
  addrtype: askedTypes,
  pkttype: askedClasses,
  rpfilter: askedOfReversePath,
  conntrack: (match, { packet }) => [
    asksStateAlone(match) ? inStates(match.state?.value ?? []) : stateOf(packet.state),
    ...onBothEnds('source', [match.originalSource, match.replyDestination], subnetSet),
    ...onBothEnds('destination', [match.originalDestination, match.replySource], subnetSet),
    ...onBothEnds('sourcePort', [match.originalSourcePort, match.replyDestinationPort], portSet),
    ...onBothEnds('destinationPort', [match.originalDestinationPort, match.replySourcePort], portSet),
    ...(match.protocol
      ? [{ dimension: 'protocol' as const, set: [match.protocol.value, match.protocol.value] }]
      : []),
  ],
  state: ({ states }) => [inStates(states)],
  set: ({ held = [] }, branch, asked) => askedOfHeld(held, branch, asked),
  iprange: ({ source, destination }, _branch, asked) => [
    ...(source ? about('source', interval(source.value.first, source.value.last), asked) : []),
    ...(destination
      ? about('destination', interval(destination.value.first, destination.value.last), asked)
      : []),
  ],
};

/** Entry by entry, as far as the packet answers: up to the first test of each that does not hold, and the first that holds. */
function askedOfHeld(held: readonly (readonly HeldTest[])[], branch: Branch, asked: Asked): Decider[] {
  const deciders: Decider[] = [];
  for (const tests of held) {
    const failed = tests.find(({ field, set }) => {
      deciders.push(...(field === 'protocol' ? [{ dimension: field, set }] : about(field, set, asked)));
      const value = branch[field];
      return value === null || !has(set, value);
    });
    if (!failed) break;
  }
  return deciders;
}

const stateNumbers: Readonly<Record<string, number>> = {
  INVALID: 0,
  NEW: 1,
  RELATED: 2,
  ESTABLISHED: 3,
  UNTRACKED: 4,
};

function stateOf(state: string | null): Decider {
  const number = stateNumbers[state ?? 'NEW'] as number;
  return { dimension: 'state', set: [number, number] };
}

/** Of the rules that are met: the same few are asked again and again. */
const deciders = new WeakMap<readonly string[], Decider>();

function inStates(states: readonly string[]): Decider {
  const known = deciders.get(states);
  if (known) return known;
  const numbers = states.flatMap((state) => stateNumbers[state] ?? []);
  const decider: Decider = { dimension: 'state', set: union(...numbers.map(single)) };
  deciders.set(states, decider);
  return decider;
}

/** Whether connection tracking has translated, expected or seen answers of a flow is not asked, which is another thing for each state. */
function asksStateAlone({ kind: _kind, state, ...others }: ConntrackMatch): boolean {
  const asked = Object.values(others).some((other) => other !== undefined);
  return state !== undefined && !asked && !state.value.some((name) => name === 'SNAT' || name === 'DNAT');
}

function onBothEnds<T>(
  end: End,
  tests: readonly (Negatable<T> | undefined)[],
  setOf: (value: T) => IntervalSet | null,
): Decider[] {
  return tests.flatMap((test) => {
    if (!test) return [];
    const set = setOf(test.value);
    return [end, opposite[end]].map((dimension) => ({ dimension: dimension as Dimension, set }));
  });
}

/** Whether REJECT, or a route that refuses, answers at all: what the packet itself is decides, beside its addresses. */
export function answeredSets({ protocol }: Branch, kind: string): readonly Decider[] {
  if (protocol === 6) return kind.startsWith('tcp-') ? [{ dimension: 'flags', set: withFlag('RST') }] : [];
  if (!isIcmp(protocol)) return [];
  const errors = Array.from({ length: 256 }, (_, type) => type).filter((type) => isIcmpError(protocol, type));
  return [{ dimension: 'icmpType', set: union(...errors.map(single)) }];
}

/** All combinations of TCP's flags with this one. */
export function withFlag(flag: keyof typeof tcpFlags): IntervalSet {
  return flagSet({ mask: tcpFlags[flag], set: tcpFlags[flag] });
}

function askedTransport(match: TransportMatch, _branch: Branch, asked: Asked): readonly Decider[] {
  const port = (end: End, range: Negatable<PortRange> | undefined) =>
    range ? about(end, portSet(range.value), asked) : [];
  return [
    ...port('sourcePort', match.sourcePort),
    ...port('destinationPort', match.destinationPort),
    ...(match.flags ? [{ dimension: 'flags' as const, set: askedFlags(match.flags.value, asked) }] : []),
  ];
}

/** The flags of a reset follow from whether it answers an ACK. */
function askedFlags(wanted: { readonly mask: number; readonly set: number }, { answer }: Asked): IntervalSet {
  return answer ? withFlag('ACK') : flagSet(wanted);
}

function flagSet({ mask, set }: { readonly mask: number; readonly set: number }): IntervalSet {
  const values = Array.from({ length: 64 }, (_, flags) => flags).filter((flags) => (flags & mask) === set);
  return union(...values.map(single));
}

function askedIcmp(
  type: number,
  code: { readonly first: number; readonly last: number },
): readonly Decider[] {
  if (type === 255) return [];
  return [
    { dimension: 'icmpType', set: [type, type] },
    { dimension: 'icmpCode', set: interval(code.first, code.last) },
  ];
}

/** What IPv6 asks of the routes, and what is asked of one interface, is another question. */
function askedTypes(match: AddrtypeMatch, branch: Branch, asked: Asked, host: HostSets): readonly Decider[] {
  return (['source', 'destination'] as const).flatMap((end) => {
    const types = match[end]?.value;
    if (!types) return [];
    const members = match.limit || types.includes('UNREACHABLE') ? classOf : typeOf;
    return about(end, members(host, branch[end]), asked);
  });
}

/** Beside the classes: what has no sender that could be answered (reverse-path.ts). */
function askedOfReversePath(match: Match, branch: Branch, asked: Asked, host: HostSets): readonly Decider[] {
  const { source } = branch;
  const classes = askedClasses(match, branch, asked, host);
  if (typeof source === 'bigint')
    return [...classes, ...senderless.flatMap((set) => about('source', set, asked))];
  const isOfNone = has(thisNetwork, source);
  return [
    ...classes,
    ...about('source', thisNetwork, asked),
    ...(isOfNone ? about('destination', ofAllOnLink, asked) : []),
  ];
}

const thisNetwork = interval(0, 0xffffff);
const ofAllOnLink = union(interval(0xe0000000, 0xe00000ff), single(0xffffffff));
/** `::`, groups, and addresses of one link. */
const senderless = [
  single(0n),
  interval(0xffn << 120n, (1n << 128n) - 1n),
  interval(0x3fan << 118n, (0x3fbn << 118n) - 1n),
];

function askedClasses(_match: Match, branch: Branch, asked: Asked, host: HostSets): readonly Decider[] {
  return [
    ...about('source', classOf(host, branch.source), asked),
    ...about('destination', classOf(host, branch.destination), asked),
  ];
}
