import type { Draft } from './draft.ts';

/** Where an endpoint runs, as far as hints go. */
interface Where {
  readonly ready: boolean;
  readonly node: string | null;
  readonly zone: string | undefined;
}

interface Hints {
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
}

const noHints: Hints = { zoneHints: [], nodeHints: [] };

/** Values of `trafficDistribution` for which the control plane gives hints, and whether it names the node, too. */
const distributions: ReadonlyMap<string, { readonly nodes: boolean }> = new Map([
  ['PreferClose', { nodes: false }],
  ['PreferSameZone', { nodes: false }],
  ['PreferSameNode', { nodes: true }],
]);

/**
 * The hints that the control plane gives to a service's endpoints for its `trafficDistribution` (release 1.34,
 * staging/src/k8s.io/endpointslice/trafficdist): the own zone, and the own node, of those that are ready. With the
 * annotation for topology aware hints (`Auto`) it deals zones out by the nodes' processors instead, which no manifest tells.
 */
export function hintsOf({ service }: Draft): (where: Where) => Hints {
  const distribution = distributions.get(service.trafficDistribution ?? '');
  const { hints, mode } = service.topologyAnnotations;
  if (!distribution || ['Auto', 'auto'].includes(hints ?? mode ?? '')) return () => noHints;
  return ({ ready, node, zone }) => {
    if (!ready) return noHints;
    return {
      zoneHints: zone === undefined ? [] : [zone],
      nodeHints: node === null || !distribution.nodes ? [] : [node],
    };
  };
}
