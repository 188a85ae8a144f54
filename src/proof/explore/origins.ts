import type { Address } from '../../address/address.ts';
import type { Subnet } from '../../address/subnet.ts';
import type { Origin } from '../../engine/packet.ts';
import { echoRequest, type Packet, tcpFlags } from '../../engine/packet.ts';
import type { Host } from '../../host/model.ts';
import { arrivalStates, type Dimension } from '../../sets/box.ts';

/** The places that packets can come from; the node itself is the first, as `suspects` demands. */
export function listOrigins(host: Host): readonly Origin[] {
  const further = host.interfaces
    .map(({ name }) => name)
    .filter((name) => name !== 'lo' && name !== host.uplink && name !== host.podInterface);
  const pod = host.podInterface === null ? [] : (['pod'] as const);
  return ['host', 'external', ...pod, ...further.map((name) => ({ interface: name }))];
}

export type Point = Readonly<Record<Dimension, Address>>;

export function packetAt(
  point: Point,
  origins: readonly Origin[],
  hasPorts: (protocol: number) => boolean,
): Packet {
  const protocol = Number(point.protocol);
  const ported = hasPorts(protocol);
  const state = arrivalStates[Number(point.state)] ?? 'NEW';
  return {
    protocol,
    source: point.source,
    destination: point.destination,
    sourcePort: ported ? Number(point.sourcePort) : null,
    destinationPort: ported ? Number(point.destinationPort) : null,
    from: origins[Number(point.origin)] as Origin,
    flags: Number(point.flags),
    icmp: { type: Number(point.icmpType), code: Number(point.icmpCode) },
    state: state === 'NEW' ? null : state,
  };
}

/** Members that make a packet look like one that a reader knows. */
export function wantedMembers(
  host: Host,
  origin: Origin,
): Readonly<Partial<Record<Dimension, readonly Address[]>>> {
  const uplink = host.interfaces.find(({ name }) => name === host.uplink)?.addresses ?? [];
  const own = uplink.map(({ address }) => address);
  const pods = host.podPrefix ? [member(host.podPrefix, 77)] : [];
  const outside = host.family === 'ipv4' ? [0xc6336407] : [(0x20010db8n << 96n) | 7n];
  const source =
    origin === 'host' ? [...own, ...outside] : origin === 'pod' ? [...pods, ...outside] : outside;
  return {
    source,
    destination: own,
    state: [arrivalStates.indexOf('NEW')],
    protocol: [6, 17],
    sourcePort: [40000],
    destinationPort: [80],
    flags: [tcpFlags.SYN, 0],
    icmpType: [echoRequest[host.family].type],
    icmpCode: [0],
  };
}

function member({ address }: Subnet, offset: number): Address {
  return typeof address === 'number' ? address + offset : address + BigInt(offset);
}
