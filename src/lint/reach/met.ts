import type { IrProgram, RulePlace } from '../../engine/ir.ts';
import { tracePacket } from '../../engine/trace.ts';
import type { Host } from '../../host/model.ts';
import { everyClient, nodeAddress, originOf } from './clients.ts';
import type { Front } from './front.ts';
import { mostWays, packetTo } from './packet.ts';

/** Whether packets for an address come to a rule on any of the nodes, from wherever they are sent; where that is not known, they may. */
export function mayMeet(
  program: IrProgram,
  hosts: readonly Host[],
  front: Pick<Front, 'protocol' | 'address' | 'port'>,
  isIt: (place: RulePlace) => boolean,
): boolean {
  return hosts.some((host) => {
    const destination = front.address ?? nodeAddress(host);
    if (destination === null) return true;
    return everyClient(host).some((client) => {
      const packet = packetTo(front, { source: client.source, destination, from: originOf(client) });
      const { outcomes } = tracePacket(program, host, packet, { trace: true, limit: mostWays });
      return outcomes.some(
        ({ verdict, matched }) => verdict === 'unknown' || matched.some(({ place }) => isIt(place)),
      );
    });
  });
}
