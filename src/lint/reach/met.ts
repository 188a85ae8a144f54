import type { IrProgram, RulePlace } from '../../engine/ir.ts';
import { tcpFlags } from '../../engine/packet.ts';
import { tracePacket } from '../../engine/trace.ts';
import type { HostFields } from '../../host/model.ts';
import type { Ruleset } from '../../iptables/rule/ruleset.ts';
import { assumeHost } from '../../proof/assume-host.ts';
import { everyClient, nodeAddress, originOf } from './clients.ts';
import type { Front } from './front.ts';

/** Ways of one packet that are followed. */
const limit = 512;

/** Whether packets for an address come to a rule, from wherever they are sent; where that is not known, they may. */
export function mayMeet(
  program: IrProgram,
  known: readonly HostFields[],
  iptables: Ruleset | null,
  { protocol, address, port }: Pick<Front, 'protocol' | 'address' | 'port'>,
  isIt: (place: RulePlace) => boolean,
): boolean {
  const { host } = assumeHost(program.family, known, iptables ? [iptables] : [], iptables ? [] : [program]);
  const destination = address ?? nodeAddress(host);
  if (destination === null) return true;
  return everyClient(host).some((client) => {
    const packet = {
      source: client.source,
      destination,
      from: originOf(client),
      protocol,
      sourcePort: 40000,
      destinationPort: port,
      flags: protocol === 6 ? tcpFlags.SYN : 0,
      icmp: { type: 0, code: 0 },
      state: null,
    };
    const { outcomes } = tracePacket(program, host, packet, { trace: true, limit });
    return outcomes.some(
      ({ verdict, matched }) => verdict === 'unknown' || matched.some(({ place }) => isIt(place)),
    );
  });
}
