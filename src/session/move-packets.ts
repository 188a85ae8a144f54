import { type Address, type Family, familyOf, parseAddress } from '../address/address.ts';
import { protocolNumbers } from '../address/protocols.ts';
import { contains, type Subnet } from '../address/subnet.ts';
import { echoRequest, type Packet } from '../engine/packet.ts';
import type { Host } from '../host/model.ts';
import type { Decision } from '../proxy/decide/decide.ts';
import type { NodeDecisions } from '../proxy/decide/node.ts';
import type { Sender } from '../proxy/migrate/packets.ts';

// The packets that are tried in both modes of kube-proxy: all that its rules ask of, in all combinations.

interface From {
  readonly from: Sender;
  readonly source: Address;
}

interface To {
  readonly destination: Address;
  readonly protocol: number;
  readonly port: number | null;
}

/** Of documentation, beyond every cluster; and one address that no Service and no node has. */
const strangers: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ['198.51.100.7', '192.0.2.55'],
  ipv6: ['2001:db8:9::7', '2001:db8:8::55'],
};
const loopbacks: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ['127.0.0.1', '127.0.0.53'],
  ipv6: ['::1'],
};

/** Every sender to every destination, at most so many of them, evenly chosen. */
export function packetsOfMove(sides: readonly NodeDecisions[], host: Host, most: number): readonly Packet[] {
  const [senders, destinations] = [sendersOf(sides, host), destinationsOf(sides, host)];
  const all = senders.length * destinations.length;
  const step = Math.max(1, Math.ceil(all / most));
  const packets: Packet[] = [];
  for (let at = 0; at < all; at += step) {
    // So that a step which divides the number of senders yet meets all of them.
    const row = Math.floor(at / senders.length);
    const sender = senders[(at + row) % senders.length] as From;
    packets.push(packetOf(sender, destinations[row] as To, host.family));
  }
  return packets.filter(({ source, destination }) => source !== destination);
}

function packetOf({ from, source }: From, { destination, protocol, port }: To, family: Family): Packet {
  const sourcePort = port === null ? null : 40_000;
  const ends = { source, destination, protocol, sourcePort, destinationPort: port };
  return { ...ends, from, flags: 2, icmp: echoRequest[family], state: null };
}

function sendersOf(sides: readonly NodeDecisions[], host: Host): readonly From[] {
  const { family } = host;
  const own = ownAddresses(host);
  const decisions = sides.flatMap(({ servicePorts }) => servicePorts);
  const endpoints = decisions.flatMap(({ clusterEndpoints, localEndpoints, reachableEndpoints }) =>
    [...clusterEndpoints, ...localEndpoints, ...reachableEndpoints].map(({ address }) => address),
  );
  const prefixes = sides.flatMap(({ pods }) => (pods?.by === 'source' ? [pods.prefix] : []));
  const ranges = decisions.flatMap(({ admitted }) => admitted?.ranges ?? []);
  const pods = host.podPrefix ? [inside(host.podPrefix, 77)] : [];
  const isPod = (address: Address) => host.podPrefix !== null && contains(host.podPrefix, address);
  const found: Readonly<Record<Sender, readonly Address[]>> = {
    external: [
      ...strangers[family].map(parse),
      ...[...prefixes, ...ranges].map((prefix) => inside(prefix, 9)),
      ...endpoints.filter((address) => !isPod(address)),
    ].filter((address) => !isPod(address) && !own.includes(address)),
    pod: [...pods, ...endpoints.filter(isPod)],
    host: own.slice(0, 3),
  };
  return (Object.keys(found) as Sender[]).flatMap((from) =>
    [...new Set(found[from])].map((source) => ({ from, source })),
  );
}

function destinationsOf(sides: readonly NodeDecisions[], host: Host): readonly To[] {
  const decisions = sides.flatMap(({ servicePorts }) => servicePorts);
  const nowhere = [...strangers[host.family].slice(1), ...loopbacks[host.family]].map(parse);
  const unallocated = sides.flatMap(({ serviceCidrs }) => serviceCidrs.map((prefix) => inside(prefix, 200)));
  const local = [...ownAddresses(host), ...loopbacks[host.family].map(parse)];
  const tcp = protocolNumbers.tcp;
  const found = new Map<string, To>();
  const add = (destination: Address, protocol: number, port: number | null) =>
    found.set([destination, protocol, port].join(), { destination, protocol, port });
  for (const decision of decisions) {
    const protocol = numberOf(decision);
    for (const address of [decision.clusterAddress, ...frontsOf(decision)]) {
      add(address, protocol, decision.servicePort.port);
      add(address, protocol === tcp ? protocolNumbers.udp : tcp, decision.servicePort.port);
      add(address, tcp, unused);
      add(address, protocolNumbers[host.family === 'ipv4' ? 'icmp' : 'ipv6-icmp'], null);
    }
    for (const address of [...local, ...nowhere]) {
      if (decision.nodePort !== null) add(address, protocol, decision.nodePort);
    }
    if (decision.healthCheckNodePort !== null)
      for (const address of local.slice(0, 1)) add(address, tcp, decision.healthCheckNodePort);
  }
  for (const address of [...local, ...nowhere, ...unallocated]) add(address, tcp, unused);
  return [...found.values()];
}

const unused = 7_777;

const numberOf = ({ protocol }: Decision): number =>
  protocolNumbers[protocol.toLowerCase() as 'tcp' | 'udp' | 'sctp'];

const frontsOf = ({ externalAddresses, balancerAddresses }: Decision): readonly Address[] => [
  ...externalAddresses,
  ...balancerAddresses,
];

function ownAddresses({ family, interfaces }: Host): readonly Address[] {
  const all = interfaces.flatMap(({ name, addresses }) => (name === 'lo' ? [] : addresses));
  return all.map(({ address }) => address).filter((address) => familyOf(address) === family);
}

/** An address of a prefix, not its first where there are others. */
function inside({ address, mask }: Subnet, by: number): Address {
  if (typeof address === 'bigint') {
    const free = ~(mask as bigint) & ((1n << 128n) - 1n);
    return address | (BigInt(by) & free);
  }
  const free = ~(mask as number) >>> 0;
  return (address | (by & free)) >>> 0;
}

const parse = (text: string): Address => parseAddress(text) as Address;
