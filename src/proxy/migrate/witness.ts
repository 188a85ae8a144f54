import { type Address, type Family, familyOf, formatAddress, formatEndpoint } from '../../address/address.ts';
import { contains, lastOf, parsePrefix, type Subnet } from '../../address/subnet.ts';
import type { NodeDecisions } from '../decide/node.ts';
import { type AskedPacket, isIn, type PacketClass, type Sender } from './packets.ts';
import { loopback } from './traits.ts';

// One packet of a class, to be asked of a kernel.

/** Addresses of documentation, beyond every cluster. */
const beyond: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ['198.51.100.7/32', '203.0.113.7/32'],
  ipv6: ['2001:db8:9::7/128', '2001:db8:8::7/128'],
};

/** Ports that somebody might try: some of them are in use, rarely all. */
const triedPorts = [80, 443, 1080, 8081, 65000];

/** A packet of a class, as `kubenat trace --packet` takes it; null where none of those that are tried is in it. */
export function witnessOf(
  one: PacketClass,
  decisions: NodeDecisions,
  own: readonly Address[],
): string | null {
  const { family } = decisions;
  const isLocal = (address: Address) => own.includes(address) || contains(loopback[family], address);
  for (const from of one.from ?? (['external', 'pod', 'host'] as const)) {
    for (const source of sourcesOf(one, from, decisions, own)) {
      for (const destination of destinationsOf(one, family, own)) {
        for (const { protocol, port } of one.ports ?? triedPorts.map((port) => ({ protocol: 'TCP', port }))) {
          const incoming =
            one.incoming && !one.incoming.negated ? one.incoming.interface.replace('+', '0') : null;
          const packet: AskedPacket = { from, source, destination, protocol, port, incoming };
          if (isIn(packet, one, isLocal)) return spell(packet);
        }
      }
    }
  }
  return null;
}

function sourcesOf(
  { source }: PacketClass,
  from: Sender,
  { family, pods }: NodeDecisions,
  own: readonly Address[],
) {
  const given = (source?.within ?? []).map(someOf);
  const pod = pods?.by === 'source' ? [someOf(pods.prefix)] : [];
  const usual: Readonly<Record<Sender, readonly Address[]>> = {
    external: beyond[family].map((text) => (parsePrefix(text) as Subnet).address),
    pod,
    host: own.filter((address) => familyOf(address) === family),
  };
  return given.length > 0 ? given : usual[from];
}

function destinationsOf(
  { destination }: PacketClass,
  family: Family,
  own: readonly Address[],
): readonly Address[] {
  if (destination === undefined) return [];
  if (!('local' in destination)) return (destination.within ?? []).map(someOf);
  return [...own.filter((address) => familyOf(address) === family), someOf(loopback[family])];
}

/** An address of a prefix that is not its first, where it has several. */
function someOf(prefix: Subnet): Address {
  const { address } = prefix;
  if (lastOf(prefix) === address) return address;
  return typeof address === 'number' ? address + 1 : address + 1n;
}

function spell({ protocol, source, destination, port, from }: AskedPacket): string {
  return `${protocol.toLowerCase()} ${formatAddress(source)} -> ${formatEndpoint(destination, port ?? 0)} from ${from}`;
}
