/** How a release of the API server judges, as far as releases differ for what is read here (feature gates at their defaults). */
export interface ApiRelease {
  /** The name of a Service may begin with a digit (gate RelaxedServiceNameValidation). */
  readonly relaxedServiceNames: boolean;
  /** Addresses and prefixes must be spelled as others read them, too (gate StrictIPCIDRValidation). */
  readonly strictAddresses: boolean;
  /** Values of `trafficDistribution`; none: the field is dropped unread. */
  readonly trafficDistributions: readonly string[];
  /** Slices name nodes in their hints (`forNodes`); else the field is passed over. */
  readonly nodeHints: boolean;
  /** A load balancer may not have kubelet's port. */
  readonly refusesKubeletPort: boolean;
}

const changes: readonly (readonly [minor: number, change: Partial<ApiRelease>])[] = [
  [31, { trafficDistributions: ['PreferClose'] }],
  [33, { refusesKubeletPort: false }],
  [34, { nodeHints: true, trafficDistributions: ['PreferClose', 'PreferSameZone', 'PreferSameNode'] }],
  [36, { relaxedServiceNames: true, strictAddresses: true }],
];

const first: ApiRelease = {
  relaxedServiceNames: false,
  strictAddresses: false,
  trafficDistributions: [],
  nodeHints: false,
  refusesKubeletPort: true,
};

/** The API server of a release of Kubernetes, such as `1.30` or `v1.36.3`; where none is named, the newest. */
export function apiRelease(version: string | undefined): ApiRelease {
  const minor = Number(/^v?1\.(\d+)/.exec(version ?? '')?.[1] ?? Number.POSITIVE_INFINITY);
  const release = { ...first };
  for (const [since, change] of changes) if (minor >= since) Object.assign(release, change);
  return release;
}
