import { describe, expect, test } from 'vitest';
import { kubenat } from '../cli/harness.ts';

// What releases changed that no recorded cluster asks for. The lines are those that kube-proxy's own code writes.

const configuration = (fields: string) => `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
${fields}`;

const manifest = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  clusterIP: 10.96.0.10
  ports: [{port: 80, targetPort: 8080}]
  externalIPs: [192.0.2.10]
  externalTrafficPolicy: Local
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{port: 8080}]
endpoints: [{addresses: [10.244.1.5], nodeName: a}]
---
apiVersion: v1
kind: Node
metadata: {name: a}
status: {addresses: [{type: InternalIP, address: 192.168.10.11}]}
`;

describe('externalTrafficPolicy: Local of type ClusterIP with external addresses (kubernetes/kubernetes#119150)', () => {
  const chain = 'KUBE-EXT-LOLE4ISW44XBNF3G';
  const cluster = [
    `-A ${chain} -m comment --comment "masquerade traffic for default/web external destinations" -j KUBE-MARK-MASQ`,
    `-A ${chain} -j KUBE-SVC-LOLE4ISW44XBNF3G`,
  ];
  const local = [
    `-A ${chain} -m comment --comment "masquerade LOCAL traffic for default/web external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ`,
    `-A ${chain} -m comment --comment "route LOCAL traffic for default/web external destinations" -m addrtype --src-type LOCAL -j KUBE-SVC-LOLE4ISW44XBNF3G`,
    `-A ${chain} -j KUBE-SVL-LOLE4ISW44XBNF3G`,
  ];

  test.each([
    ['1.25', cluster],
    ['1.28', cluster],
    ['1.29', local],
    ['1.36', local],
  ])('%s', async (release, lines) => {
    const { out } = await kubenat(['compile', '--kube-version', release, '-'], { '-': manifest });
    expect(out.split('\n').filter((line) => line.startsWith(`-A ${chain}`))).toEqual(lines);
  });
});

describe('nodePortAddresses: [primary], which 1.31 brought', () => {
  const run = (release: string) =>
    kubenat(['compile', '--config', 'config.yaml', '--kube-version', release, '-'], {
      '-': manifest,
      'config.yaml': configuration('nodePortAddresses: [primary]\n'),
    });

  test.each(['1.25', '1.30'])('%s would not start', async (release) => {
    const { status, err } = await run(release);
    expect(status).toBe(2);
    expect(err).toContain(
      'failed validate: KubeProxyConfiguration.NodePortAddresses[0]: Invalid value: "primary": must be a valid CIDR',
    );
  });

  test('1.31', async () => {
    const { out, err } = await run('1.31');
    expect(err).not.toContain('proxy-config');
    expect(out).toContain(
      '-A KUBE-SERVICES -d 192.168.10.11/32 -m comment --comment "kubernetes service nodeports;',
    );
  });
});
