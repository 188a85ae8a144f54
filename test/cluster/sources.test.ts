import { describe, expect, test } from 'vitest';
import { formatAddress, formatEndpoint } from '../../src/address/address.ts';
import type { ClusterReading } from '../../src/kube/cluster/build.ts';
import { want } from '../../src/text/expected.ts';
import { readingOf, serviceOf } from '../manifest/texts.ts';

const object = (kind: string, name: string, fields: object, apiVersion = 'v1'): string => {
  const { metadata = {}, ...rest } = fields as { metadata?: object };
  return JSON.stringify({ apiVersion, kind, metadata: { name, ...metadata }, ...rest });
};

const node = (index: number, fields: object = {}): string =>
  object('Node', `n${index}`, {
    spec: { podCIDR: `10.244.${index}.0/24`, ...fields },
    status: { addresses: [{ type: 'InternalIP', address: `192.168.10.${index}` }] },
  });
const nodes = [node(1), node(2), node(3)];

const web = (fields: object = {}): string =>
  serviceOf({
    clusterIP: '10.96.0.10',
    selector: { app: 'web' },
    ports: [{ port: 80, targetPort: 'http' }],
    ...fields,
  });

const containers = [{ name: 'c', ports: [{ name: 'http', containerPort: 8080 }] }];

const pod = (
  name: string,
  ip: string | null,
  fields: { metadata?: object; spec?: object; status?: object } = {},
): string =>
  object('Pod', name, {
    metadata: { labels: { app: 'web' }, ...fields.metadata },
    spec: { nodeName: 'n1', containers, ...fields.spec },
    status: {
      phase: 'Running',
      ...(ip === null ? {} : { podIP: ip, podIPs: [{ ip }] }),
      conditions: [{ type: 'Ready', status: 'True' }],
      ...fields.status,
    },
  });

const workload = (kind: string, fields: object = {}, template: object = {}): string =>
  object(
    kind,
    'web',
    {
      spec: {
        template: { metadata: { labels: { app: 'web' } }, spec: { containers, ...template } },
        ...fields,
      },
    },
    kind === 'ReplicationController' ? 'v1' : 'apps/v1',
  );

/** `address:port ready/serving/terminating node` of each endpoint. */
function endpointsOf({ cluster }: ClusterReading, port = '/TCP'): string[] {
  return (cluster.endpoints.get('default/web')?.get(port) ?? []).map((endpoint) => {
    const flags = [
      endpoint.ready ? 'r' : '-',
      endpoint.serving ? 's' : '-',
      endpoint.terminating ? 't' : '-',
    ].join('');
    return `${formatEndpoint(endpoint.address, endpoint.port)} ${flags} ${endpoint.node ?? '?'}`;
  });
}

