import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from './harness.ts';

interface Result {
  readonly result: string;
  readonly weight: string;
  readonly probability: number;
  readonly server: string | null;
  readonly node: string | null;
  readonly source: string | null;
  readonly preserved: boolean | null;
  readonly because?: string;
}

interface Entry {
  readonly kind: string;
  readonly address: string;
  readonly node?: string;
  readonly cells: readonly {
    readonly client: { readonly kind: string; readonly node: string | null; readonly address: string };
    readonly results: readonly Result[];
  }[];
}

async function explain(manifests: string, ...flags: string[]): Promise<readonly Entry[]> {
  const run = await kubenat(['explain', '--format', 'json', ...flags, 'cluster.yaml'], {
    'cluster.yaml': manifests,
  });
  expect(run.err.split('\n').filter((line) => line.startsWith('error'))).toEqual([]);
  return JSON.parse(run.out).services.flatMap((service: { ports: { entries: Entry[] }[] }) =>
    service.ports.flatMap(({ entries }) => entries),
  );
}

function resultsOf(
  entries: readonly Entry[],
  kind: string,
  client: string,
  node?: string,
): readonly Result[] {
  return entries
    .filter((entry) => entry.kind === kind && (node === undefined || entry.node === node))
    .flatMap(({ cells }) =>
      cells.filter((cell) => cell.client.kind === client).flatMap(({ results }) => results),
    );
}

const cluster = readFileSync(join(fixtures, 'path/source-ip/cluster.yaml'), 'utf8');

const service = (spec: string) => `${cluster}---
apiVersion: v1
kind: Service
metadata: {name: app}
spec:
  selector: {app: source-ip-app}
  ports: [{port: 80, targetPort: 8080, nodePort: 31000}]
  clusterIP: 10.0.170.92
${spec}
`;
const nodePort = (policy: string) => service(`  type: NodePort\n  externalTrafficPolicy: ${policy}`);
const balancer = (policy: string) =>
  service(
    `  type: LoadBalancer\n  externalTrafficPolicy: ${policy}\nstatus: {loadBalancer: {ingress: [{ip: 203.0.113.140}]}}`,
  );
const client = ['--client', '198.51.100.79'];
const pod = '10.180.1.136:8080';

/** What the tutorial prints as client_address (kubernetes.io/docs/tutorials/services/source-ip). */
describe('the tutorial "Using Source IP"', () => {
  test('ClusterIP: the address of the client pod, on the same node and on another', async () => {
    const manifests = service('').replace(', nodePort: 31000', '');
    for (const result of resultsOf(await explain(manifests), 'cluster-ip', 'pod')) {
      expect(result).toMatchObject({ result: 'reached', server: pod, preserved: true, weight: '1/1' });
    }
    expect(resultsOf(await explain(manifests), 'cluster-ip', 'pod')).toHaveLength(2);
  });

  test('NodePort: 10.180.1.1, 10.240.0.5, 10.240.0.3', async () => {
    const seen: Record<string, string | null | undefined> = {};
    for (const node of ['kubernetes-node-6jst', 'kubernetes-node-cx31', 'kubernetes-node-jj1t']) {
      const entries = await explain(nodePort('Cluster'), ...client, '--node', node);
      const [result] = resultsOf(entries, 'node-port', 'outside', node);
      expect(result).toMatchObject({ result: 'reached', server: pod, preserved: false });
      seen[node] = result?.source;
    }
    expect(seen).toEqual({
      'kubernetes-node-6jst': '10.180.1.1',
      'kubernetes-node-cx31': '10.240.0.5',
      'kubernetes-node-jj1t': '10.240.0.3',
    });
  });

  test('NodePort with policy Local: one answer, with the right address; the other nodes drop', async () => {
    const entries = await explain(nodePort('Local'), ...client);
    expect(resultsOf(entries, 'node-port', 'outside', 'kubernetes-node-6jst')).toMatchObject([
      { result: 'reached', source: '198.51.100.79', preserved: true },
    ]);
    expect(resultsOf(entries, 'node-port', 'outside', 'kubernetes-node-cx31')).toMatchObject([
      { result: 'dropped' },
    ]);
  });

  test('LoadBalancer: any node may take it, and masks the client', async () => {
    const results = resultsOf(await explain(balancer('Cluster'), ...client), 'load-balancer', 'outside');
    expect(results.map(({ source, weight }) => [source, weight]).sort()).toEqual([
      ['10.180.1.1', '1/3'],
      ['10.240.0.3', '1/3'],
      ['10.240.0.5', '1/3'],
    ]);
  });

  test('LoadBalancer with policy Local: the client itself', async () => {
    const results = resultsOf(await explain(balancer('Local'), ...client), 'load-balancer', 'outside');
    expect(results).toMatchObject([
      { result: 'reached', source: '198.51.100.79', preserved: true, weight: '1/1' },
    ]);
  });
});

