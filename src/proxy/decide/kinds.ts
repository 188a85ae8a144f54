import { type Cluster, type Endpoint, type Service, serviceKey } from '../../kube/cluster/model.ts';
import { decide, type NodeViewpoint } from './decide.ts';

/** What a decision can know of the node on which it is made. */
export type Glance = 'nodeName' | 'zone' | 'nodeAddress';
const glances: readonly Glance[] = ['nodeName', 'zone', 'nodeAddress'];

/**
 * What the decisions about each service look at of the node: of a service that is not among them they are the same on every
 * node, since nothing that tells one node from another was read. That is seen while deciding for one node, and told by nobody.
 */
export function glancesOf(
  cluster: Cluster,
  viewpoint: NodeViewpoint,
): ReadonlyMap<Service, ReadonlySet<Glance>> {
  let seen = new Set<Glance>();
  const watched = { ...viewpoint };
  for (const name of glances) {
    Object.defineProperty(watched, name, {
      get: () => {
        seen.add(name);
        return viewpoint[name];
      },
    });
  }
  const found = new Map<Service, ReadonlySet<Glance>>();
  for (const service of cluster.services) {
    seen = new Set();
    decide({ ...cluster, services: [service] }, watched);
    if (seen.size > 0) found.set(service, seen);
  }
  return found;
}

/** The nodes that the endpoints of a service name. To all others the service is the same. */
export function nodesNamedBy(cluster: Cluster, service: Service): ReadonlySet<string> {
  const endpoints = [...(cluster.endpoints.get(serviceKey(service))?.values() ?? [])].flat();
  return new Set(
    endpoints.flatMap(({ node, nodeHints }: Endpoint) => [...(node === null ? [] : [node]), ...nodeHints]),
  );
}
