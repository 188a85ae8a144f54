import { type Packet, tcpFlags } from '../../engine/packet.ts';
import type { Front } from './front.ts';

/** Ways of one packet that are followed; in a chain that gives nothing away they double with each endpoint. */
export const mostWays = 512;

/** What opens a connection to a service. */
export function packetTo(
  { protocol, port }: Pick<Front, 'protocol' | 'port'>,
  ends: Pick<Packet, 'source' | 'destination' | 'from'>,
): Packet {
  return {
    ...ends,
    protocol,
    sourcePort: 40000,
    destinationPort: port,
    flags: protocol === 6 ? tcpFlags.SYN : 0,
    icmp: { type: 0, code: 0 },
    state: null,
  };
}
