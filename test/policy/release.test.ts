import { expect, test } from 'vitest';
import {
  defaultRelease,
  findRelease,
  type Release,
  releases,
  withGates,
} from '../../src/proxy/decide/release.ts';

test('a release is found by its name, its tag and its patch release', () => {
  for (const name of releases.keys()) {
    expect(findRelease(name)).toBeDefined();
    expect(findRelease(`v${name}`)).toBe(findRelease(name));
    expect(findRelease(`${name}.7`)).toBe(findRelease(name));
    expect(findRelease(`v${name}.14`)).toBe(findRelease(name));
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
  ['knowsPrimary', '1.31'],
  ['nodeHints', '1.34'],
])('%s since %s', (what, since) => {
  const having = [...releases].filter(([, release]) => release[what] === true).map(([name]) => name);
  expect(having).toEqual([...releases.keys()].filter((name) => name >= since));
});
