import { describe, expect, test } from 'vitest';
import { DumpWriter } from '../../src/iptables/dump/dump-writer.ts';
import { buildCluster } from '../../src/kube/cluster/build.ts';
import { readManifests } from '../../src/kube/manifest/read.ts';
import { NodeKinds, writeNode } from '../../src/proxy/compile-node.ts';

const nodes = ['a', 'b', 'c', 'd', 'e'].map((name, at) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'topology.kubernetes.io/zone': `zone-${at % 2}` } },
  spec: { podCIDR: `10.244.${at}.0/24`, podCIDRs: [`10.244.${at}.0/24`] },
  status: { addresses: [{ type: 'InternalIP', address: `192.168.0.${at + 10}` }] },
}));

interface Kind {
  readonly spec?: object;
  readonly hints?: true;
  readonly annotations?: object;
}

function service(name: string, { spec = {}, hints, annotations }: Kind): object[] {
  const number = name.charCodeAt(0);
  const metadata = { name, namespace: 'shop' };
  const ports = [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }];
  const address = `10.96.0.${number}`;
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...metadata, ...(annotations && { annotations }) },
      spec: { clusterIP: address, clusterIPs: [address], ports, ...spec },
      status: { loadBalancer: 'type' in spec ? { ingress: [{ ip: '203.0.113.5' }] } : {} },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      addressType: 'IPv4',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': name } },
      endpoints: ['a', 'b'].map((nodeName, at) => ({
        addresses: [`10.244.${at}.${number}`],
        conditions: { ready: true },
        nodeName,
        ...(hints && { hints: { forZones: [{ name: `zone-${at}` }] } }),
      })),
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    },
  ];
}

const balanced = {
  type: 'LoadBalancer',
  ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080, nodePort: 30080 }],
};

/** The rules of all nodes of a cluster, by their keys. */
function rulesByKey(text: string): ReadonlyMap<string, ReadonlySet<string>> {
  const { cluster } = buildCluster(readManifests([{ name: 'all', text }]).objects);
  const names = cluster.nodes.map(({ name }) => name);
  const known = new NodeKinds(cluster, { node: names[0] });
  const found = new Map<string, Set<string>>();
  for (const node of names) {
    const writer = new DumpWriter();
    writeNode(writer, cluster, { node });
    const key = known.keyOf(node);
    found.set(key, (found.get(key) ?? new Set()).add(new TextDecoder().decode(writer.finish())));
  }
  return found;
}

const sizes = (found: ReadonlyMap<string, ReadonlySet<string>>) =>
  [...found.values()].map(({ size }) => size);

describe('nodes with equal keys get equal rules', () => {
  test.each<[string, Kind, number]>([
    ['a service of the whole cluster', {}, 1],
    ['endpoints of the node alone, inside', { spec: { internalTrafficPolicy: 'Local' } }, 3],
    ['endpoints of the node alone, outside', { spec: { ...balanced, externalTrafficPolicy: 'Local' } }, 3],
    [
      'hints of zones',
      {
        hints: true,
        annotations: { 'service.kubernetes.io/topology-mode': 'Auto' },
      },
      2,
    ],
    [
      'ranges that hold some nodes',
      { spec: { ...balanced, loadBalancerSourceRanges: ['192.168.0.12/31'] } },
      2,
    ],
  ])('%s', (_what, kind, kinds) => {
    const items = [...nodes, ...service('k', {}), ...service('m', kind)];
    const found = rulesByKey(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    expect(sizes(found)).toEqual(Array.from({ length: kinds }, () => 1));
    expect(new Set([...found.values()].flatMap((texts) => [...texts])).size).toBe(kinds);
  });
});
