import { type Address, formatEndpoint } from '../../address/address.ts';
import { contains, hostSubnet, type Subnet } from '../../address/subnet.ts';
import type { Endpoint } from '../../kube/cluster/model.ts';
import type { Decision } from '../decide/decide.ts';
import type { NodeDecisions } from '../decide/node.ts';
import type { DestinationTest, PacketClass, ProtocolPort } from './packets.ts';
import { frontends, loopback, type Masquerades, type Traits, traitsOf } from './traits.ts';

/** Why packets fare otherwise after a move between modes or releases of kube-proxy. */
export type ExceptionCode =
  | 'unused-port'
  | 'unallocated-address'
  | 'node-port-served'
  | 'node-port-refused'
  | 'own-packet-refused'
  | 'ranges-before-refusal'
  | 'loopback-from-outside'
  | 'masquerade'
  | 'hairpin'
  | 'endpoints'
  | 'invalid-packets'
  | 'no-accept'
  | 'affinity-memory';

/** A named reason, and the packets that it concerns. */
export interface MigrationException {
  readonly code: ExceptionCode;
  readonly packets: readonly PacketClass[];
}

/** Both sides, for one node and family. */
interface Move {
  readonly from: NodeDecisions;
  readonly to: NodeDecisions;
  readonly was: Traits;
  readonly is: Traits;
  /** Service ports of both sides, side by side. */
  readonly pairs: readonly (readonly [before: Decision, after: Decision])[];
}

const finders: Readonly<Record<ExceptionCode, (move: Move) => readonly PacketClass[]>> = {
  'unused-port': unusedPorts,
  'unallocated-address': unallocated,
  'node-port-served': (move) => nodePorts(move, 'nodePortsServed', ({ served }) => served),
  'node-port-refused': (move) => nodePorts(move, 'nodePortsRefused', isRefused),
  'own-packet-refused': ownRefused,
  'ranges-before-refusal': rangesFirst,
  'loopback-from-outside': loopbackFromOutside,
  masquerade,
  hairpin,
  endpoints,
  'invalid-packets': ({ was, is }) => (was.dropsInvalid === is.dropsInvalid ? [] : [{ state: 'invalid' }]),
  'no-accept': acceptedNoMore,
  'affinity-memory': ({ was, is, pairs }) =>
    was.remembers !== is.remembers && pairs.some(([, { affinitySeconds }]) => affinitySeconds !== null)
      ? [{ state: 'remembered' }]
      : [],
};

/** The packets whose fate a move of one node changes, by reason. Reasons without packets are left out. */
export function exceptionsOf(from: NodeDecisions, to: NodeDecisions): readonly MigrationException[] {
  const after = new Map(to.servicePorts.map((decision) => [keyOf(decision), decision]));
  const pairs = from.servicePorts.flatMap((before) => {
    const found = after.get(keyOf(before));
    return found ? [[before, found] as const] : [];
  });
  const move: Move = { from, to, was: traitsOf(from), is: traitsOf(to), pairs };
  const codes = Object.keys(finders) as ExceptionCode[];
  return codes
    .map((code) => ({ code, packets: finders[code](move) }))
    .filter(({ packets }) => packets.length > 0);
}

function keyOf({ name, protocol }: Decision): string {
  return `${name} ${protocol}`;
}

function isRefused({ external }: Decision): boolean {
  return external === 'reject' || external === 'drop';
}

const clusterPort = ({ protocol, servicePort }: Decision): ProtocolPort => ({
  protocol,
  port: servicePort.port,
});

/** Cluster addresses with all their service ports. */
function byClusterAddress(decisions: readonly Decision[]): ReadonlyMap<Address, ProtocolPort[]> {
  const all = new Map<Address, ProtocolPort[]>();
  for (const decision of decisions) {
    const known = all.get(decision.clusterAddress) ?? [];
    all.set(decision.clusterAddress, known);
    known.push(clusterPort(decision));
  }
  return all;
}

function unusedPorts({ was, is, to }: Move): readonly PacketClass[] {
  if (was.refusesUnusedPorts === is.refusesUnusedPorts) return [];
  return Array.from(byClusterAddress(to.servicePorts), ([address, otherThan]) => ({
    destination: { within: [hostSubnet(address)] },
    otherThan,
  }));
}

