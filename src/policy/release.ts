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
  /** INVALID packets that are dropped are counted by an nfacct object, where the node has it. */
  readonly countsInvalid: boolean;
  /** So are packets to node ports on localhost. */
  readonly countsLocalhostNodePorts: boolean;
  /** Hints for nodes come before hints for zones (gate PreferSameTrafficDistribution). */
  readonly nodeHints: boolean;
}

/**
 * What makes kube-proxy follow topology hints: the annotation `service.kubernetes.io/topology-aware-hints` with the
 * value Auto; this one or `service.kubernetes.io/topology-mode` with any value but Disabled; or the hints alone (gate
 * ServiceTrafficDistribution).
 */
export type TopologyAnnotation = 'hints-auto' | 'hints-or-mode' | 'not-needed';

/** The first release that is known, and what each later one changed, from kube-proxy's source. */
const firstRelease: Release = {
  terminatingFallback: false,
  localhostNodePortsOption: false,
  ownsFirewallChain: false,
  firewallChainEndsWithComment: false,
  topologyAnnotation: 'hints-auto',
  honoursTcpBeLiberal: false,
  honoursIpMode: false,
  countsInvalid: false,
  countsLocalhostNodePorts: false,
  nodeHints: false,
};

const changes: readonly (readonly [version: string, change: Partial<Release>])[] = [
  ['1.25', {}],
  ['1.26', { terminatingFallback: true, localhostNodePortsOption: true }],
  [
    '1.27',
    { ownsFirewallChain: true, firewallChainEndsWithComment: true, topologyAnnotation: 'hints-or-mode' },
  ],
  ['1.28', {}],
  ['1.29', { honoursTcpBeLiberal: true }],
  ['1.30', { honoursIpMode: true }],
  ['1.31', { countsInvalid: true, topologyAnnotation: 'not-needed' }],
  ['1.32', { countsLocalhostNodePorts: true }],
  ['1.33', {}],
  ['1.34', { nodeHints: true }],
];

/** Every release that is known, by `major.minor`, oldest first. */
export const releases: ReadonlyMap<string, Release> = new Map(
  changes.map(([version], index) => {
    const upToHere = changes.slice(0, index + 1).map(([, change]) => change);
    return [version, Object.assign({}, firstRelease, ...upToHere) as Release];
  }),
);

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
};

/** A release with gates switched by the configuration; gates that do not bear on the rules are passed over. */
export function withGates(release: Release, switched: Readonly<Record<string, boolean>>): Release {
  const changes = Object.entries(switched).map(([gate, isOn]) =>
    Object.hasOwn(gates, gate) ? gates[gate]?.(isOn) : {},
  );
  return Object.assign({}, release, ...changes) as Release;
}
