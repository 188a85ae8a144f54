import { type Family, familyOf } from '../../address/address.ts';
import type { Subnet } from '../../address/subnet.ts';
import type { LocalDetection, ProxyConfig } from '../../kube/cluster/config.ts';
import type { ClusterNode } from '../../kube/cluster/model.ts';

/** How a node tells packets of pods from others. */
export type PodDetection =
  | { readonly by: 'source'; readonly prefix: Subnet }
  /** An interface, or `veth+` for all whose names begin so. */
  | { readonly by: 'interface'; readonly interface: string };

/** Null where nothing is configured to tell them by: then nothing is taken for a pod's packet. */
export function detectPods(config: ProxyConfig, node: ClusterNode, family: Family): PodDetection | null {
  const bySource = (prefixes: readonly Subnet[]): PodDetection | null => {
    const prefix = prefixes.find(({ address }) => familyOf(address) === family);
    return prefix ? { by: 'source', prefix } : null;
  };
  const detection: LocalDetection = config.localDetection;
  switch (detection.mode) {
    case 'ClusterCIDR':
      return bySource(config.clusterPrefixes);
    case 'NodeCIDR':
      return bySource(node.podPrefixes);
    case 'BridgeInterface':
      return { by: 'interface', interface: detection.name };
    case 'InterfaceNamePrefix':
      return { by: 'interface', interface: `${detection.prefix}+` };
  }
}