function unallocated({ was, is, to }: Move): readonly PacketClass[] {
  const same = JSON.stringify(was.droppedRanges.map(String)) === JSON.stringify(is.droppedRanges.map(String));
  const within = [...was.droppedRanges, ...is.droppedRanges];
  if (same || within.length === 0) return [];
  const allocated = [...byClusterAddress(to.servicePorts).keys()].map(hostSubnet);
  return [{ destination: { within, outside: allocated } }];
}

/** Where one side deals with node ports and the other does not. */
function nodePorts(
  { was, is, pairs }: Move,
  which: 'nodePortsServed' | 'nodePortsRefused',
  concerns: (decision: Decision) => boolean,
): readonly PacketClass[] {
  const destinations = difference(was[which], is[which]);
  const ports = pairs.flatMap(([before, { nodePort, protocol }]) =>
    nodePort !== null && concerns(before) ? [{ protocol, port: nodePort }] : [],
  );
  return ports.length === 0 ? [] : destinations.map((destination) => ({ destination, ports }));
}

/** What one of two tests lets pass and the other does not. */
function difference(left: DestinationTest, right: DestinationTest): readonly DestinationTest[] {
  if ('local' in left && 'local' in right) {
    const lost = [...missing(left.outside, right.outside), ...missing(right.outside, left.outside)];
    return lost.length === 0 ? [] : [{ within: lost }];
  }
  if ('local' in left && !('local' in right)) {
    return [{ local: true, outside: [...left.outside, ...(right.within ?? [])] }];
  }
  if ('local' in right) return difference(right, left);
  const [one, other] = [left, right].map((test) => ('local' in test ? [] : (test.within ?? []))) as [
    Subnet[],
    Subnet[],
  ];
  const lost = [...missing(one, other), ...missing(other, one)];
  return lost.length === 0 ? [] : [{ within: lost }];
}

function missing(all: readonly Subnet[], others: readonly Subnet[]): readonly Subnet[] {
  return all.filter(
    ({ address, mask }) => !others.some((one) => one.address === address && one.mask === mask),
  );
}

/** Only iptables mode accepts by rules of its own, in front of what the node's firewall says. */
function acceptedNoMore({ was, is, pairs }: Move): readonly PacketClass[] {
  if (was.accepts === is.accepts) return [];
  const ports = pairs.flatMap(([, { healthCheckNodePort }]) =>
    healthCheckNodePort === null ? [] : [{ protocol: 'TCP' as const, port: healthCheckNodePort }],
  );
  return [
    { state: 'marked-or-known' },
    ...(ports.length > 0 ? [{ state: 'health-check' as const, ports }] : []),
  ];
}

/** iptables mode has no such check on what the node itself sends to external addresses. */
function ownRefused({ was, is, pairs }: Move): readonly PacketClass[] {
  if (was.refusesOwn === is.refusesOwn) return [];
  return pairs.flatMap(([, after]) => {
    const within = frontends(after);
    return isRefused(after) && !after.served && within.length > 0
      ? [{ from: ['host'] as const, destination: { within }, ports: [clusterPort(after)] }]
      : [];
  });
}

function rangesFirst({ was, is, pairs }: Move): readonly PacketClass[] {
  if (was.rangesBeforeRefusal === is.rangesBeforeRefusal) return [];
  return pairs.flatMap(([, after]) => {
    const { admitted, served, balancerAddresses } = after;
    if (!admitted || served) return [];
    const within = balancerAddresses.map(hostSubnet);
    const outside = [...admitted.ranges, ...(admitted.nodeIncluded ? within : [])];
    return [{ source: { outside }, destination: { within }, ports: [clusterPort(after)] }];
  });
}

function loopbackFromOutside({ was, is, from }: Move): readonly PacketClass[] {
  if (was.routesLoopback === is.routesLoopback || from.family !== 'ipv4') return [];
  return [{ from: ['external', 'pod'], destination: { within: [loopback.ipv4] } }];
}

function masquerade({ was, is, pairs }: Move): readonly PacketClass[] {
  const senders = changedSenders(was.masquerades, is.masquerades);
  return pairs.flatMap(([, after]) => {
    if (after.internal !== 'cluster' && after.internal !== 'local') return [];
    const destination = { within: [hostSubnet(after.clusterAddress)] };
    const own = onlyEndpoint(after);
    // What goes back to its sender is masqueraded in any case.
    return senders.map((sender) => ({
      ...sender,
      ...(own ? { source: { ...sender.source, outside: [...(sender.source?.outside ?? []), own] } } : {}),
      destination,
      ports: [clusterPort(after)],
    }));
  });
}

