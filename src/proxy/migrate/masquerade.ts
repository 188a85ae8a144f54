import { hostSubnet, type Subnet } from '../../address/subnet.ts';
import { dataKey } from '../../text/data-key.ts';
import type { Decision } from '../decide/decide.ts';
import { clusterPort, entries } from './classes.ts';
import type { PacketClass } from './packets.ts';
import { itself, podSenders, type Senders, spared } from './senders.ts';
import type { Move } from './sides.ts';
import type { Masquerades } from './traits.ts';

export function masquerade({ was, is, pairs }: Move): readonly PacketClass[] {
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

/** Whose packets only one side masquerades. */
function changedSenders(before: Masquerades, after: Masquerades): readonly Senders[] {
  if (dataKey(before) === dataKey(after)) return [];
  const [left, right] = [spared(before), spared(after)];
  if (before.whom === 'all' && right) return [right];
  if (after.whom === 'all' && left) return [left];
  // Two ways to tell pods: who is one by only one of them is a question for a proof.
  return [{}];
}

/** A pod elsewhere whose packet to a service comes by this node, and goes back to the pod itself. */
export function hairpin({ was, is, from, to, pairs }: Move): readonly PacketClass[] {
  if (was.hairpinOnlyLocal === is.hairpinOnlyLocal) return [];
  const [side, decisions] = is.hairpinOnlyLocal ? [is, to] : [was, from];
  const [kept, pods] = [spared(side.masquerades), podSenders(decisions.pods)];
  return pairs.flatMap(([before, after]) => {
    const own = is.hairpinOnlyLocal ? after : before;
    const destination = { within: [hostSubnet(own.clusterAddress)] };
    return own.clusterEndpoints
      .filter(({ node }) => node !== to.nodeName)
      .flatMap(({ address }) => {
        const [spare, round] = [itself(address, kept), itself(address, pods)];
        return [
          ...(spare && own.internal === 'cluster'
            ? [{ ...spare, destination, ports: [clusterPort(own)] }]
            : []),
          // By the policy Cluster all sources are replaced; by the policy Local pods go round it.
          ...(round && own.external !== 'cluster' ? entries(side, own, round, address) : []),
        ];
      });
  });
}
