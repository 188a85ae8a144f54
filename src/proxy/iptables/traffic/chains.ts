import { familyOf } from '../../../address/address.ts';
import { prefixMask } from '../../../address/subnet.ts';
import type { Match, RecentMatch } from '../../../iptables/rule/match.ts';
import type { Endpoint } from '../../../kube/cluster/model.ts';
import { policyChain, type ServicePortContext, type Traffic } from '../context.ts';
import { baseFirst, comment, fromAddress, fromLocal, fromSubnet, jump, oneOf, transports } from '../spell.ts';
import { addressAndPort } from './entries.ts';

// The chains of a service port's own, in the order in which a packet passes them.

/**
 * kube-proxy declares a service port's chains in this order, whichever of them has the first rule: KUBE-SVC has one before KUBE-EXT is
 * declared. Those of endpoints are declared with their rules.
 */
export const ownChains: Traffic = (context) => {
  const { served, exposed, admitted, clusterEndpoints, localEndpoints } = context.decision;
  const declare = (prefix: Parameters<typeof context.chainName>[0]) =>
    context.node.writer.chain('nat', context.chainName(prefix));
  if (served && exposed) declare('KUBE-EXT-');
  if (served && admitted) declare('KUBE-FW-');
  if (clusterEndpoints.length > 0) declare('KUBE-SVC-');
  if (localEndpoints.length > 0) declare('KUBE-SVL-');
};

/** At the head of the chain for cluster traffic: what comes from outside the pods is masqueraded. */
export const clusterMasquerade: Traffic = (context) => {
  const { node, decision } = context;
  const { internal, clusterAddress, name } = decision;
  if (internal !== 'cluster' && internal !== 'local') return;
  if (!node.masqueradeAll && !node.pods) return;
  const matches = addressAndPort(context, clusterAddress, comment(`${name} cluster IP`));
  const outside = node.masqueradeAll || !node.pods ? [] : [node.pods.outside];
  const chain = node.writer.chain('nat', policyChain(context, internal));
  context.append(chain, baseFirst([...matches, ...outside]), node.markMasquerade);
};

/** KUBE-EXT: traffic to node ports, load balancer and external addresses. */
export const externalPolicy: Traffic = (context) => {
  const { node, decision } = context;
  const { name, external } = decision;
  if (!decision.served || !decision.exposed) return;
  const chain = node.writer.chain('nat', context.chainName('KUBE-EXT-'));
  const mark = node.markMasquerade;
  if (external === 'cluster') {
    context.append(chain, [comment(`masquerade traffic for ${name} external destinations`)], mark);
  } else {
    const cluster = jump(policyChain(context, 'cluster'));
    // Pods and the node itself go round the policy, as if their packets had gone out and come back by the balancer.
    if (node.pods) {
      const note = comment(`pod traffic for ${name} external destinations`);
      context.append(chain, [node.pods.inside, note], cluster);
    }
    context.append(
      chain,
      [comment(`masquerade LOCAL traffic for ${name} external destinations`), fromLocal],
      mark,
    );
    context.append(
      chain,
      [comment(`route LOCAL traffic for ${name} external destinations`), fromLocal],
      cluster,
    );
  }
  if (external === 'cluster' || external === 'local') {
    context.append(chain, [], jump(policyChain(context, external)));
  }
};

/** KUBE-FW: who may call the load balancer's addresses. Whoever falls through is dropped in filter. */
export const sourceRanges: Traffic = (context) => {
  const { node, decision } = context;
  const { admitted, name } = decision;
  if (!decision.served || !admitted) return;
  const chain = node.writer.chain('nat', context.chainName('KUBE-FW-'));
  const note = comment(`${name} loadbalancer IP`);
  const next = jump(context.chainName('KUBE-EXT-'));
  for (const range of admitted.ranges) context.append(chain, [fromSubnet(range), note], next);
  if (admitted.nodeIncluded) {
    for (const address of decision.balancerAddresses)
      context.append(chain, [fromAddress(address), note], next);
  }
  if (node.release.firewallChainEndsWithComment) {
    context.append(chain, [comment(`other traffic to ${name} will be dropped by KUBE-PROXY-FIREWALL`)], null);
  }
};

/** KUBE-SVC and KUBE-SVL: the choice among endpoints. */
export const endpointChoice: Traffic = (context) => {
  const { clusterEndpoints, localEndpoints } = context.decision;
  if (clusterEndpoints.length > 0) chooseAmong(context, policyChain(context, 'cluster'), clusterEndpoints);
  if (localEndpoints.length > 0) chooseAmong(context, policyChain(context, 'local'), localEndpoints);
};

function chooseAmong(context: ServicePortContext, chainName: string, endpoints: readonly Endpoint[]): void {
  const { node, decision } = context;
  const chain = node.writer.chain('nat', chainName);
  const choices = endpoints.map((endpoint) => {
    const { text, jump: target } = context.named(endpoint);
    return { note: endpointNote(context, `${decision.name} -> ${text}`), target };
  });
  const seconds = decision.affinitySeconds;
  if (seconds !== null) {
    for (const { note, target } of choices) {
      const known: RecentMatch = {
        ...remembered(decision.clusterAddress, target.chain),
        action: 'rcheck',
        seconds,
        reap: true,
      };
      context.append(chain, [...note, known], target);
    }
  }
  for (const [index, { note, target }] of choices.entries()) {
    const left = choices.length - index;
    context.append(chain, left > 1 ? [...note, oneOf(left)] : note, target);
  }
}

/** KUBE-SEP: the translation to one endpoint. */
export const endpointTranslation: Traffic = (context) => {
  const { node, decision } = context;
  const { protocol, header } = transports[decision.protocol];
  const note = endpointNote(context, decision.name);
  for (const endpoint of decision.reachableEndpoints) {
    const { address, port } = endpoint;
    const chain = node.writer.newChain('nat', context.named(endpoint).jump.chain);
    // A pod that reaches itself would answer itself directly; masqueraded, the answer comes back by the node.
    context.append(chain, [fromAddress(address), ...note], node.markMasquerade);
    const remember: readonly Match[] =
      decision.affinitySeconds === null ? [] : [remembered(address, chain.name)];
    context.append(chain, [protocol, ...note, ...remember, header], {
      kind: 'dnat',
      addresses: { first: address, last: address },
      ports: { first: port, last: port },
    });
  }
};

function endpointNote({ node }: ServicePortContext, text: string): readonly Match[] {
  return node.isLarge ? [] : [comment(text)];
}

/** `-m recent --set`: the client's address is kept in the list that is named like the endpoint's chain. */
function remembered(address: Endpoint['address'], name: string): RecentMatch {
  return {
    kind: 'recent',
    negated: false,
    action: 'set',
    reap: false,
    ttl: false,
    name,
    mask: prefixMask(familyOf(address), typeof address === 'number' ? 32 : 128),
    side: 'source',
  };
}
