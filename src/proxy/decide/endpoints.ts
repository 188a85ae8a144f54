import type { Endpoint } from '../../kube/cluster/model.ts';
import type { RepeatedEndpoint } from './release.ts';
import { followedHints } from './topology.ts';
import type { Viewpoint } from './viewpoint.ts';

/** Which endpoints a node uses for one service port, as kube-proxy's topology.go decides it. */
export interface EndpointChoice {
  /** For traffic policy Cluster. */
  readonly cluster: readonly Endpoint[];
  /** For traffic policy Local. */
  readonly local: readonly Endpoint[];
  /** Both, each once, in the order of the endpoints. */
  readonly reachable: readonly Endpoint[];
  /** Some endpoint, on whatever node, could be used. */
  readonly any: boolean;
}

/** What of a service port bears on the choice. */
export interface EndpointDemand {
  readonly usesCluster: boolean;
  readonly usesLocal: boolean;
  /** The annotations allow that hints are followed. */
  readonly hintsAllowed: boolean;
}

const isReady = (endpoint: Endpoint): boolean => endpoint.ready;
const isFallback = (endpoint: Endpoint): boolean => endpoint.serving && endpoint.terminating;
const none: readonly Endpoint[] = [];

/** Whether a later endpoint takes the place of an earlier one with its address and port (endpointslicecache.go). */
const replaces: Readonly<Record<RepeatedEndpoint, (later: Endpoint, viewpoint: Viewpoint) => boolean>> = {
  local: ({ node }, { nodeName }) => node === nodeName,
  running: ({ terminating }) => !terminating,
};

/** Each `address:port` once. Copies only where something is to be left out, which is rare. */
export function withoutDuplicates(endpoints: readonly Endpoint[], viewpoint: Viewpoint): readonly Endpoint[] {
  const isRepeated = (endpoint: Endpoint, index: number) => {
    const before = endpoints[index - 1];
    return before !== undefined && before.port === endpoint.port && before.address === endpoint.address;
  };
  if (!endpoints.some(isRepeated)) return endpoints;
  const isBetter = replaces[viewpoint.release.repeatedEndpoint];
  const kept: Endpoint[] = [];
  for (const [index, endpoint] of endpoints.entries()) {
    if (!isRepeated(endpoint, index)) kept.push(endpoint);
    else if (isBetter(endpoint, viewpoint)) kept[kept.length - 1] = endpoint;
  }
  return kept;
}

/** `endpoints` are all of the service port's, each once, in their canonical order. */
export function chooseEndpoints(
  endpoints: readonly Endpoint[],
  demand: EndpointDemand,
  viewpoint: Viewpoint,
): EndpointChoice {
  const cluster = demand.usesCluster ? chooseCluster(endpoints, demand, viewpoint) : none;
  const local = demand.usesLocal
    ? readyOrFallback(
        endpoints.filter((endpoint) => endpoint.node === viewpoint.nodeName),
        viewpoint,
      )
    : none;
  const any = cluster.length > 0 || (demand.usesLocal && readyOrFallback(endpoints, viewpoint).length > 0);
  return { cluster, local, reachable: union(endpoints, cluster, local), any };
}

/** The fallback heeds no hints: it is a last effort not to lose connections. */
function chooseCluster(
  endpoints: readonly Endpoint[],
  demand: EndpointDemand,
  viewpoint: Viewpoint,
): readonly Endpoint[] {
  const isHinted = demand.hintsAllowed ? followedHints(endpoints, viewpoint) : null;
  if (isHinted === null) return readyOrFallback(endpoints, viewpoint);
  return endpoints.filter((endpoint) => isReady(endpoint) && isHinted(endpoint));
}

function readyOrFallback(endpoints: readonly Endpoint[], viewpoint: Viewpoint): readonly Endpoint[] {
  if (endpoints.every(isReady)) return endpoints;
  const ready = endpoints.filter(isReady);
  return ready.length > 0 || !viewpoint.release.terminatingFallback ? ready : endpoints.filter(isFallback);
}

function union(
  endpoints: readonly Endpoint[],
  cluster: readonly Endpoint[],
  local: readonly Endpoint[],
): readonly Endpoint[] {
  if (local.length === 0) return cluster;
  if (cluster.length === 0) return local;
  const used = new Set([...cluster, ...local]);
  return endpoints.filter((endpoint) => used.has(endpoint));
}
