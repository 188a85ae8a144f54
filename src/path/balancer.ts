import { type Address, familyOf } from '../address/address.ts';
import { contains, type Subnet } from '../address/subnet.ts';
import {
  type ClusterNode,
  type Endpoint,
  type LoadBalancerIngress,
  portKey,
  type Service,
  type ServicePort,
  serviceKey,
} from '../kube/cluster/model.ts';
import { type Fraction, fraction } from '../sets/fraction.ts';
import type { BalancerHop, Flow } from './connection.ts';
import type { LostReason } from './lost.ts';
import type { Scene } from './scene.ts';

/** A node to which a balancer sends, with its share of the connections. */
export interface Share {
  readonly hop: BalancerHop;
  readonly weight: Fraction;
}

/** Nodes with this label are left out by the controllers of cloud balancers. */
const excludedLabel = 'node.kubernetes.io/exclude-from-external-load-balancers';

/** How a load balancer spreads a connection over the nodes; or why it gets no further. */
export function balance(scene: Scene, key: string, flow: Flow): readonly Share[] | LostReason {
  const service = scene.cluster.services.find((candidate) => serviceKey(candidate) === key) as Service;
  const port = service.ports.find((candidate) => candidate.port === flow.destinationPort);
  if (!port) return { code: 'not-a-balancer-port', service: key, port: flow.destinationPort };
  const mode = modeOf(service.loadBalancer, flow.destination);
  const portions = spread(scene, service, port);
  const why = refusal(scene, service, port, mode, flow, portions);
  if (why !== null) return why;
  return portions.map(({ node, alike, weight }): Share => {
    const after = mode === 'VIP' ? flow : proxied(scene, flow, node, port);
    return { hop: { kind: 'balancer', service: key, mode, before: flow, after, node, alike }, weight };
  });
}

/** A node with its share of what a balancer takes. */
export interface Portion {
  readonly node: string;
  /** How many more nodes it stands for. */
  readonly alike: number;
  /** Of all these nodes together. */
  readonly weight: Fraction;
}

/** How a balancer spreads connections over the nodes, healthy ones and such as it has not noticed yet: evenly. */
export function spread(scene: Scene, service: Service, port: ServicePort): Portion[] {
  const nodes = healthyNodes(scene, service, port);
  const total = nodes.length + scene.stale.length;
  const groups = alikeNodes(scene, service, port, nodes).map((group) => group.map(({ name }) => name));
  return [...groups, ...scene.stale.map((node) => [node])].map((group) => ({
    node: group[0] as string,
    alike: group.length - 1,
    weight: fraction(group.length, total),
  }));
}

function modeOf(ingress: readonly LoadBalancerIngress[], address: Address): 'VIP' | 'Proxy' {
  return ingress.find((candidate) => candidate.address === address)?.mode ?? 'VIP';
}

function refusal(
  { network }: Scene,
  service: Service,
  port: ServicePort,
  mode: 'VIP' | 'Proxy',
  { source }: Flow,
  portions: readonly Portion[],
): LostReason | null {
  const ranges = service.sourceRanges.filter((range) => familyOf(range.address) === network.family);
  if (mode === 'Proxy' && ranges.length > 0 && !ranges.some((range) => contains(range, source))) {
    return { code: 'source-not-admitted', ranges, source };
  }
  if (mode === 'Proxy' && port.nodePort === null) return { code: 'balancer-without-node-port' };
  if (portions.length > 0) return null;
  return { code: service.externalTrafficPolicy === 'Local' ? 'no-healthy-node' : 'no-node' };
}

function proxied({ network }: Scene, flow: Flow, node: string, { nodePort }: ServicePort): Flow {
  const destination = network.addressOf(node) ?? flow.destination;
  return {
    protocol: flow.protocol,
    source: flow.destination,
    sourcePort: null,
    destination,
    destinationPort: nodePort ?? flow.destinationPort,
  };
}

/**
 * With policy Local only nodes with a ready endpoint answer the health check; else all nodes do. Where the endpoints are not
 * known, each may be asked, and what it does is not known.
 */
export function healthyNodes(
  { cluster, network }: Scene,
  service: Service,
  port: ServicePort,
): ClusterNode[] {
  const nodes = cluster.nodes.filter(
    ({ name, labels }) => !Object.hasOwn(labels, excludedLabel) && network.addressOf(name) !== null,
  );
  if (service.externalTrafficPolicy === 'Cluster' || service.endpointsUnknown) return nodes;
  const ready = endpointsOf(cluster, service, port).filter((endpoint) => endpoint.ready);
  const holders = new Set(ready.map(({ node }) => node));
  return nodes.filter(({ name }) => holders.has(name));
}

export function endpointsOf(
  cluster: Scene['cluster'],
  service: Service,
  port: ServicePort,
): readonly Endpoint[] {
  return cluster.endpoints.get(serviceKey(service))?.get(portKey(port)) ?? [];
}

/** Nodes that differ in nothing but their address, together. Those that endpoints or hints name are by themselves. */
export function alikeNodes(
  scene: Scene,
  service: Service,
  port: ServicePort,
  nodes: readonly ClusterNode[],
  few = fewNodes,
): ClusterNode[][] {
  const endpoints = endpointsOf(scene.cluster, service, port);
  const named = new Set([
    ...scene.dead,
    ...endpoints.flatMap(({ node, nodeHints }) => [node ?? '', ...nodeHints]),
  ]);
  const groups = new Map<string, ClusterNode[]>();
  for (const node of nodes) {
    const isOwn = named.has(node.name) || nodes.length <= few;
    const key = isOwn ? `node ${node.name}` : traitsOf(scene, service, node);
    const group = groups.get(key);
    if (group) group.push(node);
    else groups.set(key, [node]);
  }
  return [...groups.values()];
}

/** All by which rules can tell nodes without endpoints from each other. */
function traitsOf({ config }: Scene, service: Service, node: ClusterNode): string {
  const addresses = [...node.internalAddresses, ...node.externalAddresses];
  const within = (prefix: Subnet) => addresses.map((address) => contains(prefix, address));
  const claimed = [...service.externalAddresses, ...service.loadBalancer.map(({ address }) => address)];
  return JSON.stringify([
    node.labels['topology.kubernetes.io/zone'],
    node.podPrefixes.map(({ address }) => familyOf(address)),
    [...config.nodePortAddresses.filter((one) => typeof one !== 'string'), ...service.sourceRanges].map(
      within,
    ),
    addresses.map((address) => claimed.includes(address)),
  ]);
}

/** So many nodes are shown one by one. */
const fewNodes = 8;
