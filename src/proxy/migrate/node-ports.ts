import type { Subnet } from '../../address/subnet.ts';
import type { Decision } from '../decide/decide.ts';
import type { PodDetection } from '../decide/pods.ts';
import { missing, onlyPrefix, withoutPrefix } from './classes.ts';
import type { DestinationTest, PacketClass, ProtocolPort } from './packets.ts';
import { podSenders, type Senders } from './senders.ts';
import type { Move } from './sides.ts';
import { loopback, type Traits } from './traits.ts';

/** Where one side deals with node ports and the other does not. */
export function nodePorts(
  { was, is, pairs, from }: Move,
  which: 'nodePortsServed' | 'nodePortsRefused',
  concerns: (decision: Decision) => boolean,
): readonly PacketClass[] {
  const destinations = difference(was[which], is[which]);
  const own = loopback[from.family];
  return pairs.flatMap(([before, { nodePort, protocol }]): readonly PacketClass[] => {
    if (nodePort === null || !concerns(before)) return [];
    const ports = [{ protocol, port: nodePort }];
    // What comes from elsewhere to a loopback address gets no farther than the check of its way, or kube-proxy's own rule against it,
    // unless it is translated before.
    const isTranslated = which === 'nodePortsServed' && was.routesLoopback !== is.routesLoopback;
    const passers = isTranslated ? passersOf(before, from.pods) : [];
    return destinations.flatMap((destination) => [
      ...withoutPrefix(destination, own).map((one) => ({ destination: one, ports })),
      ...onlyPrefix(destination, own).map((one) => ({
        from: ['host'] as const,
        destination: one,
        ports,
      })),
      ...onlyPrefix(destination, own).flatMap((one) => fromOutside(passers, one, ports)),
    ]);
  });
}

/** What comes from elsewhere to a node port on loopback addresses, and is translated before its way is checked, where that is let pass at all. */
export function translatedFromOutside(
  { routesLoopback, nodePortsServed }: Traits,
  decision: Decision,
  { from }: Move,
): readonly PacketClass[] {
  const { nodePort, protocol } = decision;
  if (!routesLoopback || nodePort === null) return [];
  const passers = passersOf(decision, from.pods);
  return onlyPrefix(nodePortsServed, loopback[from.family]).flatMap((one) =>
    fromOutside(passers, one, [{ protocol, port: nodePort }]),
  );
}

function fromOutside(
  passers: readonly Senders[],
  destination: DestinationTest,
  ports: readonly ProtocolPort[],
): readonly PacketClass[] {
  return passers.map((sender) => ({ from: ['external', 'pod'], ...sender, destination, ports }));
}

/** Whose packets to an entry from outside get to an endpoint: pods go round the policy Local. */
function passersOf({ external, served }: Decision, pods: PodDetection | null): readonly Senders[] {
  if (external === 'cluster' || external === 'local') return [{}];
  const senders = served ? podSenders(pods) : null;
  return senders ? [senders] : [];
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

/** What the wire sends to loopback addresses, and the node itself from other ones. */
export function loopbackFromOutside(move: Move): readonly PacketClass[] {
  const { was, is, from } = move;
  if (from.family !== 'ipv4') return [];
  const wire = { from: ['external', 'pod'] as const };
  const own = { from: ['host'] as const, source: { outside: [loopback.ipv4] } };
  return [
    ...(was.admitsLoopback === is.admitsLoopback ? [] : [[wire, was.admitsLoopback] as const]),
    ...(was.guardsLoopback === is.guardsLoopback ? [] : [[own, is.guardsLoopback] as const]),
  ].flatMap(([senders, isOpenBefore]) =>
    unservedLoopback(move, isOpenBefore).map((destination) => ({ ...senders, ...destination })),
  );
}

/** Loopback addresses, but for node ports that are translated there, and for those that the side which lets packets in drops as the other does. */
function unservedLoopback({ was, is, pairs }: Move, isOpenBefore: boolean): readonly PacketClass[] {
  const all = loopback.ipv4;
  const refuses = onlyPrefix((isOpenBefore ? was : is).nodePortsRefused, all).length > 0;
  const dropped = pairs.flatMap(([before, after]) => {
    const { external, nodePort, protocol } = isOpenBefore ? before : after;
    return refuses && nodePort !== null && external === 'drop' ? [{ protocol, port: nodePort }] : [];
  });
  const butDropped = dropped.length > 0 ? { otherThan: dropped } : {};
  const served = [was, is].flatMap(({ nodePortsServed }) =>
    onlyPrefix(nodePortsServed, all).flatMap((test) => ('local' in test ? [] : (test.within ?? []))),
  );
  const otherThan = pairs.flatMap(([{ external, nodePort, protocol }]) =>
    nodePort === null || external === 'reject' ? [] : [{ protocol, port: nodePort }],
  );
  if (served.length === 0 || otherThan.length === 0)
    return [{ destination: { within: [all] }, ...butDropped }];
  const isAll = served.some(({ mask }) => mask === all.mask);
  return [
    ...(isAll ? [] : [{ destination: { within: [all], outside: served }, ...butDropped }]),
    { destination: { within: isAll ? [all] : served }, otherThan },
  ];
}
