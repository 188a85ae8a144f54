import type { Address } from '../address/address.ts';
import { type Kept, nothingKept } from '../engine/kept.ts';
import type { Outcome } from '../engine/outcome.ts';
import { tcpFlags } from '../engine/packet.ts';
import type { Reason } from '../engine/reasons.ts';
import { tracePacket } from '../engine/trace.ts';
import { type Endpoint, type HostPort, numberOfProtocol, serviceKey } from '../kube/cluster/model.ts';
import { type Fraction, multiply, one, parseFraction } from '../sets/fraction.ts';
import { balance } from './balancer.ts';
import type { End, Flow, Hop, NodeHop, Start, Way } from './connection.ts';
import type { LostReason } from './lost.ts';
import type { Holder } from './network.ts';
import { replyOf } from './reply.ts';
import type { Scene } from './scene.ts';

/** More nodes than this a packet passes only in a circle. */
const mostHops = 8;

/** Follows the first packet of a connection from node to node, on all of its ways. */
export function walkConnection(scene: Scene, flow: Flow, start: Start): Way[] {
  const underway: Underway = { flow, weight: one, hops: [], kept: nothingKept };
  if (start.at === 'outside') return goOn(scene, underway);
  return enter(scene, underway, start.node, start.at === 'arriving' ? 'external' : start.at);
}

/** A connection in the middle of its way. */
interface Underway {
  readonly flow: Flow;
  readonly weight: Fraction;
  readonly hops: readonly Hop[];
  /** What the nodes so far wrote into the packet. */
  readonly kept: Kept;
}

function end({ weight, hops }: Underway, last: End): Way[] {
  return [{ weight, hops, end: last }];
}

function enter(scene: Scene, underway: Underway, node: string, from: NodeHop['from']): Way[] {
  if (scene.dead.has(node)) return end(underway, { kind: 'lost', reason: { code: 'node-silent', node } });
  if (underway.hops.length >= mostHops)
    return end(underway, { kind: 'lost', reason: { code: 'in-a-circle' } });
  const { flow, weight, hops, kept } = underway;
  const rules = scene.rulesOf(node);
  const packet = { ...flow, from, flags: tcpFlags.SYN, icmp: { type: 8, code: 0 }, state: null };
  const { outcomes } = tracePacket(rules.program, scene.network.hostOf(node), packet, { trace: true, kept });
  return outcomes.flatMap((outcome) => {
    const after = outcome.verdict === 'accept' ? changed(flow, outcome) : null;
    const hop: NodeHop = { kind: 'node', node, from, before: flow, after, outcome, rules };
    const share = multiply(weight, parseFraction(outcome.weight));
    const next = { flow: after ?? flow, weight: share, hops: [...hops, hop], kept: outcome.kept ?? kept };
    return leave(scene, next, hop);
  });
}

/** The packet as it leaves the node. The source port that masquerading chooses is nobody's to know. */
function changed(flow: Flow, { left, masqueraded }: Outcome): Flow {
  const { source, destination, destinationPort } = left;
  const sourcePort = masqueraded ? null : flow.sourcePort;
  return {
    ...flow,
    source,
    sourcePort,
    destination,
    destinationPort: destinationPort ?? flow.destinationPort,
  };
}

function leave(scene: Scene, underway: Underway, { node, outcome }: NodeHop): Way[] {
  const { verdict, reason, delivered } = outcome;
  if (verdict === 'drop') return end(underway, { kind: 'dropped', node, reason });
  if (verdict === 'reject') return end(underway, { kind: 'rejected', node, reason });
  if (verdict === 'unknown') return end(underway, { kind: 'unknown', reason: reason as Reason });
  if (delivered === 'uplink') return goOn(scene, underway);
  if (delivered === 'pod' || isServed(scene, underway.flow)) return arrive(scene, underway, node);
  const { destinationPort } = underway.flow;
  const owner = hostPortAt(scene, underway.flow, node)?.owner;
  if (owner !== undefined)
    return end(underway, {
      kind: 'unknown',
      reason: { code: 'host-port', node, port: destinationPort, owner },
    });
  const nobody = { code: 'nobody-listens', node, port: destinationPort } as const;
  return end(underway, { kind: 'refused', node, reason: nobody });
}