const three = (
  spec: string,
  status = '{ip: 203.0.113.140}',
) => `${cluster.slice(0, cluster.lastIndexOf('---'))}---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: app-1, labels: {kubernetes.io/service-name: app}}
addressType: IPv4
endpoints:
- {addresses: [10.180.1.2], nodeName: kubernetes-node-6jst, conditions: {ready: true}}
- {addresses: [10.180.1.3], nodeName: kubernetes-node-6jst, conditions: {ready: true}}
- {addresses: [10.180.2.2], nodeName: kubernetes-node-cx31, conditions: {ready: true}}
ports: [{port: 8080, protocol: TCP}]
---
apiVersion: v1
kind: Service
metadata: {name: app}
spec:
  type: LoadBalancer
  clusterIP: 10.0.170.92
  ports: [{port: 80, targetPort: 8080${spec.includes('NodePorts: false') ? '' : ', nodePort: 31000'}}]
${spec}
status: {loadBalancer: {ingress: [${status}]}}
`;

const local = '  externalTrafficPolicy: Local';
const shares = (results: readonly Result[]) =>
  Object.fromEntries(results.map(({ server, result, weight }) => [server ?? result, weight]));

describe('load balancers', () => {
  test('policy Local brings imbalance: two pods on one node and one on another get 25, 25 and 50 %', async () => {
    const results = resultsOf(await explain(three(local)), 'load-balancer', 'outside');
    expect(shares(results)).toEqual({
      '10.180.1.2:8080': '1/4',
      '10.180.1.3:8080': '1/4',
      '10.180.2.2:8080': '1/2',
    });
  });

  test('a balancer that proxies shows its own address to pods under policy Local', async () => {
    const entries = await explain(three(local, '{ip: 203.0.113.140, ipMode: Proxy}'));
    const results = resultsOf(entries, 'load-balancer', 'outside');
    expect(new Set(results.map(({ source }) => source))).toEqual(new Set(['203.0.113.140']));
    // No node answers for it, so the cluster's own pods go out to it, too.
    expect(shares(resultsOf(entries, 'load-balancer', 'endpoint'))).toEqual(shares(results));
  });

  test('several addresses are several entries', async () => {
    const entries = await explain(three(local, '{ip: 203.0.113.140}, {ip: 203.0.113.141, ipMode: Proxy}'));
    expect(entries.filter(({ kind }) => kind === 'load-balancer').map(({ address }) => address)).toEqual([
      '203.0.113.140:80',
      '203.0.113.141:80',
    ]);
  });

  test('source ranges admit some and drop the others', async () => {
    const entries = await explain(three('  loadBalancerSourceRanges: [192.0.2.0/24]'));
    expect(resultsOf(entries, 'load-balancer', 'outside')).toMatchObject([
      { result: 'dropped', weight: '1/1' },
    ]);
    const admitted = resultsOf(entries, 'load-balancer', 'outside-admitted');
    expect(admitted.length).toBeGreaterThan(2);
    expect(new Set(admitted.map(({ result }) => result))).toEqual(new Set(['reached']));
  });

  test.each([
    ['a pod', '10.180.1.77', 'pod'],
    ['a node', '10.240.0.5', 'node'],
  ])('who is admitted as %s comes from there, and not from outside', async (_what, address, kind) => {
    const entries = await explain(three(`  loadBalancerSourceRanges: [${address}/32]`));
    expect(resultsOf(entries, 'load-balancer', 'outside-admitted')).toEqual([]);
    const cells = entries.filter((entry) => entry.kind === 'load-balancer').flatMap((entry) => entry.cells);
    const own = cells.filter(({ client }) => client.address === address);
    expect(own.map(({ client }) => client.kind)).toEqual([kind]);
    expect(new Set(own[0]?.results.map(({ result }) => result))).toEqual(new Set(['reached']));
    const asked = await explain(three(local), '--client', address);
    expect(resultsOf(asked, 'load-balancer', 'outside')).toEqual([]);
  });

  test('without node ports one that keeps addresses works, and one that proxies does not', async () => {
    const bare = '  allocateLoadBalancerNodePorts: false';
    expect(resultsOf(await explain(three(bare)), 'load-balancer', 'outside')[0]?.result).toBe('reached');
    const proxied = await explain(three(bare, '{ip: 203.0.113.140, ipMode: Proxy}'));
    expect(resultsOf(proxied, 'load-balancer', 'outside')).toMatchObject([{ result: 'lost' }]);
    expect(proxied.some(({ kind }) => kind === 'node-port')).toBe(false);
  });
});

