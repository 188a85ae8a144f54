import type { Cluster, ClusterNode, Endpoint, ServiceEndpoints } from '../kube/cluster/model.ts';

/** What happens to a cluster's nodes. */
export interface NodeChanges {
  /** Nodes that are gone, with their pods; the cluster has noticed. */
  readonly without: readonly string[];
  /** Nodes that stay, but whose pods were moved away. */
  readonly drained: readonly string[];
  readonly added: readonly ClusterNode[];
}

/** The cluster after the change. Pods that are gone are not started again elsewhere: nothing says where that would be. */
export function changeNodes(cluster: Cluster, { without, drained, added }: NodeChanges): Cluster {
  const empty = new Set([...without, ...drained]);
  if (empty.size === 0 && added.length === 0) return cluster;
  const nodes = [...cluster.nodes.filter(({ name }) => !without.includes(name)), ...added];
  const kept = (all: ReadonlyMap<string, ServiceEndpoints>) =>
    mapValues(all, (ports) => withoutNodes(ports, empty));
  return {
    ...cluster,
    nodes: nodes.sort((left, right) => (left.name < right.name ? -1 : 1)),
    endpoints: kept(cluster.endpoints),
  };
}

function withoutNodes(ports: ServiceEndpoints, gone: ReadonlySet<string>): ServiceEndpoints {
  const stays = ({ node }: Endpoint) => node === null || !gone.has(node);
  return mapValues(ports, (endpoints) => endpoints.filter(stays));
}

function mapValues<K, V>(map: ReadonlyMap<K, V>, change: (value: V) => V): ReadonlyMap<K, V> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}
