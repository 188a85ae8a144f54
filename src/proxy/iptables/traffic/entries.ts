import type { Address } from '../../../address/address.ts';
import { parsePrefix, type Subnet } from '../../../address/subnet.ts';
import type { Match } from '../../../iptables/rule/match.ts';
import { endpointsUnknown, type Target } from '../../../iptables/rule/target.ts';
import { proxyComments } from '../../decide/comments.ts';
import { policyChain, type ServicePortContext, type Traffic } from '../context.ts';
import {
  accept,
  comment,
  countedBy,
  drop,
  jump,
  toAddress,
  toLocal,
  toPort,
  toSubnet,
  transports,
} from '../spell.ts';

// Where traffic enters a service: one rule for each of its addresses and ports in the shared chains.

/** `-d ADDRESS -p tcp -m comment … -m tcp --dport PORT` */
export function addressAndPort(
  { decision }: ServicePortContext,
  address: Address,
  note: Match,
): readonly Match[] {
  const { protocol, servicePort } = decision;
  return [toAddress(address), transports[protocol].protocol, note, toPort(protocol, servicePort.port)];
}

export const clusterAddress: Traffic = (context) => {
  const { node, decision } = context;
  const { clusterAddress: address, internal, name } = decision;
  if (internal === 'cluster' || internal === 'local') {
    const matches = addressAndPort(context, address, comment(`${name} cluster IP`));
    context.append(node.top.nat.services, matches, jump(policyChain(context, internal)));
  } else {
    const matches = addressAndPort(context, address, refusalNote(context, internal));
    context.append(node.top.filter.services, matches, refusal(context, internal));
  }
};

export const externalAddresses: Traffic = (context) => {
  const { node, decision } = context;
  for (const address of decision.externalAddresses) {
    if (decision.served) {
      const matches = addressAndPort(context, address, comment(`${decision.name} external IP`));
      context.append(node.top.nat.services, matches, jump(context.chainName('KUBE-EXT-')));
    }
    refuseExternal(context, (note) => addressAndPort(context, address, note));
  }
};

export const balancerAddresses: Traffic = (context) => {
  const { node, decision } = context;
  const firewall = context.chainName('KUBE-FW-');
  for (const address of decision.balancerAddresses) {
    if (!decision.served) continue;
    const next = decision.admitted ? firewall : context.chainName('KUBE-EXT-');
    const matches = addressAndPort(context, address, comment(`${decision.name} loadbalancer IP`));
    context.append(node.top.nat.services, matches, jump(next));
    if (!decision.admitted) continue;
    const note = comment(`${decision.name} traffic ${proxyComments.notAccepted} ${firewall}`);
    context.append(node.top.filter.proxyFirewall, addressAndPort(context, address, note), drop);
  }
  for (const address of decision.balancerAddresses) {
    refuseExternal(context, (note) => addressAndPort(context, address, note));
  }
};

const localhost = toSubnet(parsePrefix('127.0.0.0/8') as Subnet);

export const nodePort: Traffic = (context) => {
  const { node, decision } = context;
  const { nodePort: port, protocol, name } = decision;
  if (port === null) return;
  if (decision.served) {
    const target = jump(context.chainName('KUBE-EXT-'));
    const matches = [transports[protocol].protocol, comment(name), toPort(protocol, port)];
    if (node.countsPackets && node.localhostNodePorts) {
      const counted = [localhost, ...matches, countedBy('localhost_nps_accepted_pkts')];
      context.append(node.top.nat.nodePorts, counted, target);
    }
    context.append(node.top.nat.nodePorts, matches, target);
  }
  refuseExternal(context, (note) => [transports[protocol].protocol, note, toLocal, toPort(protocol, port)]);
};

export const healthCheckNodePort: Traffic = (context) => {
  const { node, decision } = context;
  const { healthCheckNodePort: port, name } = decision;
  if (port === null) return;
  const note = comment(`${name} health check node port`);
  context.append(node.top.filter.nodePorts, [transports.TCP.protocol, note, toPort('TCP', port)], accept);
};

/** In filter: what found no endpoint to be translated to still has its old destination there. */
function refuseExternal(context: ServicePortContext, matches: (note: Match) => readonly Match[]): void {
  const { external } = context.decision;
  if (external !== 'drop' && external !== 'reject') return;
  const note = refusalNote(context, external);
  context.append(context.node.top.filter.externalServices, matches(note), refusal(context, external));
}

function refusalNote({ decision }: ServicePortContext, disposition: 'drop' | 'reject'): Match {
  if (decision.service.endpointsUnknown) return comment(`${decision.name} has endpoints that are not known`);
  const { noEndpoints, noLocalEndpoints } = proxyComments;
  return comment(`${decision.name} ${disposition === 'drop' ? noLocalEndpoints : noEndpoints}`);
}

function refusal({ node, decision }: ServicePortContext, disposition: 'drop' | 'reject'): Target {
  if (decision.service.endpointsUnknown)
    return { kind: 'other', name: endpointsUnknown, words: [], understood: false };
  return disposition === 'drop' ? drop : ({ kind: 'reject', with: node.rejectWith } as const);
}
