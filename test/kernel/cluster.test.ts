import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Family } from '../../src/address/address.ts';
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

/** The addresses of a cluster of two nodes with an endpoint and one without, and of who is outside of it. */
interface World {
  readonly family: Family;
  /** Of the pods of a node, up to the last part of an address. */
  readonly pods: (node: number) => string;
  /** Of the link that the nodes share, likewise. */
  readonly link: string;
  readonly client: string;
  readonly balancer: string;
  readonly external: string;
  readonly service: string;
  readonly clusterCidr: string;
  /** Sources that a balancer admits, without the client. */
  readonly range: string;
  readonly length: string;
}

const worlds: Readonly<Record<Family, World>> = {
  ipv4: {
    family: 'ipv4',
    pods: (node) => `10.0.${node}.`,
    link: '10.100.0.',
    client: '198.51.100.7',
    balancer: '203.0.113.9',
    external: '192.0.2.80',
    service: '10.96.0.10',
    clusterCidr: '10.0.0.0/16',
    range: '192.0.2.0/24',
    length: '0/24',
  },
  ipv6: {
    family: 'ipv6',
    pods: (node) => `fd00:0:${node}::`,
    link: 'fd00:100::',
    client: '2001:db8:7::7',
    balancer: '2001:db8:9::9',
    external: '2001:db8:80::80',
    service: 'fd00:96::10',
    clusterCidr: 'fd00::/32',
    range: '2001:db8:c000::/48',
    length: '/64',
  },
};

const places = [1, 2, 3] as const;
const addressOf = ({ link }: World, place: number): string => `${link}${place + 1}`;
const addressesOf = (world: World): Readonly<Record<string, string>> =>
  Object.fromEntries(places.map((place) => [`node-${place}`, addressOf(world, place)]));
const serversOf = ({ pods }: World): readonly TestPod[] =>
  [1, 3].map((place) => ({ node: `node-${place}`, address: `${pods(place)}2`, port: 8080 }));

const nodesOf = (world: World): string =>
  places
    .map(
      (place) => `apiVersion: v1
kind: Node
metadata: {name: node-${place}}
spec: {podCIDR: '${world.pods(place)}${world.length}'}
status: {addresses: [{type: InternalIP, address: '${addressOf(world, place)}'}]}
---
`,
    )
    .join('');

const manifests = (world: World, policies: string) => `${nodesOf(world)}apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  clusterIP: '${world.service}'
  externalIPs: ['${world.external}']
  ports: [{port: 80, targetPort: 8080, nodePort: 32213}]
${policies}
status: {loadBalancer: {ingress: [{ip: '${world.balancer}'}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
addressType: ${world.family === 'ipv4' ? 'IPv4' : 'IPv6'}
endpoints:
${serversOf(world)
  .map((pod) => `- {addresses: ['${pod.address}'], nodeName: ${pod.node}, conditions: {ready: true}}`)
  .join('\n')}
ports: [{port: 8080, protocol: TCP}]
`;

const plain = `apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n`;
const withCidr = `${plain}clusterCIDR: 'CIDR'\n`;
const masqueradeAll = `${withCidr}MODE: {masqueradeAll: true}\n`;

interface Scenario {
  readonly name: string;
  readonly policies: string;
  readonly config: string;
  /** The node to which the network outside hands what is for the cluster address. */
  readonly serviceRoute?: string;
}

const ranges = "  loadBalancerSourceRanges: ['RANGE']";
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

const modes = ['iptables', 'nftables'] as const;
const all = modes.flatMap((mode) =>
  Object.values(worlds).flatMap((world) => {
    const isFirst = mode === 'iptables' && world.family === 'ipv4';
    // What a route and ranges change is not the family's, or the mode's.
    const own = scenarios.filter((one) => isFirst || (!one.serviceRoute && !one.policies.includes(ranges)));
    return own.map((scenario) => ({ ...scenario, mode, world }));
  }),
);
const sample = isRequired ? all : all.slice(0, 2);

/** What loads what a node's rules are compiled to. */
const loaders = {
  iptables: { ipv4: ['iptables-restore'], ipv6: ['ip6tables-restore'] },
  nftables: { ipv4: ['nft', '-f', '-'], ipv6: ['nft', '-f', '-'] },
};

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

/** With two ends of the same chance, so many connections miss one of them once in some million times. */
const times = 24;

describe.skipIf(whyNot() !== null)(`a cluster on the live kernel${whyNot() ? ` (${whyNot()})` : ''}`, () => {
  describe.each(sample)('$mode $world.family: $name', ({ policies, config, serviceRoute, mode, world }) => {
    const { family, client } = world;
    const addresses = addressesOf(world);
    const own = `${config}mode: ${mode}\n`.replace('CIDR', world.clusterCidr).replace('MODE', mode);
    const files = {
      'cluster.yaml': manifests(world, policies.replace('RANGE', world.range)),
      'kube-proxy.yaml': own,
    };
    const flags = ['--family', family, '--config', 'kube-proxy.yaml', 'cluster.yaml'];
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
          return {
            name,
            address,
            podGateway: `${world.pods(index + 1)}1`,
            rules: out,
            load: loaders[mode][family],
          };
        }),
      );
      const callers = new Map(
        entries.flatMap(({ cells }) =>
          cells.flatMap(({ client: { kind, address } }) =>
            kind === 'pod' ? [[address, { node: nodeOfPod(address), address }] as const] : [],
          ),
        ),
      );
      live = new LiveCluster({
        nodes: compiled,
        pods: [...serversOf(world), ...callers.values()],
        gateway: `${world.link}1`,
        client,
      });
      await live.start();
      if (serviceRoute !== undefined) live.routeTo(world.service, addresses[serviceRoute] as string);
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
          const routes = routesOf(entry, world);
          const isNow = routes[0] === null ? turn === addresses['node-1'] : routes.includes(turn);
          return isNow ? [{ entry, cell, index }] : [];
        });
        for (const { entry } of now)
          if (routesOf(entry, world)[0] !== null) live.routeTo(hostOf(entry), turn);
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
  return `node-${address.split(/[.:]/)[2]}`;
}

function hostOf({ address }: EntryJson): string {
  return address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}

/** By which nodes the network outside brings a packet to an entry: a balancer uses those that are healthy in turn. */
function routesOf({ kind, via, cells }: EntryJson, world: World): readonly (string | null)[] {
  const addresses = addressesOf(world);
  if (via !== undefined) return [addresses[via] as string];
  if (kind !== 'load-balancer') return [null];
  const outside = cells.find(({ client: { kind } }) => kind === 'outside');
  const servers =
    outside?.results.flatMap(({ server, source }) => (source === world.client ? [server] : [])) ?? [];
  if (servers.length === 0) return Object.values(addresses);
  return [...new Set(servers.map((server) => addresses[nodeOfPod(server.replace(/^\[/, ''))] as string))];
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
