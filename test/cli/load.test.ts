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

const other = service.replace('name: web', 'name: other');

/** One error does not hide another: what an object with an error clashes with is said as well, and all are errors. */
test.each<readonly [string, readonly string[], readonly RegExp[]]>([
  [
    'a port and an address that two have',
    [service.replace('port: 80', 'port: 70000'), other],
    // The API server names both: where nothing is said, the port of the pod is that of the service.
    [
      /\[port-range\]: spec\.ports\[0\]\.port:/,
      /spec\.ports\[0\]\.targetPort:/,
      /\[duplicate\].*10\.96\.0\.10/,
    ],
  ],
  [
    'a name and an address that two have',
    [service.replace('name: web', 'name: Web'), other],
    [/\[name-syntax\]/, /\[duplicate\].*10\.96\.0\.10/],
  ],
])('all problems: %s', async (_, documents, expected) => {
  const { status, out, err } = await kubenat(['compile', 'in'], { in: documents.join('---\n') });
  expect({ status, out }).toEqual({ status: 2, out: '' });
  for (const pattern of expected) expect(err).toMatch(pattern);
  expect(err.match(/error\[/g)).toHaveLength(expected.length);
  expect(err).not.toContain('note[assumed]');
});

test.each([
  ['--service-cidr', '10.0.0.0/24,10.1.0.0/24'],
  ['--load-balancer-cidr', '10.0.0.0/24,fd00::/112,10.1.0.0/24'],
])('two prefixes of one family are refused: %s %s', async (flag, value) => {
  const { status, err } = await kubenat(['compile', flag, value, 'in'], { in: service });
  expect(status).toBe(2);
  expect(err).toContain(`${flag} ${value}\n  expected: one prefix, or one of each family`);
});

const map = (data: object): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data });

/** What is read for the sake of --config is not dropped in silence elsewhere. */
test.each<readonly [string, string, readonly RegExp[]]>([
  [
    'a configuration',
    config,
    [/^in:\d+:7: warning\[config-unused\]: a KubeProxyConfiguration among the man/m],
  ],
  ["kubeadm's ConfigMap", map({ 'config.conf': config }), [/warning\[config-unused\]/]],
  [
    'other ConfigMaps',
    `${map({ a: 'b' })}\n---\n${map({})}`,
    [/note\[kind-unknown\]: passed over.* 2 ConfigMap/],
  ],
])('among the manifests: %s', async (_, text, expected) => {
  const renamed = text.replace('"name":"a"', '"name":"b"');
  const args = ['--node', 'worker-1', 'in'];
  const { status, err } = await kubenat(['compile', ...args], { in: `${service}---\n${renamed}` });
  expect(status).toBe(0);
  for (const pattern of expected) expect(err).toMatch(pattern);
});

test('the configuration that is named may lie among the manifests', async () => {
  const { err } = await kubenat(['compile', '--config', 'config', 'in', 'config'], { in: service, config });
  expect(err).not.toContain('config-unused');
});

test('manifests without a Service are said to have none', async () => {
  const { status, out, err } = await kubenat(['compile', 'in'], { in: node });
  expect(status).toBe(0);
  expect(out).toContain('KUBE-SERVICES');
  expect(err).toContain('warning[no-services]: there is no Service among the manifests');
});

test('a row that contradicts another is called a row', async () => {
  const table = 'NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE\nweb ClusterIP 10.96.0.10 <none> 80/TCP 1d\n';
  const { err } = await kubenat(['compile', 'in', 'too'], { in: table, too: table.replace('.10 ', '.11 ') });
  expect(err).toContain('a row for Service web is there already');
});
