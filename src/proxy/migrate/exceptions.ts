import type { Address } from '../../address/address.ts';
import { hostSubnet } from '../../address/subnet.ts';
import { longestComment } from '../../nftables/comment.ts';
import type { Decision } from '../decide/decide.ts';
import type { NodeDecisions } from '../decide/node.ts';
import { refusalOf } from '../nftables/refusal.ts';
import { firstTransaction } from '../nftables/transaction.ts';
import { clusterPort, entries, isRefused } from './classes.ts';
import { endpoints, guardOf } from './endpoints.ts';
import { hairpin, masquerade } from './masquerade.ts';
import { loopbackFromOutside, nodePorts } from './node-ports.ts';
import type { PacketClass, ProtocolPort } from './packets.ts';
import type { Move } from './sides.ts';
import { frontends, type Traits, traitsOf } from './traits.ts';

/** Why packets fare otherwise after a move between modes or releases of kube-proxy. */
export type ExceptionCode =
  | 'no-table'
  | 'unused-port'
  | 'unallocated-address'
  | 'node-port-served'
  | 'node-port-refused'
  | 'own-packet-refused'
  | 'own-packet-dropped'
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

const finders: Readonly<Record<ExceptionCode, (move: Move) => readonly PacketClass[]>> = {
  'no-table': (move) => (move.isBare ? endpoints(move) : []),
  'unused-port': unusedPorts,
  'unallocated-address': unallocated,
  'node-port-served': (move) => nodePorts(move, 'nodePortsServed', ({ served }) => served),
  'node-port-refused': (move) => nodePorts(move, 'nodePortsRefused', isRefused),
  'own-packet-refused': ownRefused,
  'own-packet-dropped': ownDropped,
  'ranges-before-refusal': rangesFirst,
  'loopback-from-outside': loopbackFromOutside,
  masquerade,
  hairpin,
  endpoints: (move) => (move.isBare ? [] : endpoints(move)),
  'invalid-packets': ({ was, is }) => (was.dropsInvalid === is.dropsInvalid ? [] : [{ state: 'invalid' }]),
  'no-accept': acceptedNoMore,
  'affinity-memory': ({ was, is, pairs }) =>
    was.remembers !== is.remembers && pairs.some(([, { affinitySeconds }]) => affinitySeconds !== null)
      ? [{ state: 'remembered' }]
      : [],
};

/** The packets whose fate a move of one node changes, by reason. Reasons without packets are left out. */
export function exceptionsOf(from: NodeDecisions, to: NodeDecisions): readonly MigrationException[] {
  const move = moveOf(from, to);
  const codes = Object.keys(finders) as ExceptionCode[];
  return codes
    .map((code) => ({ code, packets: finders[code](move) }))
    .filter(({ packets }) => packets.length > 0);
}

function moveOf(before: NodeDecisions, after: NodeDecisions): Move {
  const refused = [before, after].map(isRefusedByNft);
  const [from, to] = [before, after].map((side, at) => (refused[at] ? withoutTable(side) : side)) as [
    NodeDecisions,
    NodeDecisions,
  ];
  const known = new Map(to.servicePorts.map((decision) => [keyOf(decision), decision]));
  const pairs = from.servicePorts.flatMap((decision) => {
    const found = known.get(keyOf(decision));
    return found ? [[decision, found] as const] : [];
  });
  const both = new Set(pairs.map(([decision]) => keyOf(decision)));
  const lone = [...from.servicePorts, ...to.servicePorts].filter((decision) => !both.has(keyOf(decision)));
  const isBare = refused[0] !== refused[1];
  return { from, to, was: traitsOf(from), is: traitsOf(to), pairs, lone, isBare };
}

/** Only where there is what nft refuses of a release are all its rules made, to be asked. */
function isRefusedByNft(decisions: NodeDecisions): boolean {
  const { release, config, pods, servicePorts } = decisions;
  if (config.mode !== 'nftables' || release.nftables === null) return false;
  const { interfaceBy, cutsComments } = release.nftables;
  const isIndexed = interfaceBy === 'index' && pods?.by === 'interface';
  const isLong = !cutsComments && servicePorts.some(({ name }) => name.length > longestComment);
  return (isIndexed || isLong) && refusalOf(firstTransaction(decisions)) !== null;
}

/** What kube-proxy decided counts for nothing where none of its rules is on the node. */
function withoutTable(decisions: NodeDecisions): NodeDecisions {
  return { ...decisions, servicePorts: [], serviceCidrs: [] };
}

function keyOf({ name, protocol }: Decision): string {
  return `${name} ${protocol}`;
}

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

function unusedPorts({ was, is, from, to }: Move): readonly PacketClass[] {
  if (was.refusesUnusedPorts === is.refusesUnusedPorts) return [];
  const { servicePorts } = is.refusesUnusedPorts ? to : from;
  return Array.from(byClusterAddress(servicePorts), ([address, otherThan]) => ({
    destination: { within: [hostSubnet(address)] },
    otherThan,
  }));
}

function unallocated({ was, is, from, to }: Move): readonly PacketClass[] {
  const same = JSON.stringify(was.droppedRanges.map(String)) === JSON.stringify(is.droppedRanges.map(String));
  const within = [...was.droppedRanges, ...is.droppedRanges];
  if (same || within.length === 0) return [];
  const { servicePorts } = is.droppedRanges.length > 0 ? to : from;
  const allocated = [...byClusterAddress(servicePorts).keys()].map(hostSubnet);
  return [{ destination: { within, outside: allocated } }];
}

/** Only iptables mode accepts by rules of its own, in front of what the node's firewall says. */
function acceptedNoMore({ was, is, pairs, lone }: Move): readonly PacketClass[] {
  if (was.accepts === is.accepts) return [];
  const ports = [...pairs.map(([, after]) => after), ...lone].flatMap(({ healthCheckNodePort }) =>
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

/** Filter chains that hook in before translation take what the node sends round the policy Local for what it has no endpoints for. */
function ownDropped(move: Move): readonly PacketClass[] {
  const drops = (side: Traits, { external, served }: Decision) =>
    side.dropsOwn && served && external === 'drop';
  return move.pairs.flatMap(([before, after]) =>
    drops(move.was, before) === drops(move.is, after)
      ? []
      : entries(
          move.is,
          { ...after, nodePort: null },
          { from: ['host'] },
          null,
          guardOf(move, before, after),
        ),
  );
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
