import type { WalkAssumption } from '../engine/assumption.ts';
import { type Connection, invert } from '../engine/connection.ts';
import { isIcmp, type Packet } from '../engine/packet.ts';
import type { Host } from '../host/model.ts';
import { findInterface } from '../host/route.ts';
import type { Sight } from './model.ts';

/** An interface of a line that the host has not is not taken from it. */
export function originOf(
  { in: ingress, out, writer }: Sight,
  host: Host,
): { from: Packet['from']; assumed: readonly WalkAssumption[] } {
  if (ingress === null) return { from: out !== null && writer !== 'tcpdump' ? 'host' : null, assumed: [] };
  if (findInterface(host, ingress)) return { from: { interface: ingress }, assumed: [] };
  return {
    from: null,
    assumed: [{ code: 'arrival-by-source', interface: ingress }],
  };
}

export function isAtStart({ writer, place, in: ingress, out }: Sight): boolean {
  if (writer === 'tcpdump' || place?.table === 'raw') return true;
  if (place?.entered) return !place.entered.late;
  if (place?.chain === 'PREROUTING' || place?.chain === 'OUTPUT') return true;
  return ingress === null && out !== null
    ? place?.chain !== 'POSTROUTING'
    : out === null && place?.chain !== 'INPUT';
}

/** What the packet may have looked like when it came: as it is seen, or as an entry of the log translates it. */
export function arrivals({ packet }: Sight, late: boolean, known: readonly Connection[]): readonly Packet[] {
  const translated = (late ? known : []).flatMap(({ original, reply }) => {
    const left = invert(reply);
    const same = left.destination === packet.destination && left.destinationPort === packet.destinationPort;
    const own = original.source === packet.source && original.sourcePort === packet.sourcePort;
    if (!same || !own || original.protocol !== packet.protocol || isIcmp(packet.protocol)) return [];
    return [{ ...packet, destination: original.destination, destinationPort: original.destinationPort }];
  });
  return translated.length > 0 ? translated : [packet];
}
