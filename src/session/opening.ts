import { isOpening, type Packet } from '../engine/packet.ts';
import { refuse } from './refuse.ts';

/** Refuses a packet of which a connection is asked that it does not open. */
export function checkOpening(packet: Packet): void {
  if (isOpening(packet)) return;
  const opens = packet.protocol === 6 ? 'a SYN opens one' : 'a request, as echo-request, opens one';
  refuse(
    '--connection follows a connection from its first packet, and this one opens none',
    `${packet.state === null ? opens : 'no state, or new'}; --packet asks about a single packet, --flows about several in their order`,
  );
}
