import type { Address } from '../address/address.ts';
import type { Subnet } from '../address/subnet.ts';

/** What of a KubeProxyConfiguration bears on the rules, with kube-proxy's defaults filled in. */
export interface ProxyConfig {
  readonly hostnameOverride: string | null;
  /** The node's address, where it is set and no wildcard. */
  readonly bindAddress: Address | null;
  readonly clusterPrefixes: readonly Subnet[];
  readonly localDetection: LocalDetection;
  readonly masqueradeAll: boolean;
  /** Bit number, 0 to 31. */
  readonly masqueradeBit: number;
  readonly localhostNodePorts: boolean;
  readonly nodePortPrefixes: readonly Subnet[];
  /** `nodePortAddresses: [primary]`. */
  readonly nodePortPrimary: boolean;
  readonly tcpBeLiberal: boolean;
}

/** How kube-proxy tells that a packet comes from a pod (of the cluster, or of this node). */
export type LocalDetection =
  | { readonly mode: 'ClusterCIDR' }
  | { readonly mode: 'NodeCIDR' }
  | { readonly mode: 'BridgeInterface'; readonly name: string }
  | { readonly mode: 'InterfaceNamePrefix'; readonly prefix: string };

export const defaultProxyConfig: ProxyConfig = {
  hostnameOverride: null,
  bindAddress: null,
  clusterPrefixes: [],
  localDetection: { mode: 'ClusterCIDR' },
  masqueradeAll: false,
  masqueradeBit: 14,
  localhostNodePorts: true,
  nodePortPrefixes: [],
  nodePortPrimary: false,
  tcpBeLiberal: false,
};
