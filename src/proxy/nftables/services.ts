import type { Address } from '../../address/address.ts';
import { hostSubnet } from '../../address/subnet.ts';
import type { Decision, Disposition } from '../decide/decide.ts';
import { writeChoices } from './choices.ts';
import type { ServiceContext, TableContext } from './context.ts';
import { commentOf, endpointName, serviceName } from './names.ts';
import type { KeyValue, Part, Verdict } from './operations.ts';
import { rejectChain } from './setup.ts';

// What is written for one service port, in the order of syncProxyRules (pkg/proxy/nftables/proxier.go).

export function writeService(table: TableContext, decision: Decision): void {
  const context = serviceContext(table, decision);
  ensureChains(context);
  writeHairpins(context);
  writeEntries(context);
  writeInternalMasquerade(context);
  writeExternalPolicy(context);
  writeSourceRanges(context);
  writeChoices(context);
}

function serviceContext(table: TableContext, decision: Decision): ServiceContext {
  const own = serviceName(decision);
  return {
    table,
    decision,
    chain: (prefix) => `${prefix}-${own}`,
    endpoint: (prefix, address, port) => `${prefix}-${endpointName(decision, address, port)}`,
    rule: (chain, parts, comment) =>
      table.add({
        do: 'add-rule',
        chain,
        rule: comment === undefined ? { parts } : { parts, comment },
        origin: decision,
      }),
    element: (set, element) => table.ensureElement(set, element, decision),
  };
}

function ensureChains({ table, decision, chain, endpoint }: ServiceContext): void {
  const { reachableEndpoints, clusterEndpoints, localEndpoints, served, affinitySeconds } = decision;
  if (!table.shape.translatesInServiceChain || affinitySeconds !== null) {
    for (const { address, port } of reachableEndpoints)
      table.ensureChain(endpoint('endpoint', address, port));
  }
  if (clusterEndpoints.length > 0) table.ensureChain(chain('service'));
  if (localEndpoints.length > 0) table.ensureChain(chain('local'));
  if (served && decision.exposed) table.ensureChain(chain('external'));
}

/** Only a pod on this node can reach itself by way of this node. */
function writeHairpins({ table, decision, element }: ServiceContext): void {
  if (!table.shape.translatesInServiceChain) return;
  const { protocol, reachableEndpoints } = decision;
  for (const { address, port, node } of reachableEndpoints) {
    if (node !== table.decisions.nodeName) continue;
    element('hairpin-connections', { key: [{ address }, { address }, { protocol }, { port }] });
  }
}

function writeEntries(context: ServiceContext): void {
  const { table, decision, chain, element } = context;
  const { internal, clusterAddress, externalAddresses, balancerAddresses, served, admitted } = decision;
  element('cluster-ips', { key: [{ address: clusterAddress }] });
  const isServed = internal === 'cluster' || internal === 'local';
  if (isServed) {
    const verdict = { goto: chain(internal === 'local' ? 'local' : 'service') };
    element('service-ips', { key: frontend(decision, clusterAddress), verdict });
  } else {
    refuse(context, clusterAddress, internal);
  }
  const enter = (address: Address) => {
    if (!served) return;
    element('service-ips', { key: frontend(decision, address), verdict: { goto: chain('external') } });
  };
  for (const address of externalAddresses) {
    enter(address);
    refuse(context, address, decision.external);
  }
  if (admitted) table.ensureChain(chain('firewall'));
  for (const address of balancerAddresses) {
    enter(address);
    if (admitted) {
      element('firewall-ips', { key: frontend(decision, address), verdict: { goto: chain('firewall') } });
    }
  }
  for (const address of balancerAddresses) refuse(context, address, decision.external);
  writeNodePort(context);
}

function frontend({ protocol, servicePort }: Decision, address: Address): readonly KeyValue[] {
  return [{ address }, { protocol }, { port: servicePort.port }];
}

