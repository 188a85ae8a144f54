import { formatEndpoint } from '../../address/address.ts';
import { contains, hostSubnet, type Subnet } from '../../address/subnet.ts';
import type { Endpoint } from '../../kube/cluster/model.ts';
import type { Decision } from '../decide/decide.ts';
import { atClusterAddress, atNodePort, clusterPort, entries, isRefused, missing } from './classes.ts';
import { translatedFromOutside } from './node-ports.ts';
import type { PacketClass } from './packets.ts';
import { allBut, podSenders } from './senders.ts';
import type { Move } from './sides.ts';
import { frontends, type Traits } from './traits.ts';

/** Another choice of endpoints, another answer where there are none, or addresses and service ports that only one side serves. */
export function endpoints(move: Move): readonly PacketClass[] {
  const lone = move.lone.flatMap((one) => {
    const side = move.from.servicePorts.includes(one) ? move.was : move.is;
    const fronts = { ...one, nodePort: null };
    return [
      ...loneAddress(move, one, side),
      ...entries(side, fronts, whoIsServed(side, one), null),
      ...atNodePort(side, one, move.from.family),
      ...translatedFromOutside(side, one, move),
    ];
  });
  const changed = move.pairs.flatMap(([before, after]): readonly PacketClass[] => {
    const classes: PacketClass[] = [];
    const fronts = [
      [move.was, before, missing(frontends(before), frontends(after))],
      [move.is, after, missing(frontends(after), frontends(before))],
    ] as const;
    for (const [side, one, within] of fronts) {
      if (within.length > 0)
        classes.push({ ...whoIsServed(side, one), destination: { within }, ports: [clusterPort(one)] });
    }
    if (before.internal !== after.internal || differs(before, after, after.internal)) {
      classes.push(...atClusterAddress(after));
    }
    const pods = podSenders(move.to.pods);
    const guard = guardOf(move, before, after);
    if (isByLocal(before) && isByLocal(after)) {
      // Pods and the node itself go round the policy Local.
      const outside = { from: ['external', 'pod'] as const, ...allBut(pods) };
      if (before.external !== after.external || differs(before, after, 'local'))
        classes.push(...entries(move.is, after, outside, null, guard));
      if (differs(before, after, 'cluster')) {
        classes.push(...entries(move.is, after, { from: ['host'] }, null, guard));
        if (pods)
          classes.push(...entries(move.is, after, { from: ['external', 'pod'], ...pods }, null, guard));
      }
    } else if (before.external !== after.external || differs(before, after, after.external)) {
      classes.push(...entries(move.is, after, {}, null, guard));
      if (after.nodePort !== null && (isRefused(before) || isRefused(after))) {
        const refused = isRefused(before) ? before : after;
        classes.push(...atNodePort(move.is, refused, move.from.family));
      }
    }
    return classes;
  });
  return [...lone, ...changed];
}

/** A cluster address that only one side knows; where unused ports are refused, the whole of it is another one. */
function loneAddress({ was, is, lone }: Move, one: Decision, side: Traits): readonly PacketClass[] {
  if (!side.refusesUnusedPorts) return atClusterAddress(one);
  const other = side === was ? is : was;
  const isDropped = other.droppedRanges.some((range) => contains(range, one.clusterAddress));
  const dropped = isDropped
    ? lone.filter(
        ({ clusterAddress, internal }) => clusterAddress === one.clusterAddress && internal === 'drop',
      )
    : [];
  return [
    {
      destination: { within: [hostSubnet(one.clusterAddress)] },
      ...(dropped.length > 0 && { otherThan: dropped.map(clusterPort) }),
    },
  ];
}

/** Where nothing serves an external address, the node itself may be let go there. */
function whoIsServed({ refusesOwn }: Traits, { served }: Decision): Partial<PacketClass> {
  return served || refusesOwn ? {} : { from: ['external', 'pod'] };
}

/** Whom both sides admit to balancer addresses, where both drop all others; null: one does not. */
export function guardOf({ was, is }: Move, before: Decision, after: Decision): readonly Subnet[] | null {
  const { admitted, balancerAddresses } = after;
  const drops = (side: Traits, one: Decision) => one.admitted && (one.served || side.rangesBeforeRefusal);
  if (!admitted || !drops(was, before) || !drops(is, after)) return null;
  return [...admitted.ranges, ...(admitted.nodeIncluded ? balancerAddresses.map(hostSubnet) : [])];
}

const isByLocal = ({ external }: Decision) => external === 'local' || external === 'drop';

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