describe('what nobody outside can call', () => {
  test('a cluster address, and the reason is given', async () => {
    const [result] = resultsOf(await explain(nodePort('Cluster')), 'cluster-ip', 'outside');
    expect(result).toMatchObject({
      result: 'lost',
      because: expect.stringContaining('no router has a route'),
    });
  });

  test("a node's address at the service's own port", async () => {
    const entries = await explain(nodePort('Cluster'));
    for (const kind of ['pod', 'node', 'outside']) {
      const results = resultsOf(entries, 'service-port-on-node', kind);
      expect(results.length).toBeGreaterThan(0);
      for (const { result } of results) expect(result).toBe('refused');
    }
  });
});

describe('an Ingress', () => {
  const served = join(fixtures, 'service-test');
  const args = [served, join(served, 'svc.txt'), 'service-test'];

  test('is an entry: the pods see nodes, and the client in a header', async () => {
    const { out } = await kubenat(['explain', '--format', 'json', ...args]);
    const entries = JSON.parse(out).services[0].ports[0].entries.filter(
      (entry: Entry) => entry.kind === 'ingress',
    );
    expect(entries).toMatchObject([
      {
        ingress: 'default/test-ingress',
        host: 'testhost.com',
        path: '/*',
        cells: [{ clientFoundIn: ['X-Forwarded-For'] }],
      },
    ]);
    const { results } = entries[0].cells[0] as { results: readonly Result[] };
    expect(results.map(({ source }) => source).sort()).toEqual([
      '10.0.1.1',
      '10.0.3.1',
      '10.100.0.2',
      '10.100.0.3',
      '10.100.0.3',
      '10.100.0.4',
    ]);
    for (const { weight, preserved } of results) expect([weight, preserved]).toEqual(['1/6', false]);
  });

  test.each(['text', 'markdown'])('is told as %s', async (format) => {
    const { out } = await kubenat(['explain', '--format', format, ...args]);
    expect(out.replaceAll('\\', '')).toContain(
      'Ingress default/test-ingress: https://testhost.com/* (class gce)',
    );
    expect(out).toContain('X-Forwarded-For');
  });
});

test("the example's 10.100.0.3:80 is refused for everybody, and 10.100.0.3:32213 is not", async () => {
  const served = join(fixtures, 'service-test');
  const { out } = await kubenat([
    'explain',
    '--format',
    'json',
    served,
    join(served, 'svc.txt'),
    'service-test',
  ]);
  const entries: readonly Entry[] = JSON.parse(out).services[0].ports[0].entries;
  const resultsAt = (address: string) =>
    entries
      .filter((entry) => entry.address === address)
      .flatMap(({ cells }) => cells.map(({ results }) => results.map(({ result }) => result)));
  expect(resultsAt('10.100.0.3:80')).toEqual(Array(6).fill(['refused']));
  expect(resultsAt('10.100.0.3:32213')).toEqual(Array(6).fill(['reached', 'reached']));
});

