import type { Family } from '../../address/address.ts';
import { portProtocols, trackedPortProtocols } from '../../address/protocols.ts';
import { isIcmpRequest, isOfItsState } from '../../engine/packet.ts';
import { type Box, type Dimension, meet, universe } from '../../sets/box.ts';
import { type IntervalSet, interval, single, subtract, union } from '../../sets/intervals.ts';

const none: IntervalSet = single(0);
const setOf = (numbers: Iterable<number>) => union(...[...numbers].map(single));
const trackedPorts = subtract(setOf(trackedPortProtocols), single(6));
const untrackedPorts = subtract(setOf(portProtocols), setOf(trackedPortProtocols));
/** Of protocols other than TCP: translation, and what is asked of a connection's ports, tells these two apart. */
const otherPorts = [trackedPorts, untrackedPorts];
const portless = subtract(interval(1, 255), union(setOf(portProtocols), single(1), single(58)));

/** Flags with which a flow can begin: of SYN, ACK, FIN and RST only SYN, or only ACK. */
const beginning = union(
  ...Array.from({ length: 64 }, (_, flags) => flags)
    .filter((flags) => (flags & 0b10111) === 0b10 || (flags & 0b10111) === 0b10000)
    .map(single),
);

/** Types of ICMP, and of ICMPv6, of messages that begin a flow, and of those that are found in a state. */
const typesOf = (holds: (protocol: number, type: number) => boolean): Readonly<Record<number, IntervalSet>> =>
  Object.fromEntries(
    [1, 58].map((protocol) => [
      protocol,
      setOf(Array.from({ length: 256 }, (_, type) => type).filter((type) => holds(protocol, type))),
    ]),
  );
const requests = typesOf((protocol, type) => isIcmpRequest(protocol, { type, code: 0 }));
const inState = (state: 'ESTABLISHED' | 'RELATED') =>
  typesOf((protocol, type) => isOfItsState({ protocol, icmp: { type, code: 0 }, state }));
const ofFlows = inState('ESTABLISHED');
const errors = inState('RELATED');

const allFlags = interval(0, 63);

const states = {
  NEW: single(1),
  RELATED: single(2),
  ESTABLISHED: single(3),
  /** Nothing is known of their flows, but which of both they are. */
  unknown: union(single(0), single(4)),
};

type Sides = Partial<Record<Dimension, IntervalSet>>;

/** What a helper expected begins as other flows do, or is a later packet of one that was not answered. */
const expected: readonly Sides[] = [
  { protocol: single(6), flags: beginning },
  { protocol: single(6), flags: subtract(allFlags, beginning) },
  ...otherPorts.map((protocol) => ({ protocol, flags: none })),
];

/** Packets of one kind have the same fields. */
function kinds(): readonly Sides[] {
  const ports = { icmpType: none, icmpCode: none };
  const bare = { ...ports, sourcePort: none, destinationPort: none, flags: none };
  const any = [states.ESTABLISHED, states.unknown];
  const icmp = (protocol: number, state: IntervalSet, types: Sides): Sides => ({
    protocol: single(protocol),
    sourcePort: none,
    destinationPort: none,
    flags: none,
    state,
    ...types,
  });
  return [
    { ...ports, protocol: single(6), state: states.NEW, flags: beginning },
    ...otherPorts.map((protocol) => ({ ...ports, protocol, state: states.NEW, flags: none })),
    ...expected.map((sides) => ({ ...ports, ...sides, state: states.RELATED })),
    ...any.map((state) => ({ ...ports, protocol: single(6), state })),
    ...any.flatMap((state) => otherPorts.map((protocol) => ({ ...ports, protocol, state, flags: none }))),
    ...[1, 58].flatMap((protocol) => [
      icmp(protocol, states.NEW, { icmpType: requests[protocol] as IntervalSet }),
      icmp(protocol, states.ESTABLISHED, { icmpType: ofFlows[protocol] as IntervalSet }),
      icmp(protocol, states.RELATED, { icmpType: errors[protocol] as IntervalSet }),
      icmp(protocol, states.unknown, {}),
    ]),
    ...[states.NEW, states.RELATED, ...any].map((state) => ({ ...bare, protocol: portless, state })),
  ];
}

/** Divides a box by where packets come from, their state and their kind. */
export function kindsOf(box: Box, family: Family, origins: number): Box[] {
  const everything = universe(family, origins);
  // The node puts an address of its own in place of 0.0.0.0 before any rule sees the packet.
  const own = family === 'ipv4' ? subtract(everything.sides.source, none) : everything.sides.source;
  return Array.from({ length: origins }, (_, origin) => origin).flatMap((origin) =>
    kinds().flatMap((sides) => {
      const source = origin === 0 ? own : everything.sides.source;
      const kind = {
        ...everything,
        sides: { ...everything.sides, ...sides, source, origin: single(origin) },
      };
      return meet(box, kind) ?? [];
    }),
  );
}

/** Of a box, what begins flows: what is new to the node, and what a helper expects. */
export function beginningsIn(box: Box): Box[] {
  const begins = [
    { state: states.NEW },
    { state: states.RELATED, protocol: single(6), flags: beginning },
    { state: states.RELATED, protocol: union(...otherPorts, portless) },
  ];
  return begins.flatMap((sides) => meet(box, { ...box, sides: { ...box.sides, ...sides } }) ?? []);
}
