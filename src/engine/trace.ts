import { formatAddress } from '../address/address.ts';
import { contains } from '../address/subnet.ts';
import type { Host, Interface } from '../host/model.ts';
import { addressType, findInterface, isDoubt, linkOf } from '../host/route.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import { InputError } from '../text/problem.ts';
import type { WalkAssumption } from './assumption.ts';
import type { PacketDetail } from './detail.ts';
import type { IrProgram } from './ir.ts';
import { emptyMemory } from './memory.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import type { Origin, Packet } from './packet.ts';
import { isIcmp, packetFamily } from './packet.ts';
import { Walk, type WalkOptions } from './walk.ts';

/** All that can happen to one packet. The weights' sum is 1. */
export interface Trace {
  readonly packet: Packet;
  readonly outcomes: readonly Outcome[];
  readonly assumed: readonly WalkAssumption[];
}

/**
 * Walks a packet, the first of its flow, through the rules of a node. Throws an InputError where the packet is of
 * another family than the rules, or comes from an interface that the host has not.
 */
export function tracePacket(
  program: IrProgram,
  host: Host,
  packet: Packet,
  options: WalkOptions = {},
): Trace {
  checkPacket(host, packet);
  const { origin, assumed } = findOrigin(host, packet);
  const ingress = ingressOf(host, origin, packet);
  const ends = new Walk(program, host, options).run(packet, ingress, options.memory ?? emptyMemory);
  return {
    packet,
    outcomes: ends.map(outcomeOf),
    assumed: [...host.assumed, ...assumed, ...(program.assumed ?? []), ...assumedOfFlow(packet)],
  };
}

/** Of a packet that is told to belong to something: what of it nobody told. */
function assumedOfFlow({ state, protocol }: Packet): readonly WalkAssumption[] {
  if (state === 'RELATED' && !isIcmp(protocol)) return [{ code: 'expected-plain' }];
  return state === 'ESTABLISHED' || state === 'RELATED' ? [{ code: 'flow-plain' }] : [];
}

export function checkPacket(host: Host, packet: Packet): void {
  if (packetFamily(packet) === host.family) return;
  throw new InputError([
    {
      code: 'packet-family',
      severity: 'error',
      ...told<PacketDetail>({
        code: 'packet-not-of-rules',
        source: formatAddress(packet.source),
        family: host.family,
      }),
      expected: want.orElse(want.thing('addresses-of', host.family), '--family'),
    },
  ]);
}

/** Where a packet comes from that does not say so: by its source address. */
export function findOrigin(
  host: Host,
  packet: Packet,
): { origin: Origin; assumed: readonly WalkAssumption[] } {
  if (packet.from !== null) return { origin: packet.from, assumed: [] };
  const { source } = packet;
  const type = addressType(host, packet.source);
  if (!isDoubt(type) && type === 'LOCAL') {
    return { origin: 'host', assumed: [{ code: 'sent-by-node', source }] };
  }
  const link = linkOf(host, packet.source);
  if ((host.podPrefix && contains(host.podPrefix, packet.source)) || (link && host.podInterfaces.has(link))) {
    const link = podLinkOf(host, packet);
    return { origin: 'pod', assumed: [{ code: 'sent-by-pod', source, interface: link }] };
  }
  return { origin: 'external', assumed: [{ code: 'sent-from-outside', source, interface: host.uplink }] };
}

/** The interface by which a packet comes in; null: the node makes it. Where each pod has its own, the routes tell. */
export function ingressOf(host: Host, origin: Origin, packet: Packet): string | null {
  if (origin === 'host') return null;
  if (origin === 'pod') return podLinkOf(host, packet);
  if (origin === 'external') return host.uplink;
  const link = findInterface(host, origin.interface);
  if (link) return bridgeOf(host, link) ?? link.name;
  throw new InputError([
    {
      code: 'interface-unknown',
      severity: 'error',
      ...told<PacketDetail>({ code: 'no-interface', name: origin.interface }),
      expected: want.orElse(want.oneOf(host.interfaces.map(({ name }) => name)), 'external, pod, host'),
    },
  ]);
}

function podLinkOf(host: Host, { source }: Packet): string {
  const link = linkOf(host, source);
  if (link !== null && host.podInterfaces.has(link)) return link;
  if (host.podInterface !== null) return host.podInterface;
  throw new InputError([
    {
      code: 'interface-unknown',
      severity: 'error',
      ...told<PacketDetail>({ code: 'pod-interface-open', source: formatAddress(source) }),
      expected: want.orElse('from INTERFACE', want.thing('pod-interface')),
    },
  ]);
}

/** What comes in by a port of a bridge comes in by the bridge. */
function bridgeOf(host: Host, { master }: Interface): string | undefined {
  const bridge = master ? findInterface(host, master) : undefined;
  return bridge && (bridge.kind === 'bridge' || bridge.kind === undefined) ? bridge.name : undefined;
}