describe('nodes come and go', () => {
  const lostOf = (results: readonly Result[]) =>
    results
      .filter(({ result }) => result !== 'reached')
      .reduce((sum, { probability }) => sum + probability, 0);

  test('a node that is gone takes its endpoints with it, and nothing is lost', async () => {
    const entries = await explain(three(local), '--without-node', 'kubernetes-node-cx31');
    const results = resultsOf(entries, 'load-balancer', 'outside');
    expect(shares(results)).toEqual({ '10.180.1.2:8080': '1/2', '10.180.1.3:8080': '1/2' });
  });

  test('a balancer that still knows it loses its share', async () => {
    const entries = await explain(three(local), '--without-node', 'kubernetes-node-cx31', '--stale-balancer');
    expect(lostOf(resultsOf(entries, 'load-balancer', 'outside'))).toBeCloseTo(1 / 2, 9);
  });

  test('a dead node that nobody noticed loses what comes to it and what is sent to its pods', async () => {
    const entries = await explain(
      three('  externalTrafficPolicy: Cluster'),
      '--dead-node',
      'kubernetes-node-cx31',
    );
    // A third comes to it, and of the rest a third is sent to its pod.
    expect(lostOf(resultsOf(entries, 'load-balancer', 'outside'))).toBeCloseTo(1 / 3 + (2 / 3) * (1 / 3), 6);
  });

  test('a drained node takes part, but has no endpoints', async () => {
    const entries = await explain(
      three('  externalTrafficPolicy: Cluster'),
      '--drain-node',
      'kubernetes-node-6jst',
    );
    const results = resultsOf(entries, 'load-balancer', 'outside');
    expect(new Set(results.map(({ server }) => server))).toEqual(new Set(['10.180.2.2:8080']));
    expect(results).toHaveLength(3);
  });

  test('a new node takes its share of what comes in', async () => {
    const added = '--add-node=new=10.240.0.6,10.180.6.0/24';
    const results = resultsOf(
      await explain(three('  externalTrafficPolicy: Cluster'), added),
      'load-balancer',
      'outside',
    );
    const through = results.filter(({ source }) => source === '10.240.0.6');
    expect(through.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1 / 4, 9);
  });

  test('a static route for the service range brings all to one node, and with it all is lost', async () => {
    const route = ['--service-route', 'kubernetes-node-jj1t'];
    const config =
      'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclusterCIDR: 10.180.0.0/16\n';
    const files = { 'cluster.yaml': three(local), 'config.yaml': config };
    const args = ['explain', '--format', 'json', '--config', 'config.yaml', ...route, 'cluster.yaml'];
    const cell = async (...more: string[]) => {
      const { out } = await kubenat([...args, ...more], files);
      return resultsOf(JSON.parse(out).services[0].ports[0].entries, 'cluster-ip', 'outside');
    };
    const results = await cell();
    expect(results).toHaveLength(3);
    for (const { result, source } of results) {
      expect([result, source]).toEqual(['reached', '10.240.0.3']);
    }
    expect(await cell('--dead-node', 'kubernetes-node-jj1t')).toMatchObject([
      { result: 'lost', weight: '1/1' },
    ]);
  });

  test('without masquerading such a route gives answers that the client refuses', async () => {
    const entries = await explain(three(local), '--service-route', 'kubernetes-node-jj1t');
    const results = resultsOf(entries, 'cluster-ip', 'outside');
    expect(results).toHaveLength(3);
    for (const { result, source, because } of results) {
      expect([result, source]).toEqual(['unanswered', '198.51.100.7']);
      expect(because).toContain('past node kubernetes-node-jj1t');
    }
  });
});

