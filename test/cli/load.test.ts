import { expect, test } from 'vitest';
import { kubenat } from './harness.ts';

const service = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: 10.96.0.10, ports: [{port: 80}]}
`;
const slice = (name: string, nodes: readonly string[]): string =>
  JSON.stringify({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    endpoints: nodes.map((nodeName, index) => ({ addresses: [`10.244.0.${index + 5}`], nodeName })),
    ports: [{ name: '', protocol: 'TCP', port: 80 }],
  });
const pod = (nodeName: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { nodeName } });
const node = JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'real' } });
const config = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
hostnameOverride: worker-2
`;

/** Without a Node among the manifests, one is assumed: by the name that is asked for, or that everything runs on. */
test.each<readonly [string, readonly string[], readonly string[], string]>([
  ['no name anywhere', [], [], 'node-1'],
  ['--node', ['--node', 'worker-1'], [], 'worker-1'],
  ['hostnameOverride', ['--config', 'config'], [], 'worker-2'],
  ['both', ['--node', 'worker-1', '--config', 'config'], [], 'worker-1'],
  ['--node beside slices', ['--node', 'worker-1'], [slice('web-1', ['worker-3'])], 'worker-1'],
  ['the only node of slices', [], [slice('web-1', ['worker-3', 'worker-3'])], 'worker-3'],
  ['the only node of pods', [], [pod('worker-4')], 'worker-4'],
  ['several nodes of slices', [], [slice('web-1', ['worker-3', 'worker-4'])], 'node-1'],
])('the assumed node: %s', async (_, flags, others, name) => {
  const files = { in: [service, ...others].join('---\n'), config };
  const { status, err } = await kubenat(['compile', ...flags, 'in'], files);
  expect(err).toContain(`note[assumed]: Node ${name}: it is assumed`);
  expect(status).toBe(0);
});

test('a node is not assumed beside one that is there', async () => {
  const { status, err } = await kubenat(['compile', '--node', 'worker-1', 'in'], {
    in: `${service}---\n${node}`,
  });
  expect(status).toBe(2);
  expect(err).toContain('there is no node worker-1');
});

test.each([
  ['trace', 'in', '--node', 'worker-1', '--packet', 'tcp 10.244.0.5:4000 -> 10.96.0.10:80'],
  ['explain', '--node', 'worker-1', 'in'],
])('the assumed node of %s can be named', async (...args) => {
  const { err } = await kubenat(args, { in: `${service}---\n${slice('web-1', ['worker-1'])}` });
  expect(err).toContain('note[assumed]: Node worker-1: it is assumed');
});
