import { expect, test } from 'vitest';
import { gateRefusal, withGates } from '../../src/proxy/decide/gates.ts';
import {
  defaultRelease,
  findRelease,
  fullVersion,
  patchesThatMatter,
  type Release,
  releases,
} from '../../src/proxy/decide/release.ts';

test('a release is found by its name, its tag and its patch release', () => {
  for (const name of releases.keys()) {
    expect(findRelease(name)).toBeDefined();
    expect(findRelease(`v${name}`)).toBe(findRelease(name));
    expect(findRelease(fullVersion(name))).toBe(findRelease(name));
    expect(findRelease(`v${name}.99`)).toBe(findRelease(name));
  }
});

test.each(['1.24', '2.30', '1', '1.30.x', '', 'latest', '1.300', 'x1.30', '1.30.4-rc.1'])(
  '%j is not known',
  (name) => {
    expect(findRelease(name)).toBeUndefined();
  },
);

test('the default is known', () => {
  expect(releases.has(defaultRelease)).toBe(true);
});

// The gates' names are kube-proxy's (pkg/features/kube_features.go); what each switches is in the docstrings of Release.
test.each<[string, boolean, Partial<Release>]>([
  ['LoadBalancerIPMode', true, { honoursIpMode: true }],
  ['LoadBalancerIPMode', false, { honoursIpMode: false }],
  ['PreferSameTrafficDistribution', true, { nodeHints: true }],
  ['PreferSameTrafficDistribution', false, { nodeHints: false }],
  ['ProxyTerminatingEndpoints', true, { terminatingFallback: true }],
  ['ProxyTerminatingEndpoints', false, { terminatingFallback: false }],
  ['ServiceTrafficDistribution', true, { topologyAnnotation: 'not-needed' }],
  ['ServiceTrafficDistribution', false, { topologyAnnotation: 'hints-or-mode' }],
  ['ContextualLogging', true, {}],
  ['toString', true, {}],
])('%s=%j', (gate, isOn, change) => {
  for (const release of releases.values()) {
    expect(withGates(release, { [gate]: isOn })).toEqual({ ...release, ...change });
  }
});

// From kube-proxy's change logs and its source at each release.
test.each<[keyof Release, string]>([
  ['terminatingFallback', '1.26'],
  ['localhostNodePortsOption', '1.26'],
  ['ownsFirewallChain', '1.27'],
  ['firewallChainEndsWithComment', '1.27'],
  ['honoursTcpBeLiberal', '1.29'],
  ['honoursIpMode', '1.30'],
  ['externalPolicyOfClusterIP', '1.29'],
  ['countsPackets', '1.31'],
  ['dropsTotalRange', '1.34'],
  ['alwaysRandomFully', '1.37'],
  ['nodeHints', '1.34'],
])('%s since %s', (what, since) => {
  const having = [...releases].filter(([, release]) => release[what] === true).map(([name]) => name);
  expect(having).toEqual([...releases.keys()].filter((name) => name >= since));
});

// From kube-proxy's source at each of these patches (pkg/proxy/nftables/proxier.go, pkg/proxy/util/localdetector.go).
test.each([
  ['1.33.5', 'before-dnat', 'index', 'port'],
  ['1.33.6', 'around-dnat', 'name', 'port'],
  ['1.34.1', 'around-dnat', 'index', 'address'],
  ['1.34.2', 'around-dnat', 'name', 'address'],
  ['1.32', 'before-dnat', 'index', 'port'],
  ['1.33', 'around-dnat', 'name', 'port'],
  ['1.35.0', 'around-dnat', 'name', 'address'],
  ['1.36.0', 'around-dnat', 'name', 'set'],
])('tables of %s', (version, baseChains, interfaceBy, clusterMasquerade) => {
  expect(findRelease(version)?.nftables).toMatchObject({ baseChains, interfaceBy, clusterMasquerade });
});

test('every patch that changed the rules is told', () => {
  expect(patchesThatMatter).toEqual(['1.33.6', '1.34.2']);
});

// As the lists of features of each release have them (pkg/features/kube_features.go).
test.each([
  [
    '1.36',
    { KubeProxyNFTablesLocalhostNodePorts: true },
    'unrecognized feature gate: KubeProxyNFTablesLocalhostNodePorts',
  ],
  ['1.37', { KubeProxyNFTablesLocalhostNodePorts: true }, null],
  [
    '1.32',
    { PreferSameTrafficDistribution: false },
    'unrecognized feature gate: PreferSameTrafficDistribution',
  ],
  ['1.34', { PreferSameTrafficDistribution: false }, null],
  [
    '1.35',
    { PreferSameTrafficDistribution: false },
    'cannot set feature gate PreferSameTrafficDistribution to false, feature is locked to true',
  ],
  ['1.36', { TopologyAwareHints: true }, 'unrecognized feature gate: TopologyAwareHints'],
  ['1.30', { ContextualLogging: true, toString: false }, null],
])('%s started with %j', (minor, switched, refusal) => {
  expect(gateRefusal(minor, switched as Record<string, boolean>)).toBe(refusal);
});

test.each<[string, string, string | null]>([
  ['1.37', 'TopologyAwareHint', 'unrecognized feature gate: TopologyAwareHint'],
  ['1.33', 'topologyawarehints', 'unrecognized feature gate: topologyawarehints'],
  // Another gate, and no misspelling.
  ['1.33', 'MultiCIDRRangeAllocator', null],
  ['1.33', 'AllAlpha', null],
  ['1.33', 'NFTablesProxyMode', null],
])('kube-proxy %s with the gate %s: %j', (minor, gate, words) => {
  expect(gateRefusal(minor, { [gate]: true })).toBe(words);
});
