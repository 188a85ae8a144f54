import { type Address, type Family, familyOf } from '../../address/address.ts';
import type { Subnet } from '../../address/subnet.ts';
import { contains, isEverything } from '../../address/subnet.ts';
import {
  type Cluster,
  type Endpoint,
  type Protocol,
  portKey,
  type Service,
  type ServicePort,
  serviceKey,
} from '../../kube/cluster/model.ts';
import { chooseEndpoints, withoutDuplicates } from './endpoints.ts';
import { hintsAllowed } from './topology.ts';
import type { Viewpoint } from './viewpoint.ts';

/** What a node does with the traffic of one service port. Knows nothing of rules. */
export interface Decision {
  readonly service: Service;
  readonly servicePort: ServicePort;
  /** `namespace/name:port`, without the colon where the port has no name. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly clusterAddress: Address;
  readonly externalAddresses: readonly Address[];
  /** Load balancer addresses for which the node answers itself. */
  readonly balancerAddresses: readonly Address[];
  readonly nodePort: number | null;
  readonly healthCheckNodePort: number | null;
  /** Something of it is for traffic from outside, also external addresses that are not heeded: kube-proxy makes the chains for it then. */
  readonly exposed: boolean;
  readonly affinitySeconds: number | null;
  /** Endpoints of the two policies, each empty where no traffic uses it, and all of them once. */
  readonly clusterEndpoints: readonly Endpoint[];
  readonly localEndpoints: readonly Endpoint[];
  readonly reachableEndpoints: readonly Endpoint[];
  /** How many endpoints there are in all, usable or not. */
  readonly endpointCount: number;
  /** Traffic to the cluster address. */
  readonly internal: Disposition;
  /** Traffic to node ports, load balancer and external addresses, from outside. */
  readonly external: Disposition;
  /** Some endpoint exists, so that traffic from pods and the node itself can be served in any case. */
  readonly served: boolean;
  /** Who may call the load balancer's addresses; null: everybody. */
  readonly admitted: Admission | null;
}

/**
 * `cluster` and `local` name the endpoints that are used; `drop`: there are some, but none on this node; `reject`:
 * there are none at all.
 */
export type Disposition = 'cluster' | 'local' | 'drop' | 'reject';

export interface Admission {
  readonly ranges: readonly Subnet[];
  /** The node itself is within the ranges, so what it sends to a balancer's address from that address passes too. */
  readonly nodeIncluded: boolean;
}

/** Where the decisions are made: a node, in one address family. */
export interface NodeViewpoint extends Viewpoint {
  readonly family: Family;
  /** The node's address as kube-proxy knows it: a loopback address where it has none in this family. */
  readonly nodeAddress: Address;
}

/**
 * Decides for every service port that has a cluster address in the family, in the order of `namespace/name:port` and
 * then the protocol, bytewise.
 */
export function decide(cluster: Cluster, viewpoint: NodeViewpoint): Decision[] {
  const decisions: Decision[] = [];
  for (const service of cluster.services) {
    if (service.unproxied !== null) continue;
    if (service.labelledHeadless && viewpoint.release.sharedSelector) continue;
    const clusterAddress = service.clusterAddresses.find((address) => familyOf(address) === viewpoint.family);
    if (clusterAddress === undefined) continue;
    const endpoints = cluster.endpoints.get(serviceKey(service));
    for (const port of service.ports) {
      decisions.push(
        decidePort(service, port, clusterAddress, endpoints?.get(portKey(port)) ?? [], viewpoint),
      );
    }
  }
  return decisions.sort(byNameAndProtocol);
}

function byNameAndProtocol(left: Decision, right: Decision): number {
  if (left.name !== right.name) return left.name < right.name ? -1 : 1;
  return left.protocol < right.protocol ? -1 : left.protocol > right.protocol ? 1 : 0;
}

function decidePort(
  service: Service,
  port: ServicePort,
  clusterAddress: Address,
  endpoints: readonly Endpoint[],
  viewpoint: NodeViewpoint,
): Decision {
  const entries = entriesOf(service, port, viewpoint);
  const isExposed =
    entries.nodePort !== null ||
    entries.balancerAddresses.length > 0 ||
    service.externalAddresses.some((address) => familyOf(address) === viewpoint.family);
  const internalLocal = service.internalTrafficPolicy === 'Local';
  const externalLocal =
    service.externalTrafficPolicy === 'Local' &&
    (service.type !== 'ClusterIP' || viewpoint.release.externalPolicyOfClusterIP);
  const candidates = withoutDuplicates(seenBy(endpoints, viewpoint), viewpoint);
  const choice = chooseEndpoints(
    candidates,
    {
      usesCluster: !internalLocal || isExposed,
      usesLocal: internalLocal || (externalLocal && isExposed),
      hintsAllowed: hintsAllowed(service, viewpoint.release),
    },
    viewpoint,
  );
  const disposition = (local: boolean): Disposition => {
    if (!choice.any) return 'reject';
    if (!local) return 'cluster';
    return choice.local.length > 0 ? 'local' : 'drop';
  };
  return {
    service,
    servicePort: port,
    name: `${service.namespace}/${service.name}${port.name === '' ? '' : `:${port.name}`}`,
    protocol: port.protocol,
    clusterAddress,
    ...entries,
    exposed: isExposed,
    affinitySeconds: service.affinitySeconds,
    clusterEndpoints: choice.cluster,
    localEndpoints: choice.local,
    reachableEndpoints: choice.reachable,
    endpointCount: candidates.length,
    internal: disposition(internalLocal),
    external: disposition(externalLocal),
    served: choice.any,
    admitted: entries.balancerAddresses.length > 0 ? admission(service, viewpoint) : null,
  };
}

function entriesOf(
  service: Service,
  port: ServicePort,
  { family, release }: NodeViewpoint,
): Pick<Decision, 'externalAddresses' | 'balancerAddresses' | 'nodePort' | 'healthCheckNodePort'> {
  const balancerAddresses: Address[] = [];
  for (const { address, mode } of service.loadBalancer) {
    if (address !== null && familyOf(address) === family && (mode === 'VIP' || !release.honoursIpMode)) {
      balancerAddresses.push(address);
    }
  }
  return {
    externalAddresses: service.externalAddresses.filter(
      (address) => release.externalAddresses && familyOf(address) === family,
    ),
    balancerAddresses,
    nodePort: port.nodePort,
    healthCheckNodePort: service.healthCheckNodePort,
  };
}

function admission(service: Service, viewpoint: NodeViewpoint): Admission | null {
  const { family, release } = viewpoint;
  const ranges = service.sourceRanges.filter((range) => familyOf(range.address) === family);
  if (ranges.length === 0 || (release.dropsTotalRange && ranges.some(isEverything))) return null;
  return {
    ranges,
    nodeIncluded: ranges.some((range) => contains(range, viewpoint.nodeAddress)),
  };
}

/** Those of the family that kube-proxy watches. Most often that is all of them, so the list is rarely copied. */
function seenBy(endpoints: readonly Endpoint[], { family, release }: NodeViewpoint): readonly Endpoint[] {
  const isSeen = ({ address, ofOtherProxy }: Endpoint) =>
    familyOf(address) === family && !(ofOtherProxy && release.sharedSelector);
  return endpoints.every(isSeen) ? endpoints : endpoints.filter(isSeen);
}
