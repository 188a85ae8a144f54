import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatAddress, formatEndpoint } from '../../src/address/address.ts';
import { buildCluster } from '../../src/kube/cluster/build.ts';
import type { Service } from '../../src/kube/cluster/model.ts';
import { readManifests } from '../../src/kube/manifest/read.ts';
import { want } from '../../src/text/expected.ts';
import { pointedAt, readingOf, serviceOf } from '../manifest/texts.ts';

const header = 'NAME  TYPE  CLUSTER-IP  EXTERNAL-IP  PORT(S)  AGE\n';
const row = (text: string): string => `${header}${text}  5m\n`;

function shown(service: Service | undefined): string {
  const ports =
    service?.ports.map(({ port, nodePort }) => (nodePort === null ? port : `${port}:${nodePort}`)) ?? [];
  const balanced =
    service?.loadBalancer.map(({ address, hostname }) => hostname ?? formatAddress(address ?? 0)) ?? [];
  const external = service?.externalAddresses.map(formatAddress) ?? [];
  return [
    service?.type,
    ...(service?.clusterAddresses.map(formatAddress) ?? []),
    ports,
    `lb=${balanced}`,
    `ext=${external}`,
  ].join(' ');
}

describe('a service that a manifest and a table speak of', () => {
  const spec = { type: 'LoadBalancer', ports: [{ port: 80 }] };

  test.each<readonly [string, object, string, string]>([
    [
      'all that is open',
      spec,
      'web  LoadBalancer  10.3.0.9  203.0.113.9  80:30080/TCP',
      'LoadBalancer 10.3.0.9 80:30080 lb=203.0.113.9 ext=',
    ],
    [
      'a host name',
      spec,
      'web  LoadBalancer  10.3.0.9  lb.example.com  80:30080/TCP',
      'LoadBalancer 10.3.0.9 80:30080 lb=lb.example.com ext=',
    ],
    [
      'a pending address',
      spec,
      'web  LoadBalancer  10.3.0.9  <pending>  80:30080/TCP',
      'LoadBalancer 10.3.0.9 80:30080 lb= ext=',
    ],
    [
      'the same as the manifest',
      { ...spec, clusterIP: '10.3.0.9', ports: [{ port: 80, nodePort: 30080 }] },
      'web  LoadBalancer  10.3.0.9  203.0.113.9  80:30080/TCP',
      'LoadBalancer 10.3.0.9 80:30080 lb=203.0.113.9 ext=',
    ],
    [
      'external addresses of the manifest beside those of the balancer',
      { ...spec, externalIPs: ['198.51.100.1'] },
      'web  LoadBalancer  10.3.0.9  203.0.113.9,198.51.100.1  80:30080/TCP',
      'LoadBalancer 10.3.0.9 80:30080 lb=203.0.113.9 ext=198.51.100.1',
    ],
    [
      'node ports of several ports',
      {
        type: 'NodePort',
        ports: [
          { port: 53, protocol: 'UDP', name: 'a' },
          { port: 53, name: 'b' },
        ],
      },
      'web  NodePort  10.3.0.9  <none>  53:30053/TCP,53:30054/UDP',
      'NodePort 10.3.0.9 53:30054,53:30053 lb= ext=',
    ],
  ])('%s', (_, manifest, line, expected) => {
    const { cluster, problems } = readingOf([serviceOf(manifest), row(line)]);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(shown(cluster.services[0])).toBe(expected);
    expect(cluster.assumptions.filter(({ subject }) => subject === 'Service default/web')).toEqual([]);
  });

  test.each<readonly [string, object, string, string]>([
    [
      'another type',
      { ...spec, type: 'NodePort' },
      'web  LoadBalancer  10.3.0.9  <pending>  80:30080/TCP',
      '"NodePort"',
    ],
    [
      'another address',
      { ...spec, clusterIP: '10.3.0.8' },
      'web  LoadBalancer  10.3.0.9  <pending>  80:30080/TCP',
      '"10.3.0.8"',
    ],
    [
      'another node port',
      { ...spec, ports: [{ port: 80, nodePort: 30081 }] },
      'web  LoadBalancer  10.3.0.9  <pending>  80:30080/TCP',
      '30081',
    ],
    ['other ports', spec, 'web  LoadBalancer  10.3.0.9  <pending>  81:30080/TCP', '['],
    [
      'headless',
      { clusterIP: '10.3.0.8', ports: [{ port: 80 }] },
      'web  ClusterIP  None  <none>  80/TCP',
      '"10.3.0.8"',
    ],
  ])('%s: an error at both places', (_, manifest, line, place) => {
    const errors = readingOf([serviceOf(manifest), row(line)]).problems.filter(
      ({ severity }) => severity === 'error',
    );
    expect(errors.map(({ code }) => code)).toEqual(['table-conflict']);
    expect(errors[0]?.message).toContain('b.yaml:2:1');
    expect(errors.map(pointedAt)).toEqual([place]);
  });

  test('external addresses that kubectl cut off are warned about', () => {
    const { cluster, problems } = readingOf([
      serviceOf(spec),
      row('web  LoadBalancer  10.3.0.9  203.0.113.80,...  80:30080/TCP'),
    ]);
    expect(shown(cluster.services[0])).toBe('LoadBalancer 10.3.0.9 80:30080 lb=203.0.113.80 ext=');
    const [warning] = problems.filter(({ severity }) => severity === 'warning');
    expect(warning).toMatchObject({ code: 'table-cut', expected: want.thing('services-wide') });
  });

  test('the name of two namespaces is not enough', () => {
    const texts = ['a', 'b'].map((namespace) => serviceOf(spec, { name: 'web', namespace }));
    const line = 'web  LoadBalancer  10.3.0.9  <pending>  80:30080/TCP';
    const { problems } = readingOf([...texts, row(line)]);
    expect(problems.find(({ severity }) => severity === 'error')?.message).toContain('a/web and b/web');
    const { cluster } = readingOf([...texts, `NAMESPACE  ${header}b  ${line}  5m\n`]);
    expect(cluster.services.map(({ clusterAddresses: [address] }) => formatAddress(address ?? 0))[1]).toBe(
      '10.3.0.9',
    );
  });
});

