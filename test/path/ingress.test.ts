import { describe, expect, test } from 'vitest';
import { buildCluster } from '../../src/kube/cluster/build.ts';
import { readManifests } from '../../src/kube/manifest/read.ts';
import { findingsOf, tlsFor } from '../../src/path/ingress/findings.ts';
import { chooseRoute, matchesHost, matchesPath, type Pattern } from '../../src/path/ingress/match.ts';
import { type Controller, type PathType, readIngresses } from '../../src/path/ingress/model.ts';

type Row = readonly [
  kind: string,
  paths: readonly (string | readonly [string, PathType])[],
  requests: readonly string[],
  chosen: string | null,
];

/** The table of kubernetes.io/docs/concepts/services-networking/ingress, all rows in their order. */
const documented: readonly Row[] = [
  ['Prefix', ['/'], ['/', '/foo', '/foo/bar', '/a/b/c/'], '/'],
  ['Exact', ['/foo'], ['/foo'], '/foo'],
  ['Exact', ['/foo'], ['/bar'], null],
  ['Exact', ['/foo'], ['/foo/'], null],
  ['Exact', ['/foo/'], ['/foo'], null],
  ['Prefix', ['/foo'], ['/foo', '/foo/'], '/foo'],
  ['Prefix', ['/foo/'], ['/foo', '/foo/'], '/foo/'],
  ['Prefix', ['/aaa/bb'], ['/aaa/bbb'], null],
  ['Prefix', ['/aaa/bbb'], ['/aaa/bbb'], '/aaa/bbb'],
  ['Prefix', ['/aaa/bbb/'], ['/aaa/bbb'], '/aaa/bbb/'],
  ['Prefix', ['/aaa/bbb'], ['/aaa/bbb/'], '/aaa/bbb'],
  ['Prefix', ['/aaa/bbb'], ['/aaa/bbb/ccc'], '/aaa/bbb'],
  ['Prefix', ['/aaa/bbb'], ['/aaa/bbbxyz'], null],
  ['Prefix', ['/', '/aaa'], ['/aaa/ccc'], '/aaa'],
  ['Prefix', ['/', '/aaa', '/aaa/bbb'], ['/aaa/bbb'], '/aaa/bbb'],
  ['Prefix', ['/', '/aaa', '/aaa/bbb'], ['/ccc'], '/'],
  ['Prefix', ['/aaa'], ['/ccc'], null],
  [
    'Mixed',
    [
      ['/foo', 'Prefix'],
      ['/foo', 'Exact'],
    ],
    ['/foo'],
    '/foo Exact',
  ],
];

const controllers: readonly Controller[] = ['gce', 'alb', 'nginx', 'haproxy', 'traefik', 'unknown'];

describe('the path table of the Kubernetes documentation', () => {
  test('has all of its rows', () => expect(documented).toHaveLength(18));

  describe.each(controllers)('under %s', (controller) => {
    test.each(documented)('%s %j, requests %j', (kind, paths, requests, chosen) => {
      for (const order of [paths, [...paths].reverse()]) {
        const routes = order.map((path): Pattern => {
          const [text, pathType] = typeof path === 'string' ? [path, kind as PathType] : path;
          return { host: null, path: text, pathType };
        });
        for (const request of requests) {
          const route = chooseRoute(routes, 'foo.bar.com', request, () => controller);
          const named = kind === 'Mixed' ? route && `${route.path} ${route.pathType}` : (route?.path ?? null);
          expect([request, named]).toEqual([request, chosen]);
        }
      }
    });
  });
});

/** The table of host wildcards on the same page. */
test.each([
  ['*.foo.com', 'bar.foo.com', true],
  ['*.foo.com', 'baz.bar.foo.com', false],
  ['*.foo.com', 'foo.com', false],
  ['foo.bar.com', 'foo.bar.com', true],
  ['foo.bar.com', 'FOO.bar.com', true],
  ['foo.bar.com', 'bar.com', false],
])('host %s and header %s: %s', (pattern, host, expected) => {
  expect(matchesHost(pattern, host)).toBe(expected);
});

test.each<[Controller, string, string, boolean]>([
  ['gce', '/*', '/', true],
  ['gce', '/*', '/shop', true],
  ['gce', '/*', '/shop/cart', true],
  ['gce', '/shop/*', '/shop/cart', true],
  ['gce', '/shop/*', '/shop', false],
  ['gce', '/shop', '/shop', true],
  ['gce', '/shop', '/shop/cart', false],
  ['alb', '/*', '/shop', true],
  ['alb', '/a?c', '/abc', true],
  ['alb', '/a?c', '/ac', false],
  ['alb', '/a.c', '/abc', false],
  ['alb', '/*/end', '/x/end', true],
  ['nginx', '/shop', '/shopping', true],
  ['nginx', '/shop', '/sho', false],
])('ImplementationSpecific under %s: %s and %s: %s', (controller, path, request, expected) => {
  expect(matchesPath({ host: null, path, pathType: 'ImplementationSpecific' }, request, controller)).toBe(
    expected,
  );
});

test('a host itself goes before a wildcard, and that before every host; paths of others are not asked', () => {
  const routes: Pattern[] = [
    { host: null, path: '/', pathType: 'Prefix' },
    { host: '*.foo.com', path: '/', pathType: 'Prefix' },
    { host: 'bar.foo.com', path: '/only', pathType: 'Prefix' },
  ];
  const choose = (host: string, path: string) => chooseRoute(routes, host, path, () => 'nginx')?.host;
  expect(choose('bar.foo.com', '/only')).toBe('bar.foo.com');
  expect(choose('baz.foo.com', '/only')).toBe('*.foo.com');
  expect(choose('foo.com', '/only')).toBe(null);
  expect(choose('bar.foo.com', '/other')).toBe(undefined);
});