/** staging/src/k8s.io/endpointslice/utils.go, podToEndpoint, and pkg/api/v1/pod/util.go. */
describe('endpoints of pods', () => {
  test.each<readonly [string, string, readonly string[]]>([
    ['ready', pod('a', '10.244.1.5'), ['10.244.1.5:8080 rs- n1']],
    [
      'not ready',
      pod('a', '10.244.1.5', { status: { conditions: [{ type: 'Ready', status: 'False' }] } }),
      ['10.244.1.5:8080 --- n1'],
    ],
    [
      'without conditions',
      pod('a', '10.244.1.5', { status: { conditions: [] } }),
      ['10.244.1.5:8080 --- n1'],
    ],
    [
      'terminating',
      pod('a', '10.244.1.5', { metadata: { deletionTimestamp: '2024-05-01T12:00:00Z' } }),
      ['10.244.1.5:8080 -st n1'],
    ],
    ['ended', pod('a', '10.244.1.5', { status: { phase: 'Succeeded' } }), []],
    ['failed', pod('a', '10.244.1.5', { status: { phase: 'Failed' } }), []],
    ['of another namespace', pod('a', '10.244.1.5', { metadata: { namespace: 'other' } }), []],
    ['with another label', pod('a', '10.244.1.5', { metadata: { labels: { app: 'web2' } } }), []],
    ['without that port', pod('a', '10.244.1.5', { spec: { containers: [{ name: 'c' }] } }), []],
    [
      'with that port for UDP',
      pod('a', '10.244.1.5', {
        spec: { containers: [{ ports: [{ name: 'http', containerPort: 1, protocol: 'UDP' }] }] },
      }),
      [],
    ],
    [
      'with that port for a protocol that is empty',
      pod('a', '10.244.1.5', {
        spec: { containers: [{ ports: [{ name: 'http', containerPort: 8080, protocol: '' }] }] },
      }),
      ['10.244.1.5:8080 rs- n1'],
    ],
    [
      'with the port in a sidecar',
      pod('a', '10.244.1.5', {
        spec: {
          containers: [],
          initContainers: [{ restartPolicy: 'Always', ports: [{ name: 'http', containerPort: 9 }] }],
        },
      }),
      ['10.244.1.5:9 rs- n1'],
    ],
  ])('%s', (_, manifest, expected) => {
    expect(endpointsOf(readingOf([...nodes, web(), manifest]))).toEqual(expected);
  });

  test('unready ones count as ready where the service publishes them', () => {
    const unready = pod('a', '10.244.1.5', { status: { conditions: [] } });
    expect(endpointsOf(readingOf([...nodes, web({ publishNotReadyAddresses: true }), unready]))).toEqual([
      '10.244.1.5:8080 r-- n1',
    ]);
  });

  test('pods of one service may have a named port at other numbers', () => {
    const other = pod('b', '10.244.2.6', {
      spec: { containers: [{ ports: [{ name: 'http', containerPort: 80 }] }] },
    });
    expect(endpointsOf(readingOf([...nodes, web(), pod('a', '10.244.1.5'), other]))).toEqual([
      '10.244.1.5:8080 rs- n1',
      '10.244.2.6:80 rs- n1',
    ]);
  });

  test('both addresses of a pod, as far as the service has their families', () => {
    const status = { podIPs: [{ ip: '10.244.1.5' }, { ip: 'fd00:10:244:1::5' }] };
    const dual = {
      clusterIPs: ['10.96.0.10', 'fd00:10:96::10'],
      ipFamilyPolicy: 'RequireDualStack',
    };
    const both = readingOf([...nodes, web(dual), pod('a', '10.244.1.5', { status })]);
    expect(endpointsOf(both)).toEqual(['10.244.1.5:8080 rs- n1', '[fd00:10:244:1::5]:8080 rs- n1']);
    expect(endpointsOf(readingOf([...nodes, web(), pod('a', '10.244.1.5', { status })]))).toEqual([
      '10.244.1.5:8080 rs- n1',
    ]);
  });
});

