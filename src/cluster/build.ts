import type { PortRange } from '../address/port.ts';
import type { Subnet } from '../address/subnet.ts';
import { type KubeObject, ofKind } from '../manifest/kinds.ts';
import type { Problem } from '../text/problem.ts';
import { type Cluster, type ServiceEndpoints, serviceKey } from './model.ts';
import { normalizeNode } from './nodes.ts';
import { normalizeService } from './services.ts';
import { endpointsOfSlices, slicesByService } from './slices.ts';

/** Where addresses and ports that manifests leave open are taken from. */
export interface BuildOptions {
  /** For cluster addresses, by family. Default: 10.96.0.0/12 and fd00:10:96::/108. */
  readonly serviceCidrs?: readonly Subnet[];
  /** Default: 30000 to 32767. */
  readonly nodePorts?: PortRange;
  /** For the addresses of load balancers; without one they are pending. */
  readonly loadBalancerCidrs?: readonly Subnet[];
}

export interface ClusterReading {
  readonly cluster: Cluster;
  readonly problems: readonly Problem[];
}

/** Puts the objects together to a cluster. */
export function buildCluster(objects: readonly KubeObject[], _options: BuildOptions = {}): ClusterReading {
  const problems: Problem[] = [];
  const services = ofKind(objects, 'Service').map(normalizeService);
  const endpoints = new Map<string, ServiceEndpoints>();
  for (const [key, slices] of slicesByService(ofKind(objects, 'EndpointSlice'))) {
    endpoints.set(key, endpointsOfSlices(slices));
  }
  const cluster: Cluster = {
    nodes: sortedBy(ofKind(objects, 'Node').map(normalizeNode), ({ name }) => name),
    services: sortedBy(services, serviceKey),
    endpoints,
  };
  return { cluster, problems };
}

/** Sorts by keys of ASCII characters, of which names consist: the order of bytes. */
function sortedBy<T>(values: readonly T[], key: (value: T) => string): T[] {
  return values
    .map((value) => ({ value, key: key(value) }))
    .sort((left, right) => (left.key < right.key ? -1 : 1))
    .map(({ value }) => value);
}
