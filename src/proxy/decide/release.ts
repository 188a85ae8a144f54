/** How a release of kube-proxy decides and writes, as far as releases differ. */
export interface Release {
  /** Serving endpoints that terminate take over where no ready ones are left (gate ProxyTerminatingEndpoints). */
  readonly terminatingFallback: boolean;
  /** `iptables.localhostNodePorts` is known, and node ports on IPv6's loopback address are excluded. */
  readonly localhostNodePortsOption: boolean;
  /** kube-proxy makes KUBE-FIREWALL itself; before, it was kubelet's alone. */
  readonly ownsFirewallChain: boolean;
  /** A KUBE-FW chain ends with a rule without target, whose comment says what becomes of other traffic. */
  readonly firewallChainEndsWithComment: boolean;
  readonly topologyAnnotation: TopologyAnnotation;
  /** KUBE-FORWARD lets INVALID packets pass where nf_conntrack_tcp_be_liberal is set. */
  readonly honoursTcpBeLiberal: boolean;
  /** Load balancer addresses with `ipMode: Proxy` are left to the balancer (gate LoadBalancerIPMode). */
  readonly honoursIpMode: boolean;
  /** `externalTrafficPolicy` counts for a ClusterIP service with external addresses, too. */
  readonly externalPolicyOfClusterIP: boolean;
  /** `nodePortAddresses` may be `primary`. */
  readonly knowsPrimary: boolean;
  /** INVALID packets that are dropped, and those to node ports on localhost, are counted by nfacct objects of the node. */
  readonly countsPackets: boolean;
  /** Hints for zones are followed (gate TopologyAwareHints). */
  readonly zoneHints: boolean;
  /** Hints for nodes come before hints for zones (gate PreferSameTrafficDistribution). */
  readonly nodeHints: boolean;
  readonly repeatedEndpoint: RepeatedEndpoint;
  /** Services and EndpointSlices are watched by one selector, so that a label meant for one of them hides the other. */
  readonly sharedSelector: boolean;
  /** A range of all addresses among the source ranges of a balancer admits everybody, as if there were no ranges. */
  readonly dropsTotalRange: boolean;
}

/**
 * What makes kube-proxy follow topology hints: the annotation `service.kubernetes.io/topology-aware-hints` with the
 * value Auto; this one or `service.kubernetes.io/topology-mode` with any value but Disabled; or the hints alone (gate
 * ServiceTrafficDistribution).
 */
export type TopologyAnnotation = 'hints-auto' | 'hints-or-mode' | 'not-needed';

/**
 * Which one counts of several endpoints with one address and port: the first, unless a later one is on this node; or the
 * first, unless a later one does not terminate (a pod that got the address of one that is not quite gone).
 */
export type RepeatedEndpoint = 'local' | 'running';

/** The first release that is known, and what each later one changed, from kube-proxy's source. */
const firstRelease: Release = {
  terminatingFallback: false,
  localhostNodePortsOption: false,
  ownsFirewallChain: false,
  firewallChainEndsWithComment: false,
  topologyAnnotation: 'hints-auto',
  honoursTcpBeLiberal: false,
  honoursIpMode: false,
  externalPolicyOfClusterIP: false,
  knowsPrimary: false,
  countsPackets: false,
  zoneHints: true,
  nodeHints: false,
  repeatedEndpoint: 'local',
  sharedSelector: true,
  dropsTotalRange: false,
};

const changes: readonly (readonly [version: string, change: Partial<Release>])[] = [
  ['1.25', {}],
  ['1.26', { terminatingFallback: true, localhostNodePortsOption: true }],
  [
    '1.27',
    { ownsFirewallChain: true, firewallChainEndsWithComment: true, topologyAnnotation: 'hints-or-mode' },
  ],
  ['1.28', {}],
  ['1.29', { honoursTcpBeLiberal: true, externalPolicyOfClusterIP: true }],
  ['1.30', { honoursIpMode: true }],
  ['1.31', { countsPackets: true, knowsPrimary: true, topologyAnnotation: 'not-needed' }],
  ['1.32', {}],
  ['1.33', {}],
  ['1.34', { nodeHints: true, dropsTotalRange: true }],
  ['1.35', {}],
  ['1.36', { repeatedEndpoint: 'running', sharedSelector: false }],
  ['1.37', {}],
];

/** Every release that is known, by `major.minor`, oldest first. */
export const releases: ReadonlyMap<string, Release> = new Map(
  changes.map(([version], index) => {
    const upToHere = changes.slice(0, index + 1).map(([, change]) => change);
    return [version, Object.assign({}, firstRelease, ...upToHere) as Release];
  }),
);

/** The release of kube-proxy whose rules are compiled where nobody names one. */
export const defaultRelease = '1.30';

/** Finds `1.29`, `v1.29` or `v1.29.4`; undefined where the release is not known. */
export function findRelease(version: string): Release | undefined {
  const name = /^v?(\d+\.\d+)(?:\.\d+)?$/.exec(version)?.[1];
  return name === undefined ? undefined : releases.get(name);
}

/** The feature gates of kube-proxy that bear on the rules. */
const gates: Readonly<Record<string, (isOn: boolean) => Partial<Release>>> = {
  LoadBalancerIPMode: (isOn) => ({ honoursIpMode: isOn }),
  PreferSameTrafficDistribution: (isOn) => ({ nodeHints: isOn }),
  ProxyTerminatingEndpoints: (isOn) => ({ terminatingFallback: isOn }),
  ServiceTrafficDistribution: (isOn) => ({ topologyAnnotation: isOn ? 'not-needed' : 'hints-or-mode' }),
  TopologyAwareHints: (isOn) => ({ zoneHints: isOn }),
};

/** A release with gates switched by the configuration; gates that do not bear on the rules are passed over. */
export function withGates(release: Release, switched: Readonly<Record<string, boolean>>): Release {
  const changes = Object.entries(switched).map(([gate, isOn]) =>
    Object.hasOwn(gates, gate) ? gates[gate]?.(isOn) : {},
  );
  return Object.assign({}, release, ...changes) as Release;
}