function readAll(text: string) {
  const { objects, problems } = readManifests([{ name: 'all.yaml', text }]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const ingresses = readIngresses(objects);
  return { ingresses, findings: findingsOf(buildCluster(objects).cluster, ingresses) };
}

const services = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, clusterIP: 10.96.0.1, ports: [{port: 80, name: http, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: inner}
spec: {clusterIP: 10.96.0.2, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: own}
spec: {type: LoadBalancer, clusterIP: 10.96.0.3, ports: [{port: 80, nodePort: 30081}]}
`;

const ingress = (apiVersion: string, name: string, spec: string, annotations = '{}') => `---
apiVersion: ${apiVersion}
kind: Ingress
metadata: {name: ${name}, annotations: ${annotations}}
spec:
${spec.replace(/^/gm, '  ')}
`;

const v1 = (name: string, service: string, port = '{number: 80}', extra = '') =>
  ingress(
    'networking.k8s.io/v1',
    name,
    `ingressClassName: gce\nrules: [{host: a.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: ${service}, port: ${port}}}}]}}]\n${extra}`,
  );

describe('the three versions of the object', () => {
  test.each(['extensions/v1beta1', 'networking.k8s.io/v1beta1'])('%s', (version) => {
    const spec =
      'backend: {serviceName: web, servicePort: http}\nrules: [{http: {paths: [{path: /*, backend: {serviceName: web, servicePort: 80}}]}}]';
    const { ingresses, findings } = readAll(
      services + ingress(version, 'old', spec, '{kubernetes.io/ingress.class: gce}'),
    );
    expect(findings).toEqual([]);
    expect(ingresses).toMatchObject([
      {
        controller: 'gce',
        defaultBackend: { kind: 'service', name: 'web', port: 'http' },
        routes: [
          { host: null, path: '/*', pathType: 'ImplementationSpecific', backend: { name: 'web', port: 80 } },
        ],
      },
    ]);
  });

  test('networking.k8s.io/v1', () => {
    const { ingresses, findings } = readAll(services + v1('new', 'web', '{name: http}'));
    expect(findings).toEqual([]);
    expect(ingresses).toMatchObject([
      {
        controller: 'gce',
        routes: [{ host: 'a.com', pathType: 'Prefix', backend: { name: 'web', port: 'http' } }],
      },
    ]);
  });
});

describe('findings', () => {
  const summary = (text: string) =>
    readAll(services + text).findings.map(({ code, span }) => [
      code,
      span?.source.text.slice(span.start, span.end).trim(),
    ]);
  const backend = (name: string, port = '{number: 80}') => `{service: {name: ${name}, port: ${port}}}`;

  test('a service that does not exist', () => {
    expect(summary(v1('x', 'nope'))).toEqual([['ingress-backend', backend('nope')]]);
  });

  test('a port that does not exist', () => {
    expect(summary(v1('x', 'web', '{number: 81}'))).toEqual([
      ['ingress-backend', backend('web', '{number: 81}')],
    ]);
  });

  test('no node port under gce; inside the cluster none is needed', () => {
    expect(summary(v1('x', 'inner'))).toEqual([['ingress-node-port', backend('inner')]]);
    expect(summary(v1('x', 'inner').replace('gce', 'nginx'))).toEqual([]);
  });

  test('a load balancer of its own as well', () => {
    expect(summary(v1('x', 'own'))).toEqual([['ingress-balancer', backend('own')]]);
  });

  test('two Ingresses with one host and path: the second is shown, the first named', () => {
    const text = v1('x', 'web') + v1('z', 'web');
    const path = `{path: /, pathType: Prefix, backend: ${backend('web')}}`;
    expect(summary(text)).toEqual([['ingress-duplicate', path]]);
    expect(readAll(services + text).findings[0]?.message).toContain('default/x (all.yaml:');
    expect(summary(v1('x', 'web') + v1('z', 'web').replace('a.com', 'b.com'))).toEqual([]);
  });

  test('no secret for a host', () => {
    expect(summary(v1('x', 'web', undefined, 'tls: [{hosts: [b.com], secretName: s}]'))).toMatchObject([
      ['ingress-secret', expect.stringContaining('{host: a.com')],
    ]);
    expect(summary(v1('x', 'web', undefined, 'tls: [{hosts: [a.com], secretName: s}]'))).toEqual([]);
    expect(summary(v1('x', 'web', undefined, 'tls: [{secretName: s}]'))).toEqual([]);
    expect(summary(v1('x', 'web', undefined, 'tls: [{hosts: [a.com]}]'))).toEqual([
      ['ingress-secret', '{hosts: [a.com]}'],
    ]);
  });

  test('a resource is named as not followed', () => {
    const spec = 'defaultBackend: {resource: {apiGroup: k8s.example.com, kind: StorageBucket, name: assets}}';
    expect(summary(ingress('networking.k8s.io/v1', 'x', spec))).toMatchObject([
      ['ingress-resource', expect.any(String)],
    ]);
  });
});

test('which secret serves which host', () => {
  const tls = [
    { hosts: [], secret: 'any' },
    { hosts: ['*.foo.com'], secret: 'wild' },
    { hosts: ['a.com'], secret: 'a' },
  ];
  const secrets = ['a.com', 'bar.foo.com', 'foo.com'].map((host) => tlsFor(tls, host)?.secret);
  expect(secrets).toEqual(['a', 'wild', 'any']);
  expect(tlsFor(tls.slice(1), 'foo.com')).toBe(undefined);
});