/** A pod that shares the node's network listens at the node's own address. */
function isServed({ cluster }: Scene, { destination, destinationPort }: Flow): boolean {
  const isIt = ({ address, port }: Endpoint) => address === destination && port === destinationPort;
  return [...cluster.endpoints.values()].some((ports) => [...ports.values()].some((list) => list.some(isIt)));
}

/** Whose `hostPort` it is that the packet is for. */
function hostPortAt({ cluster }: Scene, flow: Flow, on: string): HostPort | undefined {
  return cluster.hostPorts?.find(
    ({ node, protocol, port }) =>
      (node === null || node === on) &&
      numberOfProtocol[protocol] === flow.protocol &&
      port === flow.destinationPort,
  );
}

function arrive({ network }: Scene, underway: Underway, node: string): Way[] {
  const { destination, destinationPort, source } = underway.flow;
  const reply = replyOf(network, underway.hops);
  return end(underway, { kind: 'reached', address: destination, port: destinationPort, node, source, reply });
}

/** The packet is on the wire between the nodes, or comes in from outside: who has its destination takes it. */
function goOn(scene: Scene, underway: Underway): Way[] {
  const { flow, hops } = underway;
  const holder = scene.network.holderOf(flow.destination);
  if (holder.kind === 'node') return enter(scene, underway, holder.node, 'external');
  if (holder.kind === 'pod' && hops.length > 0) return enter(scene, underway, holder.node, 'external');
  if (
    holder.kind === 'service' &&
    scene.serviceRoute !== null &&
    hops.every(({ node }) => node !== scene.serviceRoute)
  ) {
    return enter(scene, underway, scene.serviceRoute, 'external');
  }
  if (holder.kind === 'balancer' && hops.every(({ kind }) => kind === 'node')) {
    return sendOn(scene, underway, holder);
  }
  const why = nowhere(scene, flow, holder, hops);
  if (why !== null) return end(underway, { kind: 'lost', reason: why });
  const { destination: address, destinationPort: port, source } = flow;
  const kind = isUnplaced(scene, address) ? 'unplaced' : 'left';
  return end(underway, { kind, address, port, source });
}

function isUnplaced({ cluster }: Scene, destination: Address): boolean {
  const isIt = ({ address, unplaced }: Endpoint) => unplaced === true && address === destination;
  return [...cluster.endpoints.values()].some((ports) => [...ports.values()].some((list) => list.some(isIt)));
}

/** A load balancer spreads connections over nodes, each with the same chance. */
function sendOn(scene: Scene, from: Underway, { service }: { readonly service: string }): Way[] {
  const { flow, weight, hops } = from;
  const shares = balance(scene, service, flow);
  if ('code' in shares) return end(from, { kind: 'lost', reason: shares });
  return shares.flatMap(({ hop, weight: share }) => {
    // What a balancer makes of the rest of the header nobody says.
    const next = {
      flow: hop.after,
      weight: multiply(weight, share),
      hops: [...hops, hop],
      kept: nothingKept,
    };
    return enter(scene, next, hop.node, 'external');
  });
}

function nowhere(
  { cluster }: Scene,
  { destination, destinationPort }: Flow,
  holder: Holder,
  hops: readonly Hop[],
): LostReason | null {
  if (holder.kind === 'pod') return { code: 'pod-not-routed', address: destination };
  if (holder.kind !== 'service') return null;
  const service = cluster.services.find((candidate) => serviceKey(candidate) === holder.service);
  const last = hops.at(-1);
  if (last?.kind === 'node' && service?.ports.every(({ port }) => port !== destinationPort)) {
    const [address, port] = [destination, destinationPort];
    return { code: 'not-a-service-port', address, port, node: last.node };
  }
  return { code: 'service-not-routed', address: destination };
}
