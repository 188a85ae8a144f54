import { hostSubnet } from '../../address/subnet.ts';
import type { Endpoint } from '../../kube/cluster/model.ts';
import type { ServiceContext } from './context.ts';
import type { Part } from './operations.ts';

// The choice among a service port's endpoints, and the translation to one.

export function writeChoices(context: ServiceContext): void {
  const { table, decision, chain } = context;
  writeAffinitySets(context);
  const usesChains = !table.shape.translatesInServiceChain || decision.affinitySeconds !== null;
  const write = usesChains ? chooseChain : chooseDestination;
  if (decision.clusterEndpoints.length > 0) write(context, chain('service'), decision.clusterEndpoints);
  if (decision.localEndpoints.length > 0) write(context, chain('local'), decision.localEndpoints);
  if (usesChains) for (const endpoint of decision.reachableEndpoints) writeEndpoint(context, endpoint);
}

function writeAffinitySets({ table, decision, endpoint }: ServiceContext): void {
  const { affinitySeconds, reachableEndpoints } = decision;
  if (affinitySeconds === null) return;
  for (const { address, port } of reachableEndpoints) {
    const name = endpoint('affinity', address, port);
    const set = { name, key: ['address'], verdicts: false, timeoutSeconds: affinitySeconds } as const;
    table.add({ do: 'add-set', set });
  }
}

function chooseChain(
  { decision, endpoint, rule }: ServiceContext,
  own: string,
  endpoints: readonly Endpoint[],
) {
  const chains = endpoints.map(({ address, port }) => endpoint('endpoint', address, port));
  if (decision.affinitySeconds !== null) {
    for (const [index, { address, port }] of endpoints.entries()) {
      const known: Part = { is: 'address-in-set', side: 'source', set: endpoint('affinity', address, port) };
      rule(own, [known, { is: 'goto', chain: chains[index] as string }]);
    }
  }
  rule(own, [{ is: 'choose-chain', chains }]);
}

function chooseDestination(
  { table, decision, rule }: ServiceContext,
  own: string,
  endpoints: readonly Endpoint[],
) {
  const protocol: Part = { is: 'protocol', protocol: decision.protocol };
  const [only, ...others] = endpoints;
  const isOne = only !== undefined && others.length === 0 && table.shape.singleEndpointWithoutMap;
  rule(own, [
    protocol,
    isOne ? { is: 'translate', to: only } : { is: 'choose-destination', among: endpoints },
  ]);
}

function writeEndpoint({ table, decision, endpoint, rule }: ServiceContext, to: Endpoint): void {
  const own = endpoint('endpoint', to.address, to.port);
  if (!table.shape.translatesInServiceChain) {
    // A pod that reaches itself would answer itself directly; masqueraded, the answer comes back by the node.
    const fromItself: Part = {
      is: 'address',
      side: 'source',
      negated: false,
      prefix: hostSubnet(to.address),
    };
    rule(own, [fromItself, { is: 'jump', chain: 'mark-for-masquerade' }]);
  }
  if (decision.affinitySeconds !== null) {
    rule(own, [{ is: 'remember-source', set: endpoint('affinity', to.address, to.port) }]);
  }
  rule(own, [
    { is: 'protocol', protocol: decision.protocol },
    { is: 'translate', to },
  ]);
}
