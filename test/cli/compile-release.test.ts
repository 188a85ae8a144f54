import { expect, test } from 'vitest';
import { kubenat } from './harness.ts';

const cluster = `apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 192.0.2.1}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: default}
spec: {clusterIP: 10.96.0.7, clusterIPs: [10.96.0.7], ipFamilies: [IPv4], ports: [{port: 80}]}
`;

const configuration = (gates: string) => `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
featureGates: {${gates}}
`;

const compile = (gates: string, version: string, mode = 'iptables') =>
  kubenat(['compile', '--mode', mode, '--config', 'config.yaml', '--kube-version', version, 'cluster.yaml'], {
    'config.yaml': configuration(gates),
    'cluster.yaml': cluster,
  });

test.each(['iptables', 'nftables'])(
  'a patch above the newest that is known is said to be one, in mode %s',
  async (mode) => {
    const newer = await compile('', '1.33.99', mode);
    expect(newer.status).toBe(0);
    expect(newer.err).toMatch(/kube-proxy 1\.33\.99 is newer .* the rules of 1\.33\.\d+/);
    const known = await compile('', '1.33.5', mode);
    expect(known.err).not.toContain('newer');
  },
);

test('a misspelt gate is refused as kube-proxy refuses it', async () => {
  const { status, out, err } = await compile('TopologyAwareHint: true', '1.33');
  expect([status, out]).toEqual([2, '']);
  expect(err).toContain('unrecognized feature gate: TopologyAwareHint');
});

test('of a gate that does not bear on rules it is said that the release may not know it', async () => {
  const { status, err } = await compile('SomeGateOfOthers: true', '1.33');
  expect(status).toBe(0);
  expect(err).toContain('it is not known whether kube-proxy 1.33.13 knows the feature gate SomeGateOfOthers');
});
