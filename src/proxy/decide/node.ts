import { type Address, type Family, familyOf } from '../../address/address.ts';
import type { Subnet } from '../../address/subnet.ts';
import type { ProxyConfig } from '../../kube/cluster/config.ts';
import type { Cluster, ClusterNode } from '../../kube/cluster/model.ts';
import { type Decision, decide, type NodeViewpoint } from './decide.ts';
import { withGates } from './gates.ts';
import { decideNodePorts, type NodePortDecision } from './node-ports.ts';
import { detectPods, type PodDetection } from './pods.ts';
import type { Release } from './release.ts';

/** All that is decided about one node, in one address family. */
export interface NodeDecisions {
  readonly family: Family;
  readonly release: Release;
  readonly config: ProxyConfig;
  readonly servicePorts: readonly Decision[];
  readonly nodePorts: NodePortDecision;
  /** Null where pods' packets cannot be told from others. */
  readonly pods: PodDetection | null;
  readonly nodeName: string;
  /** Of ServiceCIDR objects, in this family, where the release heeds them. */
  readonly serviceCidrs: readonly Subnet[];
}

/** What kube-proxy takes for the node's address before it knows one (detectNodeIPs in its server.go). */
const localhost: Readonly<Record<Family, Address>> = { ipv4: 0x7f000001, ipv6: 1n };

const zoneLabel = 'topology.kubernetes.io/zone';

/**
 * Decides what kube-proxy of a release, so configured, does on a node: per service port, which endpoints get its packets,
 * and what is masqueraded, dropped or rejected (kube-proxy's `pkg/proxy/topology.go` and `pkg/proxy/iptables/proxier.go`).
 */
export function decideNode(
  cluster: Cluster,
  node: ClusterNode,
  config: ProxyConfig,
  release: Release,
  family: Family,
): NodeDecisions {
  const primary = addressOf(node, config, family);
  const viewpoint = viewpointOf(node, config, release, family);
  return {
    family,
    release: viewpoint.release,
    config,
    servicePorts: decide(cluster, viewpoint),
    nodePorts: decideNodePorts(config, viewpoint.release, family, addressesOf(node), primary),
    pods: detectPods(config, node, family),
    nodeName: node.name,
    serviceCidrs: viewpoint.release.nftables?.serviceCidrs
      ? (cluster.serviceCidrs ?? []).filter(({ address }) => familyOf(address) === family)
      : [],
  };
}

/** What a node is to the decisions about services. */
export function viewpointOf(
  node: ClusterNode,
  config: ProxyConfig,
  release: Release,
  family: Family,
): NodeViewpoint {
  return {
    family,
    release: withGates(release, config.featureGates),
    nodeAddress: addressOf(node, config, family) ?? localhost[family],
    nodeName: node.name,
    zone: node.labels[zoneLabel] || null,
  };
}

function addressesOf(node: ClusterNode): readonly Address[] {
  return [...node.internalAddresses, ...node.externalAddresses];
}

/** kube-proxy takes its bind address, else the node's first internal address, else the first external one. */
function addressOf(node: ClusterNode, config: ProxyConfig, family: Family): Address | null {
  const isOfFamily = (address: Address) => familyOf(address) === family;
  if (config.bindAddress !== null && isOfFamily(config.bindAddress)) return config.bindAddress;
  return addressesOf(node).find(isOfFamily) ?? null;
}
