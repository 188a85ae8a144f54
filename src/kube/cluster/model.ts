import type { Address, Family } from '../../address/address.ts';
import type { Subnet } from '../../address/subnet.ts';
import type { Filled } from './filled.ts';

/**
 * A cluster as far as service traffic goes: what the API server would hold, all defaults filled in and everything
 * allocated. Both address families stand side by side; whoever asks for one filters.
 */
export interface Cluster {
  /** In the order of their names, bytewise. */
  readonly nodes: readonly ClusterNode[];
  /** In the order of `namespace/name`, bytewise. */
  readonly services: readonly Service[];
  /** By `serviceKey`. A service without an entry has no endpoints. */
  readonly endpoints: ReadonlyMap<string, ServiceEndpoints>;
  /** Of ServiceCIDR objects: from where cluster addresses are allocated. Absent where there are none. */
  readonly serviceCidrs?: readonly Subnet[];
  /** Ports of nodes that pods ask for. Absent where none does. */
  readonly hostPorts?: readonly HostPort[];
  /** What the objects left open and was filled in, in the order of the objects' names. */
  readonly assumptions: readonly FilledIn[];
}

/** A port of the nodes on which a pod runs, that leads to it: by `hostPort`, or since it shares the node's network. */
export interface HostPort {
  /** `DaemonSet ingress/controller`. */
  readonly owner: string;
  /** Where the pod runs; null: on any node. */
  readonly node: string | null;
  readonly protocol: Protocol;
  readonly port: number;
}

/** Something that was filled in, to be said to the user: `sayFilled` says it. */
export interface FilledIn {
  /** `Service default/web`. */
  readonly subject: string;
  /** What it is and how it came about. */
  readonly filled: Filled;
}

/** A node, as far as service traffic asks for it. */
export interface ClusterNode {
  readonly name: string;
  /** `status.addresses` of type InternalIP, in their order. */
  readonly internalAddresses: readonly Address[];
  readonly externalAddresses: readonly Address[];
  /** `spec.podCIDRs`, or `spec.podCIDR`. */
  readonly podPrefixes: readonly Subnet[];
  readonly labels: Readonly<Record<string, string>>;
  /** It stands in where no Node is given. */
  readonly madeUp?: true;
}

/** `spec.type` of a Service. */
export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
/** `spec.ipFamilyPolicy` of a Service. */
export type FamilyPolicy = 'SingleStack' | 'PreferDualStack' | 'RequireDualStack';
/** The transport protocols of service ports, as Kubernetes spells them. */
export type Protocol = 'TCP' | 'UDP' | 'SCTP';
/** As IP headers have them. */
export const numberOfProtocol: Readonly<Record<Protocol, number>> = { TCP: 6, UDP: 17, SCTP: 132 };
/** `Local`: only endpoints on the node that the packet came to. */
export type TrafficPolicy = 'Cluster' | 'Local';

/**
 * A Service with the defaults of the API server, its addresses and its node ports. Addresses are of both families, in
 * the order of the manifest.
 */
export interface Service {
  readonly namespace: string;
  readonly name: string;
  readonly type: ServiceType;
  /** `spec.externalName` of type ExternalName. */
  readonly externalName: string | null;
  /** Empty for headless services and for ExternalName. */
  readonly clusterAddresses: readonly Address[];
  /** `spec.ipFamilies`, the first first; empty for ExternalName. */
  readonly families: readonly Family[];
  /** `spec.ipFamilyPolicy`; null for ExternalName. */
  readonly familyPolicy: FamilyPolicy | null;
  /** `spec.externalIPs`. */
  readonly externalAddresses: readonly Address[];
  readonly loadBalancer: readonly LoadBalancerIngress[];
  /** `spec.loadBalancerSourceRanges`. */
  readonly sourceRanges: readonly Subnet[];
  readonly externalTrafficPolicy: TrafficPolicy;
  readonly internalTrafficPolicy: TrafficPolicy;
  /** Seconds for which a client sticks to an endpoint; null without session affinity. */
  readonly affinitySeconds: number | null;
  readonly healthCheckNodePort: number | null;
  /** `service.kubernetes.io/topology-aware-hints` and `service.kubernetes.io/topology-mode`, where they are set. */
  readonly topologyAnnotations: { readonly hints?: string; readonly mode?: string };
  readonly trafficDistribution: string | null;
  /** Set where kube-proxy passes the service over, and why: `other-proxy` is the label service-proxy-name. */
  readonly unproxied: 'headless' | 'external-name' | 'other-proxy' | null;
  /** It has the label `service.kubernetes.io/headless`, which hides it from kube-proxy before 1.36. */
  readonly labelledHeadless?: true;
  readonly ports: readonly ServicePort[];
  /** Something that was given may hold endpoints, and was not understood: those that are known are not all. */
  readonly endpointsUnknown?: true;
}

/** An entry of `status.loadBalancer.ingress`. */
export interface LoadBalancerIngress {
  /** Null where only a host name is given. */
  readonly address: Address | null;
  readonly hostname: string | null;
  /** VIP: the balancer keeps the packet's destination. Proxy: it sends to the node or the pod itself. */
  readonly mode: 'VIP' | 'Proxy';
}

/** A port of a Service. Ports are numbers from 1 to 65535; `nodePort` is null where there is none. */
export interface ServicePort {
  /** Empty where the port has no name. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
  readonly nodePort: number | null;
  /** A number, or the name of a container's port. */
  readonly targetPort: number | string;
}

/**
 * The endpoints of each port of a service, by `portKey`; sorted by `address:port`, bytewise. One that several slices hold
 * stands there several times, in the order of the slices, because which of them counts depends on the node.
 */
export type ServiceEndpoints = ReadonlyMap<string, readonly Endpoint[]>;

/**
 * An address and a port behind a service port, with its conditions as EndpointSlices have them (discovery.k8s.io/v1):
 * one that is terminating is not ready, and may yet serve.
 */
export interface Endpoint {
  readonly address: Address;
  readonly port: number;
  /** The node on which it runs; null where that is not known, and then it is local to none. */
  readonly node: string | null;
  /** A table names it, and not where it runs: it may be anywhere in the cluster. */
  readonly unplaced?: true;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  /** Zones for which topology hints mean it. */
  readonly zoneHints: readonly string[];
  /** Nodes for which topology hints mean it. */
  readonly nodeHints: readonly string[];
  /** Its slice has the label service-proxy-name, which hides it from kube-proxy before 1.36. */
  readonly ofOtherProxy?: true;
}

/** `namespace/name`, by which a cluster's endpoints are found. */
export function serviceKey(service: { readonly namespace: string; readonly name: string }): string {
  return `${service.namespace}/${service.name}`;
}

/** `name/protocol`, such as `http/TCP` or `/TCP`, by which the endpoints of a service port are found. */
export function portKey(port: { readonly name: string; readonly protocol: Protocol }): string {
  return `${port.name}/${port.protocol}`;
}
