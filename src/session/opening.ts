import { isOpening, type Packet } from '../engine/packet.ts';
import { want } from '../text/expected.ts';
import type { SessionDetail } from './detail.ts';
import { refuse } from './refuse.ts';

/** Refuses a packet of which a connection is asked that it does not open. */
export function checkOpening(packet: Packet): void {
  if (isOpening(packet)) return;
  const opens = packet.protocol === 6 ? 'syn-for-connection' : 'request-for-connection';
  refuse<SessionDetail>(
    { code: 'opens-none' },
    want.thing(packet.state === null ? opens : 'new-for-connection'),
  );
}
