import type { PortRange } from '../../address/port.ts';
import { portProtocols } from '../../address/protocols.ts';
import type {
  AddressRange,
  HeldTest,
  Match,
  MatchKind,
  Negatable,
  TransportMatch,
} from '../../iptables/rule/match.ts';
import { type Box, type Dimension, withSide } from '../../sets/box.ts';
import {
  type IntervalSet,
  intersect,
  interval,
  isEmpty,
  isWithin,
  subtract,
  union,
  unionOf,
} from '../../sets/intervals.ts';
import type { ConnectionState } from '../../sets/states.ts';
import { subnetSet } from '../../sets/subnet-set.ts';
import type { HostSets } from '../explore/host-sets.ts';
import { askingOf } from '../open/asking.ts';
import { arrivalsOf } from './arrivals.ts';

type Limits = {
  readonly [K in MatchKind]?: (match: Extract<Match, { kind: K }>, box: Box, host: HostSets) => Box;
};

/**
 * At least the packets of `box` that a rule can match, or of which one of its states hears, as far as that is cheap to say. What a match says of marks,
 * interfaces and the like is passed over, so the result may hold more packets, never less.
 */
export function ruleBox(matches: readonly Match[], box: Box, host: HostSets): Box {
  let limited = box;
  for (const match of matches) {
    // Whatever comes after it, its state has been changed already.
    if (askingOf(match) !== null) return limited;
    const limit = limits[match.kind] as ((match: Match, box: Box, host: HostSets) => Box) | undefined;
    if (limit) limited = limit(match, limited, host);
  }
  return limited;
}

const limits: Limits = {
  source: ({ subnet, negated }, box) => limitTo(box, 'source', subnetSet(subnet), negated),
  destination: ({ subnet, negated }, box) => limitTo(box, 'destination', subnetSet(subnet), negated),
  protocol: ({ protocol, negated }, box) => limitTo(box, 'protocol', [protocol, protocol], negated),
  tcp: limitTransport,
  udp: limitTransport,
  sctp: limitTransport,
  dccp: limitTransport,
  multiport(match, box) {
    if (!hasPorts(box) || match.side === 'either') return box;
    return limitTo(box, sideOf(match.side), union(...match.ports.map(portSet)), match.negated);
  },
  icmp: ({ type, negated }, box) => limitIcmp(box, type, negated),
  icmp6: ({ type, negated }, box) => limitIcmp(box, type, negated),
  iprange: ({ source, destination }, box) =>
    limitRange(limitRange(box, 'source', source), 'destination', destination),
  set: ({ held, negated }, box) => (held && !negated ? limitToHeld(box, held) : box),
  conntrack: ({ state }, box) => (state ? limitStates(box, state.value, state.negated) : box),
  state: ({ states, negated }, box) => limitStates(box, states, negated),
  addrtype({ source, destination, limit }, box, host) {
    if (limit) return box;
    const local = (types: typeof source) =>
      types?.value.length === 1 && types.value[0] === 'LOCAL' && !types.negated ? host.local : null;
    return limitTo(limitTo(box, 'source', local(source), false), 'destination', local(destination), false);
  },
};

function limitTo(box: Box, dimension: Dimension, set: IntervalSet | null, negated: boolean): Box {
  if (set === null) return box;
  const side = box.sides[dimension];
  return withSide(box, dimension, negated ? subtract(side, set) : intersect(side, set));
}

const withPorts: IntervalSet = union(...[...portProtocols].map((protocol) => interval(protocol, protocol)));

/** Only of these can ports be read; what is said of the ports of others is not known. */
function hasPorts({ sides }: Box): boolean {
  return isWithin(sides.protocol, withPorts);
}

function sideOf(side: 'source' | 'destination'): Dimension {
  return side === 'source' ? 'sourcePort' : 'destinationPort';
}

export function portSet({ first, last }: PortRange): IntervalSet {
  return interval(first, last);
}

/** Addresses that no entry has, where each asks for one. */
function limitToHeld(box: Box, held: readonly (readonly HeldTest[])[]): Box {
  const limit = (limited: Box, end: 'source' | 'destination'): Box => {
    const sets = held.map((tests) =>
      unionOf(tests.flatMap(({ field, set }) => (field === end ? [set] : []))),
    );
    return sets.some(isEmpty) ? limited : limitTo(limited, end, unionOf(sets), false);
  };
  return limit(limit(box, 'source'), 'destination');
}

function limitTransport(match: TransportMatch, box: Box): Box {
  if (!hasPorts(box)) return box;
  const { sourcePort, destinationPort } = match;
  const limited = sourcePort
    ? limitTo(box, 'sourcePort', portSet(sourcePort.value), sourcePort.negated)
    : box;
  return destinationPort
    ? limitTo(limited, 'destinationPort', portSet(destinationPort.value), destinationPort.negated)
    : limited;
}

const icmpProtocols: IntervalSet = [1, 1, 58, 58];

function limitIcmp(box: Box, type: number, negated: boolean): Box {
  if (negated || type === 255 || !isWithin(box.sides.protocol, icmpProtocols)) return box;
  return limitTo(box, 'icmpType', [type, type], false);
}

function limitRange(box: Box, dimension: Dimension, range: Negatable<AddressRange> | undefined): Box {
  return range ? limitTo(box, dimension, interval(range.value.first, range.value.last), range.negated) : box;
}

/** SNAT and DNAT come with any state. In the raw table every packet counts as INVALID. */
function limitStates(box: Box, states: readonly ConnectionState[], negated: boolean): Box {
  if (!negated && (states.includes('SNAT') || states.includes('DNAT'))) return box;
  return limitTo(
    box,
    'state',
    arrivalsOf((state) => states.includes(state) !== negated),
    false,
  );
}
