import { type Address, familyOf } from '../../address/address.ts';
import { protocolNumbers } from '../../address/protocols.ts';
import { type Origin, type Packet, tcpFlags } from '../../engine/packet.ts';
import { want } from '../../text/expected.ts';
import type { Place } from '../claims.ts';
import {
  findPlaces,
  findPorts,
  findService,
  isList,
  isNameless,
  type Nameless,
  type Names,
} from './names.ts';

/** A packet that says by name who calls whom. */
const pattern = /^(?:(tcp|udp|sctp) )?from (\S+(?: \S+)?) to (\S+(?: \S+)?)$/;

/** Addresses for documentation (RFC 5737, RFC 3849): somebody outside. */
const outside: Readonly<Record<Names['family'], Address>> = {
  ipv4: 0xc6336407,
  ipv6: (0x20010db8n << 96n) | 0xffff0007n,
};

/** Whether a packet is written by names: `from pod default/client to service default/web:http`. */
export function isNamedPacket(text: string): boolean {
  return pattern.test(spaced(text));
}

/**
 * The first packet from somebody to somebody else: `[tcp|udp|sctp] from WHO to WHOM`, where WHO is `external`, an address, or a pod or
 * node by name, and WHOM a service by name, with the name or number of its port where it has several, or an address, a pod or a node with
 * a port. A service is called by its cluster address. Without a protocol: that of the service's port, else tcp.
 */
export function namedPacket(text: string, names: Names): Packet | Nameless {
  const [, protocol, who = '', whom = ''] = pattern.exec(spaced(text)) ?? [];
  const client =
    who === 'external' ? { source: outside[names.family], from: 'external' as const } : clientOf(who, names);
  if (isNameless(client)) return client;
  const server = whom.startsWith('service ')
    ? serviceFront(whom.slice('service '.length), protocol, names)
    : placeFront(whom, protocol, names);
  if (isNameless(server)) return server;
  const flags = server.protocol === protocolNumbers.tcp ? tcpFlags.SYN : 0;
  return { ...client, ...server, sourcePort: null, flags, icmp: { type: 0, code: 0 }, state: null };
}

const spaced = (text: string): string => text.trim().replace(/\s+/g, ' ');

type Client = { readonly source: Address; readonly from: Origin | null };
type Server = Pick<Packet, 'protocol' | 'destination' | 'destinationPort'>;

function clientOf(who: string, names: Names): Client | Nameless {
  if (who.startsWith('service '))
    return {
      detail: { code: 'service-sends-nothing', who },
      expected: want.either('external', want.thing('address'), 'pod NAMESPACE/NAME', 'node NAME'),
    };
  const places = findPlaces(who, names);
  if (!isList(places)) return places;
  const [place] = places;
  if (place === undefined || !isOne(place))
    return { detail: { code: 'not-one-address', who }, expected: want.thing('one-that-sends') };
  return { source: place.prefix.address, from: null };
}

function serviceFront(text: string, protocol: string | undefined, names: Names): Server | Nameless {
  const [name = '', port] = text.split(':');
  const service = findService(name, names);
  if (isNameless(service)) return service;
  const found = findPorts(service, port);
  if (!isList(found)) return found;
  const ports = found.filter((one) => protocol === undefined || one.protocol.toLowerCase() === protocol);
  const [only] = ports;
  if (only === undefined || ports.length > 1)
    return {
      detail: { code: 'service-such-ports', name: text, count: ports.length },
      expected: want.oneOf(service.ports.map((one) => `${name}:${one.name || one.port}`)),
    };
  const destination = service.clusterAddresses.find((one) => familyOf(one) === names.family);
  if (destination === undefined)
    return {
      detail: { code: 'service-no-cluster-address', name, family: names.family },
      expected: want.thing('address-and-port'),
    };
  return { protocol: numberOf(only.protocol), destination, destinationPort: only.port };
}

function placeFront(whom: string, protocol: string | undefined, names: Names): Server | Nameless {
  const places = findPlaces(whom, names);
  if (!isList(places)) return places;
  const [place] = places;
  const port = place?.ports?.first;
  if (place === undefined || !isOne(place) || port === undefined || port !== place.ports?.last)
    return {
      detail: { code: 'not-one-address-and-port', whom },
      expected: want.suchAs('10.96.0.10:80, pod default/web-1:8080, node node-1:30080'),
    };
  return { protocol: numberOf(protocol ?? 'tcp'), destination: place.prefix.address, destinationPort: port };
}

function isOne({ prefix: { mask } }: Place): boolean {
  return typeof mask === 'number' ? mask === 0xffffffff : mask === (1n << 128n) - 1n;
}

function numberOf(protocol: string): number {
  return protocolNumbers[protocol.toLowerCase() as keyof typeof protocolNumbers];
}
