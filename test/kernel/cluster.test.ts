import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { count } from '../claims.ts';
import { kubenat } from '../cli/harness.ts';
import { isRequired } from './iptables.ts';
import { type Call, LiveCluster, type TestNode, type TestPod } from './topology.ts';

function whyNot(): string | null {
  if (isRequired) return null;
  if (process.platform !== 'linux') return 'network namespaces are on Linux only';
  if (process.getuid?.() !== 0) return 'only root may make network namespaces';
  const missing = ['ip', 'iptables-restore', 'python3', 'sysctl'].filter(
    (tool) => spawnSync('which', [tool]).status !== 0,
  );
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  return spawnSync('unshare', ['-n', 'true']).status === 0 ? null : 'network namespaces cannot be made here';
}

const gateway = '10.100.0.1';
const client = '198.51.100.7';
const balancer = '203.0.113.9';
const external = '192.0.2.80';

const node = (name: string, address: string, pods: string) => `apiVersion: v1
kind: Node
metadata: {name: ${name}}
spec: {podCIDR: ${pods}}
status: {addresses: [{type: InternalIP, address: ${address}}]}
---
`;

/** Two nodes with an endpoint and one without. */
const nodes =
  node('node-1', '10.100.0.2', '10.0.1.0/24') +
  node('node-2', '10.100.0.3', '10.0.2.0/24') +
  node('node-3', '10.100.0.4', '10.0.3.0/24');

const servers: readonly TestPod[] = [
  { node: 'node-1', address: '10.0.1.2', port: 8080 },
  { node: 'node-3', address: '10.0.3.2', port: 8080 },
];

const manifests = (policies: string) => `${nodes}apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.10
  externalIPs: [${external}]
  ports: [{port: 80, targetPort: 8080, nodePort: 32213}]
${policies}
status: {loadBalancer: {ingress: [{ip: ${balancer}}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints:
${servers.map((pod) => `- {addresses: [${pod.address}], nodeName: ${pod.node}, conditions: {ready: true}}`).join('\n')}
ports: [{port: 8080, protocol: TCP}]
`;

