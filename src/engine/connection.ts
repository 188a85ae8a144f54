import type { Address } from '../address/address.ts';
import { portProtocols } from '../address/protocols.ts';
import { isIcmp } from './packet.ts';

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
  /** IPS_SRC_NAT and IPS_DST_NAT: the translation changed something. */
  readonly sourceChanged: boolean;
  readonly destinationChanged: boolean;
  /** Whether it was decided, changed or not: nat is not asked a second time. */
  readonly sourceDecided: boolean;
  readonly destinationDecided: boolean;
  readonly mark: number;
  /** Whether the flow has got through the node once. */
  readonly confirmed: boolean;
  readonly seenReply: boolean;
}

/** `none`: not asked yet. Rules see `none` as INVALID. */
export type Tracking = Connection | 'none' | 'invalid' | 'untracked';

/** The answer's tuple. ICMP's identifier is the same in both directions. */
export function invert(tuple: Tuple): Tuple {
  if (isIcmp(tuple.protocol)) return { ...tuple, source: tuple.destination, destination: tuple.source };
  return {
    protocol: tuple.protocol,
    source: tuple.destination,
    sourcePort: tuple.destinationPort,
    destination: tuple.source,
    destinationPort: tuple.sourcePort,
  };
}

export function newConnection(original: Tuple): Connection {
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
  };
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

export function sameTuple(left: Tuple, right: Tuple): boolean {
  return (
    left.protocol === right.protocol &&
    left.source === right.source &&
    left.sourcePort === right.sourcePort &&
    left.destination === right.destination &&
    left.destinationPort === right.destinationPort
  );
}