describe('many nodes', () => {
  const count = 40;
  const many = Array.from(
    { length: count },
    (_, index) => `apiVersion: v1
kind: Node
metadata: {name: node-${index + 10}, labels: {topology.kubernetes.io/zone: zone-${index % 2}}}
spec: {podCIDR: 10.180.${index + 10}.0/24}
status: {addresses: [{type: InternalIP, address: 10.240.0.${index + 10}}]}
---
`,
  ).join('');
  const endpoints =
    '{addresses: [10.180.10.2], nodeName: node-10}, {addresses: [10.180.11.2], nodeName: node-11}';
  const manifests = `${many}apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: app-1, labels: {kubernetes.io/service-name: app}}
addressType: IPv4
endpoints: [${endpoints}]
ports: [{port: 8080, protocol: TCP}]
---
${three('  externalTrafficPolicy: Cluster').slice(three('').indexOf('apiVersion: v1\nkind: Service'))}`;

  test('those that do the same are followed once, and counted all', async () => {
    const results = resultsOf(await explain(manifests), 'load-balancer', 'outside') as readonly (Result & {
      alikeNodes?: number;
    })[];
    expect(results.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
    for (const server of ['10.180.10.2:8080', '10.180.11.2:8080']) {
      const own = results.filter((result) => result.server === server);
      expect(own.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1 / 2, 9);
      // Each endpoint's node by itself, and one node for the others of each of two zones.
      expect(own.map(({ alikeNodes = 0 }) => alikeNodes + 1).sort()).toEqual([1, 1, 19, 19]);
    }
  });

  test('with --all-nodes every distinct node is an entry, and shards share them out', async () => {
    const keys = async (...flags: string[]) => {
      const entries = await explain(manifests, '--all-nodes', ...flags);
      return entries.map(({ kind, address }) => `${kind} ${address}`);
    };
    const all = await keys();
    expect(all.filter((key) => key.startsWith('node-port'))).toEqual(
      [10, 11, 12, 13].map((number) => `node-port 10.240.0.${number}:31000`),
    );
    const parts = await Promise.all(['1/3', '2/3', '3/3'].map((part) => keys('--shard', part)));
    expect(parts.flat().sort()).toEqual([...all].sort());
    for (const part of parts) expect(part.length).toBeLessThan(all.length / 2);
  });
});

test('a rule in a chain that all services share has no number, as others may stand before it', async () => {
  const files = { 'cluster.yaml': three('').replace(/endpoints:\n(- .*\n)+/, 'endpoints: []\n') };
  const { out } = await kubenat(['explain', 'cluster.yaml'], files);
  expect(out).toContain(
    'by a rule of filter KUBE-SERVICES on kubernetes-node-cx31, “default/app has no endpoints”',
  );
});

describe('the command', () => {
  const files = { 'cluster.yaml': three(local) };

  test('every cell tells the whole: weights sum up to 1', async () => {
    for (const entry of await explain(three(local))) {
      for (const { results } of entry.cells) {
        expect(results.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
      }
    }
  });

  test.each(['default/app', 'app'])('the last word may be a service: %s', async (name) => {
    const { status, out } = await kubenat(['explain', '--verbose', 'cluster.yaml', name], files);
    expect(status).toBe(0);
    expect(out).toContain('default/app, port 80/TCP (LoadBalancer, externalTrafficPolicy Local)');
    expect(out).toContain(
      '     25 %  reaches 10.180.1.2:8080 on kubernetes-node-6jst, which sees the client',
    );
  });

  test('Markdown is a table whose rows have as many cells as its head', async () => {
    const { out } = await kubenat(['explain', '--format', 'markdown', 'cluster.yaml'], files);
    const rows = out.split('\n').filter((line) => line.startsWith('|'));
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(8);
  });

  test.each([
    [['explain', 'cluster.yaml', 'ap'], 'service-choice'],
    [['explain', '--node', 'nope', 'cluster.yaml'], 'flag-value'],
    [['explain', '--dead-node', 'nope', 'cluster.yaml'], 'flag-value'],
    [['explain', '--client', '10.0.0', 'cluster.yaml'], 'flag-value'],
    [['explain', '--add-node', 'x', 'cluster.yaml'], 'flag-value'],
    [['explain', '--shard', '3/2', 'cluster.yaml'], 'flag-value'],
  ])('%s is trouble', async (args, code) => {
    const { status, out, err } = await kubenat(args, files);
    expect([status, out]).toEqual([2, '']);
    expect(err).toContain(`error[${code}]`);
  });
});

describe('in a line for each', () => {
  const told = async (manifests: string, ...flags: string[]) => {
    const { out } = await kubenat(['explain', ...flags, 'cluster.yaml'], { 'cluster.yaml': manifests });
    return out.split('\n').filter((line) => line.startsWith('  from '));
  };

  test('two clients of one name have their addresses, and each is told once', async () => {
    const lines = await told(three('  loadBalancerSourceRanges: [10.180.1.77/32]'));
    const pods = lines.flatMap((line) => line.match(/a pod on kubernetes-node-6jst[^,:]*/g) ?? []);
    expect(new Set(pods)).toEqual(
      new Set([
        'a pod on kubernetes-node-6jst (10.180.1.250)',
        'a pod on kubernetes-node-6jst (10.180.1.77)',
      ]),
    );
    for (const line of lines) {
      const named = line.match(/a pod on \S+( \([\d.]+\))?|outside/g) ?? [];
      expect(new Set(named).size).toBe(named.length);
    }
    expect((await told(three(local))).join()).not.toMatch(/a pod on \S+ \(/);
  });

  test('one endpoint sees, and the server outside of the cluster is who sees', async () => {
    const [reached] = (await told(balancer('Cluster'))).filter((line) => line.includes('10.240.0.5,'));
    expect(reached).toMatch(/ reaches 10\.180\.1\.136:8080 on kubernetes-node-6jst, which sees 10\./);
    const away = `${three(local)}---
apiVersion: v1
kind: Service
metadata: {name: away}
spec: {clusterIP: 10.0.170.93, ports: [{port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: away-1, labels: {kubernetes.io/service-name: away}}
addressType: IPv4
endpoints: [{addresses: [192.0.2.9]}]
ports: [{port: 80, protocol: TCP}]
`;
    expect((await told(away)).join()).toContain(
      "leaves the cluster for 192.0.2.9:80, which sees the client's own address",
    );
  });

  test('an answer that is lost is told behind the endpoint', async () => {
    const lines = await told(three(local), '--service-route', 'kubernetes-node-jj1t');
    expect(lines.join()).toMatch(/reaches 3 endpoints \(no answer comes back\), which see the client's own/);
  });
});

describe('what nobody says', () => {
  const tables = {
    'svc.txt': `NAME   TYPE       CLUSTER-IP   EXTERNAL-IP   PORT(S)        AGE
web    NodePort   10.96.0.14   <none>        80:30080/TCP   2d
`,
    'ep.txt': `NAME   ENDPOINTS       AGE
web    10.5.63.46:80   2d
`,
    'pods.txt': `NAME    READY   STATUS    RESTARTS   AGE   IP           NODE     NOMINATED NODE   READINESS GATES
web-a   1/1     Running   0          2d    10.5.63.46   node-2   <none>           <none>
`,
  };
  const told = async (...words: string[]) =>
    kubenat(['explain', ...words], {
      ...tables,
      'local.yaml': `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, externalTrafficPolicy: Local, clusterIP: 10.96.0.14, ports: [{port: 80, nodePort: 30080}]}
`,
    });

  test('on which node an endpoint of a table is', async () => {
    const { out } = await told('svc.txt', 'ep.txt');
    expect(out).toContain('is sent to 10.5.63.46:80 (on a node that is not known), which sees');
    expect(out).toContain('Node port 192.168.0.10:30080 (node-1)\n');
    expect(out).not.toMatch(/leaves the cluster|has no endpoint/);
    const placed = await told('svc.txt', 'ep.txt', 'pods.txt');
    expect(placed.out).toContain('reaches 10.5.63.46:80 on node-2');
    // Local to a node that nobody names: dropped everywhere would be a guess.
    const local = await told('local.yaml', 'ep.txt');
    expect(local.err).toContain('does not tell on which nodes the endpoints of web run');
    expect(local.out).toContain('cannot be told');
    expect(local.out).not.toContain('is dropped');
  });

  test('how kube-proxy tells pods, where a policy Local asks it', async () => {
    const asked = 'kube-proxy is not told which addresses are those of pods';
    const { out } = await told('local.yaml', 'pods.txt');
    expect(out).toContain(asked);
    const config = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';
    const files = { 'cluster.yaml': three(balancer('Local')), 'proxy.yaml': config };
    expect((await kubenat(['explain', 'cluster.yaml'], files)).out).toContain(asked);
    const configured = await kubenat(['explain', 'cluster.yaml', '--config', 'proxy.yaml'], files);
    expect(configured.out).not.toContain(asked);
    const open = { 'cluster.yaml': three(balancer('Cluster')) };
    expect((await kubenat(['explain', 'cluster.yaml'], open)).out).not.toContain(asked);
  });

  test('nodes that are not looked at', async () => {
    const run = await kubenat(['explain', 'cluster.yaml'], { 'cluster.yaml': three(balancer('Cluster')) });
    expect(run.out).toMatch(/of \d+ nodes \S+, \S+ are looked at \(--all-nodes: /);
  });
});

describe('where no endpoint is simply ready', () => {
  const node = (number: number) => `---
apiVersion: v1
kind: Node
metadata: {name: n${number}}
spec: {podCIDR: 10.244.${number}.0/24}
status: {addresses: [{type: InternalIP, address: 192.168.0.1${number}}]}
`;
  const endpoint = (number: number, conditions: string) =>
    `- {addresses: [10.244.${number}.5], nodeName: n${number}, conditions: {ready: false, ${conditions}}}\n`;
  const manifests = (endpoints: readonly string[]) => `apiVersion: v1
kind: Service
metadata: {name: a}
spec: {type: NodePort, clusterIP: 10.96.0.9, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: a-1, labels: {kubernetes.io/service-name: a}}
addressType: IPv4
ports: [{port: 80, protocol: TCP, name: ""}]
endpoints:
${endpoints.join('')}${endpoints.map((_, index) => node(index + 1)).join('')}`;
  const broken = 'serving: false, terminating: false';
  const ending = 'serving: true, terminating: true';

  // kube-proxy refuses what has no usable endpoint, and falls back on those that are about to end.
  test.each([
    ['one that is not ready', [endpoint(1, broken)], 'rejected'],
    ['one that is about to end', [endpoint(1, ending)], 'reached'],
    ['one of each', [endpoint(1, broken), endpoint(2, ending)], 'reached'],
  ] as const)('%s: nodes are looked at all the same', async (_, endpoints, result) => {
    const entries = await explain(manifests(endpoints));
    const told = resultsOf(entries, 'node-port', 'outside').map((one) => one.result);
    expect(new Set(told)).toEqual(new Set([result]));
    expect(resultsOf(entries, 'cluster-ip', 'node').length).toBeGreaterThan(0);
  });
});

describe('a port of the node that a pod asks for', () => {
  const manifests = (pod: string) => `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: edge}
spec:
  selector: {matchLabels: {app: edge}}
  template: {metadata: {labels: {app: edge}}, spec: ${pod}}
---
apiVersion: v1
kind: Service
metadata: {name: edge}
spec: {clusterIP: 10.96.0.9, selector: {app: edge}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
spec: {podCIDR: 10.244.1.0/24}
status: {addresses: [{type: InternalIP, address: 192.168.0.11}]}
`;
  const container = (port: string) => `{containers: [{name: c, image: i, ports: [{${port}}]}]}`;

  test.each([
    ['hostPort', container('containerPort: 8080, hostPort: 80'), 'unknown'],
    ['of another protocol', container('containerPort: 8080, hostPort: 80, protocol: UDP'), 'refused'],
    ['of another number', container('containerPort: 8080, hostPort: 81'), 'refused'],
    [
      "the node's network",
      '{hostNetwork: true, containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}',
      'unknown',
    ],
    ['none', container('containerPort: 80'), 'refused'],
  ] as const)('%s', async (_, pod, result) => {
    const entries = await explain(manifests(pod));
    const told = resultsOf(entries, 'service-port-on-node', 'outside').map((one) => one.result);
    expect(new Set(told)).toEqual(new Set([result]));
  });
});
