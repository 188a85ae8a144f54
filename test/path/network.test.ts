import { describe, expect, test } from 'vitest';
import { type Address, formatAddress, parseAddress } from '../../src/address/address.ts';
import { formatSubnet } from '../../src/address/subnet.ts';
import type { Host } from '../../src/host/model.ts';
import { lookUp } from '../../src/host/route.ts';
import { buildCluster } from '../../src/kube/cluster/build.ts';
import { readManifests } from '../../src/kube/manifest/read.ts';
import { Network } from '../../src/path/network.ts';
import { kubenat } from '../cli/harness.ts';

const node = (name: string, address: string, spec = '{}') => `apiVersion: v1
kind: Node
metadata: {name: ${name}}
spec: ${spec}
status: {addresses: [{type: InternalIP, address: "${address}"}]}
---
`;

const slice = (
  endpoints: readonly (readonly [string, string])[],
  type = 'IPv4',
  port = 8080,
) => `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
addressType: ${type}
endpoints: [${endpoints.map(([address, name]) => `{addresses: ["${address}"], nodeName: ${name}, conditions: {ready: true}}`).join(', ')}]
ports: [{port: ${port}, protocol: TCP}]
---
`;

const service = (spec = 'clusterIP: 10.96.0.1, ports: [{port: 80, targetPort: 8080}]') =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {${spec}}\n---\n`;

function networkOf(text: string, family: 'ipv4' | 'ipv6' = 'ipv4'): Network {
  const { cluster } = buildCluster(readManifests([{ name: 'a.yaml', text }]).objects);
  return new Network(cluster, family);
}

const address = (text: string) => parseAddress(text) as Address;

/** The first way of a route. */
function wayOf(host: Host, text: string) {
  const routing = lookUp(host, address(text));
  return { ...routing, ...('hops' in routing ? routing.hops[0] : {}) };
}

describe('the network of a cluster', () => {
  const plain =
    node('a', '10.100.0.2', '{podCIDR: 10.0.1.0/24}') + node('b', '10.100.0.1', '{podCIDR: 10.0.2.0/24}');

  test('the link is a prefix that holds all nodes, and its gateway is none of them', () => {
    const network = networkOf(plain);
    expect(network.link && formatSubnet(network.link)).toBe('10.100.0.0/24');
    expect(network.gateway && formatAddress(network.gateway)).toBe('10.100.0.3');
    const wide = networkOf(node('a', '10.100.0.2') + node('b', '10.100.3.2'));
    expect(wide.link && formatSubnet(wide.link)).toBe('10.100.0.0/22');
    const ipv6 = networkOf(node('a', 'fd00::2') + node('b', 'fd00::1:2'), 'ipv6');
    expect(ipv6.link && formatSubnet(ipv6.link)).toBe('fd00::/64');
  });

  test("a node has routes to its own pods, to the others' by their nodes, and to the rest by the gateway", () => {
    const host = networkOf(plain).hostOf('a');
    const way = (text: string) => wayOf(host, text);
    expect(way('10.0.1.9')).toMatchObject({ type: 'unicast', interface: 'cni0', gateway: null });
    expect(way('10.0.2.9')).toMatchObject({ interface: 'eth0', gateway: address('10.100.0.1') });
    expect(way('10.96.0.1')).toMatchObject({ interface: 'eth0', gateway: address('10.100.0.3') });
    expect(way('10.100.0.1')).toMatchObject({ interface: 'eth0', gateway: null });
    expect(way('10.100.0.2')).toMatchObject({ type: 'local' });
  });

  test('pods outside of their node’s prefix, or of nodes without one, have routes of their own', () => {
    const text =
      plain +
      node('c', '10.100.0.4') +
      slice([
        ['172.16.5.5', 'a'],
        ['172.16.6.6', 'c'],
      ]) +
      service();
    const network = networkOf(text);
    expect(network.holderOf(address('172.16.5.5'))).toEqual({ kind: 'pod', node: 'a' });
    expect(network.holderOf(address('172.16.6.6'))).toEqual({ kind: 'pod', node: 'c' });
    expect(wayOf(network.hostOf('a'), '172.16.5.5')).toMatchObject({ interface: 'cni0' });
    expect(wayOf(network.hostOf('b'), '172.16.5.5')).toMatchObject({
      gateway: address('10.100.0.2'),
    });
    expect(network.holderOf(address('172.16.6.7'))).toEqual({ kind: 'outside' });
  });

  test('a cluster address is nobody’s; a node’s is the node’s, whatever else claims it', () => {
    const claimed = 'type: LoadBalancer, clusterIP: 10.96.0.1, ports: [{port: 80, nodePort: 30080}]';
    const text = `${plain}${service(claimed).replace('---\n', 'status: {loadBalancer: {ingress: [{ip: 10.100.0.2}, {ip: 203.0.113.9}]}}\n---\n')}`;
    const network = networkOf(text);
    expect(network.holderOf(address('10.96.0.1'))).toEqual({ kind: 'service', service: 'default/web' });
    expect(network.holderOf(address('203.0.113.9'))).toEqual({ kind: 'balancer', service: 'default/web' });
    expect(network.holderOf(address('10.100.0.2'))).toEqual({ kind: 'node', node: 'a' });
  });
});

async function resultsOf(text: string, kind: string, client: string, ...flags: string[]) {
  const { out, err } = await kubenat(['explain', '--format', 'json', ...flags, 'a.yaml'], { 'a.yaml': text });
  const { entries } = JSON.parse(out || err).services[0].ports[0];
  const results = entries
    .filter((entry: { kind: string }) => entry.kind === kind)
    .flatMap(({ cells }: { cells: { client: { kind: string }; results: unknown[] }[] }) =>
      cells.filter((cell) => cell.client.kind === client).flatMap(({ results }) => results),
    );
  expect(results.length).toBeGreaterThan(0);
  return results;
}

describe('endpoints that are no ordinary pods', () => {
  const nodes =
    node('a', '10.100.0.2', '{podCIDR: 10.0.1.0/24}') + node('b', '10.100.0.3', '{podCIDR: 10.0.2.0/24}');

  test('one that shares its node’s network is reached on the node itself', async () => {
    const text = nodes + slice([['10.100.0.3', 'b']]) + service();
    for (const result of await resultsOf(text, 'cluster-ip', 'pod')) {
      expect(result).toMatchObject({
        result: 'reached',
        server: '10.100.0.3:8080',
        node: 'b',
        preserved: true,
      });
    }
  });

  test('then the service’s own port on that node’s address works, where the pod listens at it', async () => {
    const same = 'type: NodePort, clusterIP: 10.96.0.1, ports: [{port: 8080, nodePort: 30080}]';
    const results = await resultsOf(
      nodes + slice([['10.100.0.3', 'b']]) + service(same),
      'service-port-on-node',
      'outside',
    );
    expect(results).toMatchObject([
      { result: 'reached', server: '10.100.0.3:8080', preserved: true },
      { result: 'refused' },
    ]);
  });

  test('one without a node, outside of the cluster, is left to the network', async () => {
    const text = nodes + slice([['192.0.2.99', 'b']]).replace(', nodeName: b', '') + service();
    for (const result of await resultsOf(text, 'cluster-ip', 'pod')) {
      expect(result).toMatchObject({ result: 'left', server: '192.0.2.99:8080', node: null });
    }
  });

  test('without endpoints a cluster address rejects, and says by which rule', async () => {
    for (const result of await resultsOf(nodes + slice([]) + service(), 'cluster-ip', 'pod')) {
      expect(result).toMatchObject({ result: 'rejected', by: { comment: 'default/web has no endpoints' } });
    }
  });

  test('IPv6: a masked source is the node’s address, or the pod gateway’s', async () => {
    const text =
      node('a', 'fd00:1::2', '{podCIDR: "fd00:2:0:1::/64"}') +
      node('b', 'fd00:1::3', '{podCIDR: "fd00:2:0:2::/64"}') +
      slice([['fd00:2:0:1::5', 'a']], 'IPv6') +
      service(
        'type: NodePort, ipFamilies: [IPv6], clusterIP: "fd00:3::1", ports: [{port: 80, targetPort: 8080, nodePort: 30080}]',
      );
    expect(await resultsOf(text, 'node-port', 'outside')).toMatchObject([
      { server: '[fd00:2:0:1::5]:8080', source: 'fd00:2:0:1::1' },
      { server: '[fd00:2:0:1::5]:8080', source: 'fd00:1::3' },
    ]);
  });
});

describe('services that kube-proxy passes over', () => {
  test.each([
    ['clusterIP: None, ports: [{port: 80}]', 'headless'],
    ['type: ExternalName, externalName: db.example.com', 'db.example.com'],
  ])('%s', async (spec, said) => {
    const files = { 'a.yaml': node('a', '10.100.0.2') + service(spec) };
    for (const format of ['text', 'markdown']) {
      expect((await kubenat(['explain', '--format', format, 'a.yaml'], files)).out).toContain(said);
    }
    const { out } = await kubenat(['explain', '--format', 'json', 'a.yaml'], files);
    expect(JSON.parse(out).services).toMatchObject([{ service: 'default/web', ports: [] }]);
  });
});