describe('a service that only a table speaks of', () => {
  const old = (line: string) =>
    readingOf([`NAME  CLUSTER-IP  EXTERNAL-IP  PORT(S)  AGE\n${line}  5m\n`]).cluster.services[0];

  test.each([
    ['web  10.3.0.9  35.184.97.156  80:32213/TCP', 'LoadBalancer 10.3.0.9 80:32213 lb=35.184.97.156 ext='],
    ['web  10.3.0.9  <pending>  80:32213/TCP', 'LoadBalancer 10.3.0.9 80:32213 lb= ext='],
    ['web  10.3.0.9  <nodes>  80:32213/TCP', 'NodePort 10.3.0.9 80:32213 lb= ext='],
    ['web  10.3.0.9  <none>  80/TCP', 'ClusterIP 10.3.0.9 80 lb= ext='],
    ['web  10.3.0.9  203.0.113.1  80/TCP', 'ClusterIP 10.3.0.9 80 lb= ext=203.0.113.1'],
    ['web  None  <none>  80/TCP', 'ClusterIP 80 lb= ext='],
    ['web  <none>  db.example.com  <none>', 'ExternalName  lb= ext='],
  ])('its type, where the table has none: %s', (line, expected) => {
    expect(shown(old(line))).toBe(expected);
  });

  test('what the table does not tell is said', () => {
    const { cluster } = readingOf([row('web  NodePort  10.3.0.9  <none>  80:30080/TCP,443:30443/TCP')]);
    expect(
      cluster.assumptions.find(({ subject }) => subject === 'Service default/web')?.filled,
    ).toMatchObject({
      code: 'service-row',
      portNames: true,
    });
    expect(cluster.services[0]?.ports.map(({ name }) => name)).toEqual(['80-tcp', '443-tcp']);
  });
});

