import type { Address } from '../../address/address.ts';
import { type Packet, tcpFlags } from '../../engine/packet.ts';
import type { Host } from '../../host/model.ts';
import { addressType, isLoopback, ownerOf } from '../../host/route.ts';
import { comesFrom } from './aim.ts';

/** How little a packet is like the first one of a usual client, who asks the node itself: 0 is the most. */
export function strangeness(packet: Packet, host: Host): number {
  const { from, source, destination, protocol, flags, state } = packet;
  const oddities = [
    state !== null,
    protocol !== 6 && protocol !== 17,
    protocol === 6 && flags !== tcpFlags.SYN,
    from !== 'external',
    !isOfOne(source, host),
    from === null || !comesFrom(source, from, host),
    !isOfOne(destination, host),
    ownerOf(host, destination)?.name !== host.uplink,
  ];
  return oddities.filter(Boolean).length;
}

/** Of one host, whom others can call. */
function isOfOne(address: Address, host: Host): boolean {
  const type = addressType(host, address);
  return (type === 'UNICAST' || type === 'LOCAL') && !isLoopback(address) && BigInt(address) !== 0n;
}