function writeNodePort(context: ServiceContext): void {
  const { table, decision, chain, element } = context;
  const { nodePort, protocol, served, external } = decision;
  if (nodePort === null) return;
  const key: readonly KeyValue[] = [{ protocol }, { port: nodePort }];
  if (table.decisions.nodePorts.rejectedOnLocalhost.includes(protocol)) {
    element('localhost-nodeport-reject-ports', { key, verdict: { goto: rejectChain(protocol) } });
  }
  if (served) element('service-nodeports', { key, verdict: { goto: chain('external') } });
  const verdict = refusalOf(context, external);
  if (verdict) element('no-endpoint-nodeports', { key, verdict, comment: commentOf(decision, table.shape) });
}

function refuse(context: ServiceContext, address: Address, disposition: Disposition): void {
  const { table, decision, element } = context;
  const verdict = refusalOf(context, disposition);
  if (!verdict) return;
  const key = frontend(decision, address);
  element('no-endpoint-services', { key, verdict, comment: commentOf(decision, table.shape) });
}

/** Whether there are none, or none here, is not known where the endpoints are not. */
function refusalOf({ table, decision }: ServiceContext, disposition: Disposition): Verdict | null {
  if (disposition !== 'reject' && disposition !== 'drop') return null;
  if (decision.service.endpointsUnknown) return { goto: ensureUnknownChain(table) };
  if (disposition === 'reject') return { goto: 'reject-chain' };
  return 'drop';
}

function ensureUnknownChain(table: TableContext): string {
  const chain = 'endpoints-unknown';
  if (table.ensureChain(chain))
    table.add({ do: 'add-rule', chain, rule: { parts: [{ is: 'endpoints-unknown' }] } });
  return chain;
}

/** Up to 1.35 each service has its own rule. */
function writeInternalMasquerade({ table, decision, chain, rule }: ServiceContext): void {
  const { clusterMasquerade } = table.shape;
  const { internal, clusterAddress, protocol, servicePort } = decision;
  if (clusterMasquerade === 'set' || (internal !== 'cluster' && internal !== 'local')) return;
  const isAll = table.decisions.config.masqueradeAll;
  if (!isAll && !table.pods) return;
  const parts: readonly Part[] = [
    { is: 'address', side: 'destination', negated: false, prefix: hostSubnet(clusterAddress) },
    ...(clusterMasquerade === 'port' ? [{ is: 'port', protocol, port: servicePort.port } as const] : []),
    ...(isAll || !table.pods ? [] : [table.pods.outside]),
    { is: 'jump', chain: 'mark-for-masquerade' },
  ];
  rule(chain(internal === 'local' ? 'local' : 'service'), parts);
}

function writeExternalPolicy(context: ServiceContext): void {
  const { table, decision, chain, rule } = context;
  if (!decision.served || !decision.exposed) return;
  const own = chain('external');
  const toCluster: Part = { is: 'goto', chain: chain('service') };
  const mark: Part = table.shape.translatesInServiceChain
    ? { is: 'set-mark', operator: 'or', mark: table.mark }
    : { is: 'jump', chain: 'mark-for-masquerade' };
  if (decision.external === 'cluster') {
    rule(own, [mark], table.shape.translatesInServiceChain ? 'masquerade' : undefined);
    rule(own, [toCluster]);
    return;
  }
  // Pods and the node itself go round the policy, as if their packets had gone out and come back by the balancer.
  const fromHere: Part = { is: 'local-address', side: 'source' };
  if (table.pods) rule(own, [table.pods.inside, toCluster], 'short-circuit pod traffic');
  rule(own, [fromHere, mark], 'masquerade local traffic');
  rule(own, [fromHere, toCluster], 'short-circuit local traffic');
  if (decision.external === 'local') rule(own, [{ is: 'goto', chain: chain('local') }]);
}

/** Who may call the balancer's addresses: those of the ranges, and the balancer itself where the node is among them. */
function writeSourceRanges({ decision, chain, rule }: ServiceContext): void {
  const { admitted, balancerAddresses } = decision;
  if (!admitted) return;
  const own = admitted.nodeIncluded ? balancerAddresses.map(hostSubnet) : [];
  const prefixes = [...admitted.ranges, ...own];
  rule(chain('firewall'), [{ is: 'address-among', side: 'source', negated: true, prefixes }, { is: 'drop' }]);
}
