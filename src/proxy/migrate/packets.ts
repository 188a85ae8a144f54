import { type Address, familyOf } from '../../address/address.ts';
import { contains, type Subnet } from '../../address/subnet.ts';
import type { Protocol } from '../../kube/cluster/model.ts';

/** Where a packet comes from: beyond the node, a pod of it, or the node itself. */
export type Sender = 'external' | 'pod' | 'host';

/** A set of packets, unless a state is named the first of their connections. What is left out says nothing of the packet. */
export interface PacketClass {
  readonly from?: readonly Sender[];
  readonly source?: PrefixTest;
  /** By which interface they come in; `veth+` for all whose names begin so. */
  readonly incoming?: IncomingTest;
  readonly destination?: DestinationTest;
  /** Of these, or of any protocol but these ports. */
  readonly ports?: readonly ProtocolPort[];
  readonly otherThan?: readonly ProtocolPort[];
  /** Not the first packets of connections, or not by themselves: what only an attentive firewall or a list of clients tells apart. */
  readonly state?: 'invalid' | 'marked-or-known' | 'health-check' | 'remembered';
}

export interface IncomingTest {
  readonly interface: string;
  readonly negated: boolean;
}

export interface PrefixTest {
  readonly within?: readonly Subnet[];
  readonly outside?: readonly Subnet[];
}

/** Prefixes, or the node's own addresses, loopback among them. */
export type DestinationTest = PrefixTest | { readonly local: true; readonly outside: readonly Subnet[] };

export interface ProtocolPort {
  readonly protocol: Protocol;
  readonly port: number;
}

/** A packet as a recording has it. `protocol` in Kubernetes' spelling where it has ports. */
export interface AskedPacket {
  readonly from: Sender;
  readonly source: Address;
  readonly destination: Address;
  readonly protocol: string;
  readonly port: number | null;
  /** Null for what the node itself sends. */
  readonly incoming: string | null;
}

/** Whether a packet is in a class. `isLocal` says whether an address is one of the node's own. */
export function isIn(packet: AskedPacket, one: PacketClass, isLocal: (address: Address) => boolean): boolean {
  const { destination, ports, otherThan, source, incoming, from } = one;
  const isAt = ({ protocol, port }: ProtocolPort) => protocol === packet.protocol && port === packet.port;
  if (one.state !== undefined) return false;
  const isDestined =
    destination === undefined ||
    ('local' in destination
      ? isLocal(packet.destination) && passes(packet.destination, { outside: destination.outside })
      : passes(packet.destination, destination));
  return (
    isDestined &&
    (from?.includes(packet.from) ?? true) &&
    (source === undefined || passes(packet.source, source)) &&
    (incoming === undefined || cameBy(packet.incoming, incoming)) &&
    (ports?.some(isAt) ?? true) &&
    !(otherThan?.some(isAt) ?? false)
  );
}

function cameBy(name: string | null, { interface: wanted, negated }: IncomingTest): boolean {
  const isIt =
    name !== null && (wanted.endsWith('+') ? name.startsWith(wanted.slice(0, -1)) : name === wanted);
  return isIt !== negated;
}

function passes(address: Address, { within, outside }: PrefixTest): boolean {
  const isInOne = (prefixes: readonly Subnet[]) =>
    prefixes.some((prefix) => familyOf(prefix.address) === familyOf(address) && contains(prefix, address));
  return (within === undefined || isInOne(within)) && !(outside !== undefined && isInOne(outside));
}