describe('endpoints of a table', () => {
  const table = (text: string) => `NAME  ENDPOINTS  AGE\nweb  ${text}  1d\n`;
  const two = serviceOf({
    ports: [
      { name: 'a', port: 80, targetPort: 8080 },
      { name: 'b', port: 443, targetPort: 8443 },
    ],
  });

  test('belong to the port whose target has their number', () => {
    const { cluster } = readingOf([two, table('10.1.0.1:8080,10.1.0.2:8080,10.1.0.1:8443')]);
    const ports = [...(cluster.endpoints.get('default/web') ?? [])];
    expect(
      ports.map(([key, list]) => [key, list.map(({ address, port }) => formatEndpoint(address, port))]),
    ).toEqual([
      ['a/TCP', ['10.1.0.1:8080', '10.1.0.2:8080']],
      ['b/TCP', ['10.1.0.1:8443']],
    ]);
  });

  test.each([
    ['that are not all there', '10.1.0.1:8080 + 4 more...', '4 endpoints'],
    ['of an unknown port', '10.1.0.1:9999', 'which port'],
  ])('%s: a warning', (_, text, message) => {
    const warnings = readingOf([two, table(text)]).problems.filter(({ severity }) => severity === 'warning');
    expect(warnings.map((warning) => warning.message)).toEqual([expect.stringContaining(message)]);
  });
});

/** The manifests and the table of the first example, as its user had them. */
describe('fixtures/service-test', () => {
  const folder = join(import.meta.dirname, '../../fixtures/service-test');
  const read = (...names: string[]) => {
    const sources = names.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
    const { objects, problems } = readManifests(sources);
    const built = buildCluster(objects);
    return { cluster: built.cluster, problems: [...problems, ...built.problems] };
  };
  const manifests = ['service.yaml', 'ingress.yaml', 'nodes.yaml', 'pods.yaml'];

  test('with the table: its addresses and ports', () => {
    const { cluster, problems } = read(...manifests, 'svc.txt');
    expect(shown(cluster.services[0])).toBe('LoadBalancer 10.3.241.52 80:32213 lb=35.184.97.156 ext=');
    expect(problems.map(({ code }) => code)).toEqual(['not-compiled']);
    const endpoints = cluster.endpoints.get('default/service-test')?.get('/TCP') ?? [];
    expect(endpoints.map(({ address, port, node }) => `${formatEndpoint(address, port)} ${node}`)).toEqual([
      '10.0.1.2:8080 node-1',
      '10.0.3.2:8080 node-3',
    ]);
  });

  test('without the table: the same service with what the hash gives', () => {
    const { cluster, problems } = read(...manifests);
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([
      ['not-compiled', 'note'],
      ['assumed', 'note'],
    ]);
    expect(shown(cluster.services[0])).toMatch(
      /^LoadBalancer 10\.(9[6-9]|10\d|11[01])\.\d+\.\d+ 80:3\d{4} lb= ext=$/,
    );
  });
});

test('what is filled in alike for many services is said once', () => {
  const rows = Array.from(
    { length: 12 },
    (_, index) => `s${String(index).padStart(2, '0')} ClusterIP 10.96.1.${index} <none> 80/TCP 1d`,
  );
  const { problems, cluster } = readingOf([
    `NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE\n${rows.join('\n')}\n`,
  ]);
  const notes = problems.filter(({ message }) => /traffic policies/.test(message));
  expect(notes.map(({ message }) => message)).toEqual([
    'Services default/s00, default/s01, default/s02, default/s03, default/s04, default/s05, default/s06, default/s07, default/s08, default/s09, and 2 more: namespace default, traffic policies Cluster, no session affinity: the table says no more',
  ]);
  expect(cluster.assumptions.filter(({ filled }) => filled.code === 'service-row')).toHaveLength(12);
});