const withCidr = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clusterCIDR: 10.0.0.0/16
`;
const masqueradeAll = `${withCidr}iptables: {masqueradeAll: true}\n`;
const plain = `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n`;

interface Scenario {
  readonly name: string;
  readonly policies: string;
  readonly config: string;
  /** The node to which the network outside hands what is for the cluster address. */
  readonly serviceRoute?: string;
}

const ranges = '  loadBalancerSourceRanges: [192.0.2.0/24]';
const scenarios: readonly Scenario[] = [
  { name: 'policy Cluster', policies: '  externalTrafficPolicy: Cluster', config: withCidr },
  { name: 'policy Local', policies: '  externalTrafficPolicy: Local', config: withCidr },
  { name: 'policy Local, pods unknown', policies: '  externalTrafficPolicy: Local', config: plain },
  {
    name: 'both policies Local',
    policies: '  externalTrafficPolicy: Local\n  internalTrafficPolicy: Local',
    config: withCidr,
  },
  { name: 'masqueradeAll', policies: '  externalTrafficPolicy: Cluster', config: masqueradeAll },
  {
    name: 'a static route for the service range',
    policies: '  externalTrafficPolicy: Cluster',
    config: withCidr,
    serviceRoute: 'node-2',
  },
  {
    name: 'such a route, and nothing is masked',
    policies: '  externalTrafficPolicy: Cluster',
    config: plain,
    serviceRoute: 'node-2',
  },
  { name: 'source ranges', policies: `  externalTrafficPolicy: Cluster\n${ranges}`, config: withCidr },
];

const sample = isRequired ? scenarios : scenarios.slice(0, 2);

interface CellJson {
  readonly client: { readonly kind: string; readonly address: string };
  readonly results: readonly { readonly result: string; readonly server: string; readonly source: string }[];
}

interface EntryJson {
  readonly kind: string;
  readonly address: string;
  readonly via?: string;
  readonly cells: readonly CellJson[];
}

/** What a client notices of each result. Where nobody has a route, it depends on the router whether it is told. */
const noticed: Readonly<Record<string, string>> = {
  dropped: 'timeout',
  rejected: 'refused',
  refused: 'refused',
  lost: 'timeout',
  unreachable: 'timeout',
  unanswered: 'timeout',
};

const addresses: Readonly<Record<string, string>> = {
  'node-1': '10.100.0.2',
  'node-2': '10.100.0.3',
  'node-3': '10.100.0.4',
};

/** With two ends of the same chance, so many connections miss one of them once in some million times. */
const times = 24;

describe.skipIf(whyNot() !== null)(`a cluster on the live kernel${whyNot() ? ` (${whyNot()})` : ''}`, () => {
  describe.each(sample)('$name', ({ policies, config, serviceRoute }) => {
    const files = { 'cluster.yaml': manifests(policies), 'kube-proxy.yaml': config };
    const flags = ['--config', 'kube-proxy.yaml', 'cluster.yaml'];
    const route = serviceRoute === undefined ? [] : ['--service-route', serviceRoute];
    let entries: readonly EntryJson[] = [];
    let live: LiveCluster;

    beforeAll(async () => {
      const explained = await kubenat(
        ['explain', '--format', 'json', '--client', client, ...route, ...flags],
        files,
      );
      entries = JSON.parse(explained.out).services[0].ports[0].entries;
      const compiled = await Promise.all(
        Object.entries(addresses).map(async ([name, address], index): Promise<TestNode> => {
          const { out } = await kubenat(['compile', '--node', name, ...flags], files);
          return { name, address, podGateway: `10.0.${index + 1}.1`, rules: out };
        }),
      );
      const callers = new Map(
        entries.flatMap(({ cells }) =>
          cells.flatMap(({ client: { kind, address } }) =>
            kind === 'pod' ? [[address, { node: nodeOfPod(address), address }] as const] : [],
          ),
        ),
      );
      live = new LiveCluster({ nodes: compiled, pods: [...servers, ...callers.values()], gateway, client });
      await live.start();
      if (serviceRoute !== undefined) live.routeTo('10.96.0.10', addresses[serviceRoute] as string);
    }, 60_000);

    afterAll(() => live?.stop());

    test('every cell of the matrix is what connections see', { timeout: 120_000 }, async () => {
      const cells = entries.flatMap((entry) =>
        entry.cells
          .filter(({ client: { kind } }) => kind !== 'outside-admitted')
          .map((cell) => ({ entry, cell })),
      );
      const answers = cells.map(() => new Set<string>());
      // Whatever the network outside hands to a node is handed to one after the other; the rest needs one turn.
      for (const turn of Object.values(addresses)) {
        const now = cells.flatMap(({ entry, cell }, index) => {
          const routes = routesOf(entry);
          const isNow = routes[0] === null ? turn === addresses['node-1'] : routes.includes(turn);
          return isNow ? [{ entry, cell, index }] : [];
        });
        for (const { entry } of now) if (routesOf(entry)[0] !== null) live.routeTo(hostOf(entry), turn);
        const found = await live.call(now.map(({ entry, cell }) => callOf(entry, cell)));
        now.forEach(({ index }, position) => {
          for (const answer of found[position] ?? []) answers[index]?.add(quiet(answer));
        });
      }
      const name = ({ entry, cell: { client } }: (typeof cells)[number]) =>
        `${entry.kind} ${entry.address} via ${entry.via ?? '-'} from ${client.kind} ${client.address}`;
      const expected = cells.map((one) => `${name(one)}: ${listed(one.cell.results.map(asNoticed))}`);
      expect(expected.length).toBeGreaterThan(20);
      expect(cells.map((one, index) => `${name(one)}: ${listed(answers[index] as Set<string>)}`)).toEqual(
        expected,
      );
      count('the source-IP matrix', expected.length);
    });
  });
});

function listed(answers: Iterable<string>): string {
  return [...new Set(answers)].sort().join(', ');
}

function nodeOfPod(address: string): string {
  return `node-${address.split('.')[2]}`;
}

function hostOf({ address }: EntryJson): string {
  return address.slice(0, address.lastIndexOf(':'));
}

/** By which nodes the network outside brings a packet to an entry: a balancer uses those that are healthy in turn. */
function routesOf({ kind, via, cells }: EntryJson): readonly (string | null)[] {
  if (via !== undefined) return [addresses[via] as string];
  if (kind !== 'load-balancer') return [null];
  const outside = cells.find(({ client: { kind } }) => kind === 'outside');
  const servers = outside?.results.flatMap(({ server, source }) => (source === client ? [server] : [])) ?? [];
  if (servers.length === 0) return Object.values(addresses);
  return [...new Set(servers.map((server) => addresses[nodeOfPod(server)] as string))];
}

function callOf(entry: EntryJson, { client: { address }, results }: CellJson): Call {
  const port = Number(entry.address.slice(entry.address.lastIndexOf(':') + 1));
  const place = { from: address, address: hostOf(entry), port };
  if (results.length === 1) return { ...place, times: results[0]?.result === 'reached' ? 3 : 1, patience: 1 };
  const waits = results.some(({ result }) => noticed[result] === 'timeout');
  return { ...place, times, patience: waits ? 0.4 : 1 };
}

function asNoticed({ result, server, source }: CellJson['results'][number]): string {
  return result === 'reached' ? `${server} ${source}` : (noticed[result] ?? result);
}

function quiet(answer: string): string {
  return answer === 'unreachable' ? 'timeout' : answer;
}
