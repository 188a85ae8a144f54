import type { Address } from '../address/address.ts';
import { prefixMask, subnetOf } from '../address/subnet.ts';
import { type Origin, tcpFlags } from '../engine/packet.ts';
import type { Host } from '../host/model.ts';
import { hostSets } from '../proof/explore/host-sets.ts';
import { listOrigins } from '../proof/explore/origins.ts';
import { arrivalStates, type Box, isNothing, type Sides, universe } from '../sets/box.ts';
import {
  type IntervalSet,
  intersect,
  isSingle,
  single,
  subtract,
  union,
  unionOf,
} from '../sets/intervals.ts';
import type { ConnectionState } from '../sets/states.ts';
import { subnetSet } from '../sets/subnet-set.ts';

/** A set of packets: every combination of what its fields hold. Null: whatever there is. */
export interface PacketSet {
  readonly protocol: number | null;
  readonly sources: IntervalSet | null;
  readonly sourcePorts: IntervalSet | null;
  readonly destinations: IntervalSet | null;
  readonly destinationPorts: IntervalSet | null;
  /** Null: worked out from the source address, as for a single packet. */
  readonly from: Origin | null;
  /** `NEW`: TCP begins with SYN alone. */
  readonly state: ConnectionState;
}

/** A set on a node, as the boxes that the explorer divides. Empty where no host sends such packets. */
export function boxesOf(set: PacketSet, host: Host): Box[] {
  const origins = listOrigins(host);
  const everything = universe(host.family, origins.length);
  const state = arrivalStates.indexOf(set.state);
  const sides: Sides = {
    ...everything.sides,
    state: single(state),
    flags: set.state === 'NEW' ? union(single(0), single(tcpFlags.SYN)) : everything.sides.flags,
    protocol: set.protocol === null ? everything.sides.protocol : single(set.protocol),
    sourcePort: set.sourcePorts ?? everything.sides.sourcePort,
    destination: destinationsOf(set, host, everything.sides.destination),
    destinationPort: set.destinationPorts ?? everything.sides.destinationPort,
  };
  return origins.flatMap((origin, index) => {
    const source = sourcesFrom(origin, set, host, everything.sides.source);
    const box = { sides: { ...sides, origin: single(index), source }, symbols: new Map() };
    return isNothing(box) ? [] : [box];
  });
}

/** Of many or of none: such destinations are only in a set where they are asked for by themselves. */
function destinationsOf({ destinations }: PacketSet, host: Host, all: IntervalSet): IntervalSet {
  const wanted = destinations ?? all;
  const unicast = subtract(wanted, hostSets(host).nobody);
  return unicast.length === 0 ? wanted : unicast;
}

/** The sources of a set that packets from a place can have. */
function sourcesFrom(origin: Origin, set: PacketSet, host: Host, all: IntervalSet): IntervalSet {
  const { local, pods, senders } = addressesOf(host, all);
  const from = set.from;
  const wanted = set.sources ?? all;
  // Who names one address means it, whatever it is.
  const allowed = isSingle(wanted) ? wanted : intersect(wanted, senders);
  if (from !== null && set.sources !== null) return sameOrigin(from, origin) ? allowed : [];
  if (from !== null && !sameOrigin(from, origin)) return [];
  if (origin === 'host') return intersect(allowed, local);
  const foreign = subtract(allowed, local);
  if (origin === 'pod') return intersect(foreign, pods);
  if (origin === 'external' || from !== null) return subtract(foreign, pods);
  return [];
}

function sameOrigin(left: Origin, right: Origin): boolean {
  const name = (origin: Origin) => (typeof origin === 'string' ? origin : `interface ${origin.interface}`);
  return name(left) === name(right);
}

/** Addresses of the node and of its pods, and those that a host can send from at all. */
function addressesOf(host: Host, all: IntervalSet) {
  const { nobody, local } = hostSets(host);
  const own = host.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => single(address)));
  const prefix = (address: Address, length: number) =>
    subnetSet(subnetOf(address, prefixMask(host.family, length))) as IntervalSet;
  const never =
    host.family === 'ipv4'
      ? [prefix(0, 8), prefix(0x7f000000, 8), prefix(0xe0000000, 3)]
      : [prefix(0n, 127), prefix(0xffn << 120n, 8)];
  return {
    local: local ?? unionOf(own),
    pods: host.podPrefix ? (subnetSet(host.podPrefix) as IntervalSet) : [],
    senders: subtract(subtract(all, nobody), unionOf(never)),
  };
}