function onlyEndpoint({ internal, clusterEndpoints, localEndpoints }: Decision): Subnet | null {
  const [only, ...others] = internal === 'local' ? localEndpoints : clusterEndpoints;
  return only && others.length === 0 ? hostSubnet(only.address) : null;
}

type Senders = Pick<PacketClass, 'source' | 'incoming'>;

/** Whose packets only one side masquerades. */
function changedSenders(before: Masquerades, after: Masquerades): readonly Senders[] {
  if (JSON.stringify(before, spell) === JSON.stringify(after, spell)) return [];
  const [left, right] = [spared(before), spared(after)];
  if (before.whom === 'all' && right) return [right];
  if (after.whom === 'all' && left) return [left];
  // Two ways to tell pods: who is one by only one of them is a question for a proof.
  return [{}];
}

/** Whose packets are not masqueraded; null where all are. */
function spared(side: Masquerades): Senders | null {
  switch (side.whom) {
    case 'all':
      return null;
    case 'none':
      return {};
    case 'others-than':
      return { source: { within: [side.prefix] } };
    case 'not-by':
      return { incoming: { interface: side.interface, negated: false } };
  }
}

function spell(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

/** A pod elsewhere whose packet to a service comes by this node, and goes back to the pod itself. */
function hairpin({ was, is, pairs, to }: Move): readonly PacketClass[] {
  if (was.hairpinOnlyLocal === is.hairpinOnlyLocal) return [];
  const senders = spared(is.masquerades);
  if (senders === null || senders.incoming) return [];
  return pairs.flatMap(([, after]) => {
    const remote = after.reachableEndpoints.filter(
      ({ node, address }) =>
        node !== to.nodeName && (senders.source?.within?.some((prefix) => contains(prefix, address)) ?? true),
    );
    const entries = after.external === 'cluster' ? [] : frontends(after);
    return remote.map(({ address }) => ({
      from: ['external'] as const,
      source: { within: [hostSubnet(address)] },
      destination: { within: [hostSubnet(after.clusterAddress), ...entries] },
      ports: [clusterPort(after)],
    }));
  });
}

/** Another choice of endpoints, or another answer where there are none. */
function endpoints(move: Move): readonly PacketClass[] {
  return move.pairs.flatMap(([before, after]): readonly PacketClass[] => {
    const classes: PacketClass[] = [];
    if (before.internal !== after.internal || differs(before, after, after.internal)) {
      classes.push({
        destination: { within: [hostSubnet(after.clusterAddress)] },
        ports: [clusterPort(after)],
      });
    }
    const isOther = before.external !== after.external || differs(before, after, after.external);
    const isOtherWithin = after.external !== 'cluster' && differs(before, after, 'cluster');
    if (isOther) classes.push(...externally(move, after, {}));
    // Pods and the node itself go round the policy Local.
    else if (isOtherWithin) {
      classes.push(...externally(move, after, { from: ['host'] }));
      const pods = spared(move.is.masquerades);
      if (pods?.source || pods?.incoming) {
        classes.push(...externally(move, after, { from: ['external', 'pod'], ...pods }));
      }
    }
    return classes;
  });
}

function externally({ is }: Move, after: Decision, sender: Partial<PacketClass>): readonly PacketClass[] {
  const within = frontends(after);
  const { nodePort, protocol } = after;
  return [
    ...(within.length > 0 ? [{ ...sender, destination: { within }, ports: [clusterPort(after)] }] : []),
    ...(nodePort !== null
      ? [{ ...sender, destination: is.nodePortsServed, ports: [{ protocol, port: nodePort }] }]
      : []),
  ];
}

function differs(
  before: Decision,
  after: Decision,
  policy: 'cluster' | 'local' | 'drop' | 'reject',
): boolean {
  const of = (one: Decision) => (policy === 'local' ? one.localEndpoints : one.clusterEndpoints);
  const text = (list: readonly Endpoint[]) =>
    list.map(({ address, port }) => formatEndpoint(address, port)).join();
  return (policy === 'local' || policy === 'cluster') && text(of(before)) !== text(of(after));
}