describe('the first source that has something', () => {
  const slice = object(
    'EndpointSlice',
    'web-1',
    {
      metadata: {
        labels: {
          'kubernetes.io/service-name': 'web',
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
      },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.1.0.1'] }],
      ports: [{ port: 1, name: '' }],
    },
    'discovery.k8s.io/v1',
  );
  const endpoints = object('Endpoints', 'web', {
    subsets: [
      {
        addresses: [{ ip: '10.2.0.2', nodeName: 'n2' }],
        notReadyAddresses: [{ ip: '10.2.0.1' }],
        ports: [{ port: 2 }],
      },
    ],
  });
  const table = 'NAME  ENDPOINTS    AGE\nweb   10.3.0.1:3   1d\n';
  const sources = [
    [slice, ['10.1.0.1:1 rs- ?']],
    [pod('a', '10.4.0.1'), ['10.4.0.1:8080 rs- n1']],
    [endpoints, ['10.2.0.1:2 -s- ?', '10.2.0.2:2 rs- n2']],
    [table, ['10.3.0.1:3 rs- ?']],
    [workload('StatefulSet'), ['ONE rs- n?']],
  ] as const;

  test.each(sources.map(([, expected], index) => [index, expected] as const))(
    'of source %i and all after it',
    (first, expected) => {
      const texts = sources.slice(first).map(([text]) => text);
      const found = endpointsOf(readingOf([...nodes, web(), ...texts]));
      const shown =
        first === 4
          ? found.map((text) => text.replace(/^10\.244\.\d\.\d+:8080/, 'ONE').replace(/n\d/, 'n?'))
          : found;
      expect(shown).toEqual(expected);
    },
  );

  test('nothing: the service has no endpoints, and that is said', () => {
    const { cluster, problems } = readingOf([...nodes, web()]);
    expect(cluster.endpoints.size).toBe(0);
    expect(problems.find(({ code }) => code === 'no-endpoints')).toMatchObject({ severity: 'note' });
  });

  test('pods that have ended are known to be none, whatever workloads say', () => {
    const ended = pod('a', '10.244.1.5', { status: { phase: 'Succeeded' } });
    expect(endpointsOf(readingOf([...nodes, web(), ended, workload('Deployment')]))).toEqual([]);
  });
});

describe('pods that nobody started yet', () => {
  const inPrefix = /^10\.244\.(\d)\.(\d+):8080 rs- n(\d)$/;

  test.each(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'])(
    'of a %s are spread over the nodes, each in its prefix',
    (kind) => {
      const found = endpointsOf(readingOf([...nodes, web(), workload(kind, { replicas: 6 })]));
      expect(found).toHaveLength(6);
      const places = found.map((text) => inPrefix.exec(text) ?? []);
      for (const [, network, host, name] of places) {
        expect(network).toBe(name);
        expect(Number(host)).toBeGreaterThan(1);
        expect(Number(host)).toBeLessThan(255);
      }
      expect(
        places
          .map(([, , , name]) => name)
          .sort()
          .join(''),
      ).toBe('112233');
    },
  );

  test('of a DaemonSet: one for each node', () => {
    const found = endpointsOf(readingOf([...nodes, web(), workload('DaemonSet')]));
    expect(found.map((text) => text.slice(-2)).sort()).toEqual(['n1', 'n2', 'n3']);
  });

  test('share the address of their node with its network', () => {
    const found = endpointsOf(readingOf([...nodes, web(), workload('DaemonSet', {}, { hostNetwork: true })]));
    expect(found).toEqual([
      '192.168.10.1:8080 rs- n1',
      '192.168.10.2:8080 rs- n2',
      '192.168.10.3:8080 rs- n3',
    ]);
  });

  test('stay off nodes that do not let them', () => {
    const taints = [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }];
    const some = [node(1, { taints }), node(2), node(3, { unschedulable: true })];
    const on = (...texts: string[]) =>
      endpointsOf(readingOf([...some, web(), ...texts])).map((text) => text.slice(-2));
    expect(new Set(on(workload('Deployment', { replicas: 4 })))).toEqual(new Set(['n2']));
    expect(on(workload('DaemonSet')).sort()).toEqual(['n2', 'n3']);
    const tolerations = [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }];
    expect(on(workload('DaemonSet', {}, { tolerations })).sort()).toEqual(['n1', 'n2', 'n3']);
  });

  test('of a Pod without a status: on the node it asks for', () => {
    const bare = object('Pod', 'a', {
      metadata: { labels: { app: 'web' } },
      spec: { containers, nodeName: 'n3' },
    });
    expect(endpointsOf(readingOf([...nodes, web(), bare]))).toEqual([
      expect.stringMatching(/^10\.244\.3\.\d+:8080 rs- n3$/),
    ]);
  });

  test('are the same whatever else there is, and however files are ordered', () => {
    const texts = [...nodes, web(), workload('Deployment', { replicas: 3 })];
    const others = [serviceOf({ ports: [{ port: 1 }], selector: { app: 'web' } }, { name: 'other' })];
    const alone = endpointsOf(readingOf(texts));
    expect(endpointsOf(readingOf([...others, ...texts].toReversed()))).toEqual(alone);
  });

  test('of a ReplicaSet that a Deployment made count once', () => {
    const owned = object(
      'ReplicaSet',
      'web-abc',
      {
        metadata: { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u' }] },
        spec: { replicas: 2, template: { metadata: { labels: { app: 'web' } }, spec: { containers } } },
      },
      'apps/v1',
    );
    const found = endpointsOf(readingOf([...nodes, web(), workload('Deployment', { replicas: 2 }), owned]));
    expect(found).toHaveLength(2);
  });

  test('leave addresses alone that endpoints of other services have', () => {
    const texts = [...nodes, web(), workload('Deployment', { replicas: 1 })];
    const [free = ''] = endpointsOf(readingOf(texts)).map((text) => text.slice(0, text.indexOf(':')));
    const slice = object(
      'EndpointSlice',
      'other-1',
      {
        metadata: { labels: { 'kubernetes.io/service-name': 'other' } },
        addressType: 'IPv4',
        endpoints: [{ addresses: [free] }],
        ports: [],
      },
      'discovery.k8s.io/v1',
    );
    const endpoints = object('Endpoints', 'other', { subsets: [{ notReadyAddresses: [{ ip: free }] }] });
    const table = `NAME    ENDPOINTS    AGE\nother   ${free}:3   1d\n`;
    for (const other of [slice, endpoints, table]) {
      const [moved] = endpointsOf(readingOf([...texts, other]));
      expect(moved).toMatch(inPrefix);
      expect(moved).not.toContain(`${free}:`);
    }
  });

  test('of a workload without replicas are none, and that is known', () => {
    const { cluster, problems } = readingOf([...nodes, web(), workload('Deployment', { replicas: 0 })]);
    expect(endpointsOf({ cluster, problems })).toEqual([]);
    expect(problems.some(({ code }) => code === 'no-endpoints')).toBe(false);
  });

  test('are no more than the nodes take: 110 on each', () => {
    const { cluster, problems } = readingOf([
      node(1),
      web(),
      workload('Deployment', { replicas: 2 ** 31 - 1 }),
    ]);
    expect(endpointsOf({ cluster, problems })).toHaveLength(110);
    expect(problems.find(({ code }) => code === 'assumed')?.message).toContain(
      '110, as many as the nodes take',
    );
  });

  test('are said: where they come from, and where they are', () => {
    const { problems } = readingOf([...nodes, web(), workload('Deployment', { replicas: 2 })]);
    const [note] = problems.filter(({ code }) => code === 'assumed');
    expect(note?.message).toMatch(
      /^Service default\/web: endpoints by hash.*2 of Deployment web \(10\.244\./,
    );
  });
});

/** What staging/src/k8s.io/endpointslice/trafficdist of release 1.34 writes into slices. */
describe('hints for trafficDistribution', () => {
  const zoned = (index: number, zone: string | null) =>
    object('Node', `n${index}`, {
      metadata: { labels: zone === null ? {} : { 'topology.kubernetes.io/zone': zone } },
      spec: { podCIDR: `10.244.${index}.0/24` },
      status: { addresses: [{ type: 'InternalIP', address: `192.168.10.${index}` }] },
    });
  const hints = (fields: object, metadata: object = {}) => {
    const service = object('Service', 'web', {
      metadata,
      spec: {
        clusterIP: '10.96.0.10',
        selector: { app: 'web' },
        ports: [{ port: 80, targetPort: 8080 }],
        ...fields,
      },
    });
    const unready = { status: { conditions: [{ type: 'Ready', status: 'False' }] } };
    const { cluster } = readingOf([
      [service, zoned(1, 'a'), zoned(2, null), pod('x', '10.244.1.5'), pod('y', '10.244.1.6', unready)].join(
        '\n',
      ),
      pod('z', '10.244.2.5', { spec: { nodeName: 'n2' } }),
    ]);
    const endpoints = cluster.endpoints.get('default/web')?.get('/TCP') ?? [];
    return endpoints.map(({ zoneHints, nodeHints }) => [zoneHints.join(), nodeHints.join()]);
  };
  const none = ['', ''];

  test.each([
    [undefined, [none, none, none]],
    ['PreferClose', [['a', ''], none, none]],
    ['PreferSameZone', [['a', ''], none, none]],
    ['PreferSameNode', [['a', 'n1'], none, ['', 'n2']]],
  ])('%s', (trafficDistribution, expected) => {
    expect(hints({ trafficDistribution })).toEqual(expected);
  });

  test('are not made where the annotation takes precedence', () => {
    const annotations = { 'service.kubernetes.io/topology-mode': 'Auto' };
    expect(hints({ trafficDistribution: 'PreferClose' }, { annotations })).toEqual([none, none, none]);
  });
});

test('a named target port that no pod has is said, with the names that there are', () => {
  const { problems } = readingOf([
    [...nodes, web({ ports: [{ port: 80, targetPort: 'htpp' }] }), pod('a', '10.244.1.5')].join('\n'),
  ]);
  expect(problems.filter(({ severity }) => severity === 'warning')).toMatchObject([
    { code: 'target-port-unknown', expected: want.oneOf(['http']) },
  ]);
});

test('without a Node, one is assumed and said', () => {
  const { cluster, problems } = readingOf([web(), workload('Deployment')]);
  expect(cluster.nodes.map(({ name }) => name)).toEqual(['node-1']);
  expect(problems.some(({ message }) => message.startsWith('Node node-1: it is assumed'))).toBe(true);
  expect(endpointsOf({ cluster, problems })).toEqual([
    expect.stringMatching(/^10\.244\.0\.\d+:8080 rs- node-1$/),
  ]);
});

test('of the same object twice the last one counts, which is said where they differ', () => {
  expect(readingOf([...nodes, web(), web()]).cluster.services).toHaveLength(1);
  const { cluster, problems } = readingOf([...nodes, web(), web({ externalIPs: ['203.0.113.5'] })]);
  expect(cluster.services[0]?.externalAddresses.map(formatAddress)).toEqual(['203.0.113.5']);
  const [warning] = problems.filter(({ code }) => code === 'duplicate');
  expect(warning).toMatchObject({ severity: 'warning' });
  expect(warning?.message).toContain('Service default/web');
  expect(warning?.message).toContain('d.yaml:1:');
});

describe('what was not read is never taken for none', () => {
  const pod = { spec: { containers: [{ name: 'a', image: 'a', ports: [{ containerPort: 8080 }] }] } };
  const deployment = object(
    'Deployment',
    'web',
    {
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, ...pod },
      },
    },
    'apps/v1',
  );
  const podTable =
    'NAME    READY   STATUS    RESTARTS   AGE   IP           NODE\nweb-1   1/1     Running   0          5d    10.244.1.5   n1\n';
  const foreign = object(
    'EndpointSlice',
    'web-x',
    {
      metadata: {
        labels: { 'kubernetes.io/service-name': 'web', 'endpointslice.kubernetes.io/managed-by': 'me' },
      },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.244.9.9'] }],
      ports: [{ port: 8080 }],
    },
    'discovery.k8s.io/v1',
  );
  const knative = object('Service', 'a', { spec: { template: pod } }, 'serving.knative.dev/v1');

  test.each([
    ['a workload beside a table of pods', [deployment, podTable], true],
    ['slices of others beside a table of pods', [foreign, podTable], true],
    ['an object of an operator that holds containers', [knative], true],
    [
      'what a program installs',
      [object('HelmRelease', 'a', { spec: {} }, 'helm.toolkit.fluxcd.io/v2')],
      true,
    ],
    ['a table as the API server answers it', [object('Table', 'a', { rows: [] }, 'meta.k8s.io/v1')], true],
    ['a workload beside an object that holds containers', [deployment, knative], false],
    [
      'an object that starts nothing',
      [object('ServiceMonitor', 'a', { spec: {} }, 'monitoring.coreos.com/v1')],
      false,
    ],
    ['a template that nobody starts', [object('PodTemplate', 'a', { template: pod })], false],
  ])('%s', (_, beside, isUnknown) => {
    const [service] = readingOf([...nodes, web(), ...beside]).cluster.services;
    expect(service?.endpointsUnknown ?? false).toBe(isUnknown);
  });
});
