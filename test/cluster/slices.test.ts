import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatEndpoint } from '../../src/address/address.ts';
import type { Cluster } from '../../src/kube/cluster/model.ts';
import { withoutDuplicates } from '../../src/proxy/decide/endpoints.ts';
import { type Release, releases } from '../../src/proxy/decide/release.ts';
import { readingOf, serviceOf } from '../manifest/texts.ts';

const service = serviceOf({ clusterIP: '10.96.0.10', ports: [{ port: 80, name: 'http' }] });

function slice(name: string, fields: object): string {
  const metadata = { name, labels: { 'kubernetes.io/service-name': 'web' } };
  const common = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, addressType: 'IPv4' };
  return JSON.stringify({ ...common, ports: [{ name: 'http', port: 8080 }], ...fields });
}

function seen(cluster: Cluster, node = 'elsewhere', port = 'http/TCP'): string[] {
  const viewpoint = { nodeName: node, zone: null, release: releases.get('1.30') as Release };
  const endpoints = withoutDuplicates(cluster.endpoints.get('default/web')?.get(port) ?? [], viewpoint);
  return endpoints.map((endpoint) => {
    const flags = [
      endpoint.ready ? 'r' : '-',
      endpoint.serving ? 's' : '-',
      endpoint.terminating ? 't' : '-',
    ].join('');
    return `${formatEndpoint(endpoint.address, endpoint.port)} ${flags} ${endpoint.node ?? '?'}`;
  });
}

const clusterOf = (...slices: string[]): Cluster => readingOf([service, ...slices]).cluster;

test('conditions that are not known: ready and serving, not terminating', () => {
  const endpoints = [
    { addresses: ['10.244.1.1'] },
    { addresses: ['10.244.1.2'], conditions: { ready: false } },
    {
      addresses: ['10.244.1.3'],
      conditions: { ready: false, serving: false, terminating: true },
      nodeName: 'a',
    },
    { addresses: ['10.244.1.4'], conditions: { ready: null, serving: null, terminating: null } },
  ];
  expect(seen(clusterOf(slice('a', { endpoints })))).toEqual([
    '10.244.1.1:8080 rs- ?',
    '10.244.1.2:8080 -s- ?',
    '10.244.1.3:8080 --t a',
    '10.244.1.4:8080 rs- ?',
  ]);
});

test('only the first address of an endpoint counts', () => {
  const cluster = clusterOf(slice('a', { endpoints: [{ addresses: ['10.244.1.2', '10.244.1.1'] }] }));
  expect(seen(cluster)).toEqual(['10.244.1.2:8080 rs- ?']);
});

test('endpoints are sorted by their text, not by their number', () => {
  const addresses = ['10.244.1.9', '10.244.1.10', '10.244.10.1', '10.244.2.1'];
  const cluster = clusterOf(
    slice('a', { endpoints: addresses.map((address) => ({ addresses: [address] })) }),
  );
  expect(seen(cluster).map((text) => text.split(':')[0])).toEqual([
    '10.244.1.10',
    '10.244.1.9',
    '10.244.10.1',
    '10.244.2.1',
  ]);
});

test('ports without a number and slices of host names are passed over, a missing name is an empty one', () => {
  const endpoints = [{ addresses: ['10.244.1.1'] }];
  const cluster = clusterOf(
    slice('a', {
      endpoints,
      ports: [{ name: 'http' }, { port: 81 }, { port: 82, name: 'dns', protocol: 'UDP' }],
    }),
    slice('b', { addressType: 'FQDN', endpoints: [{ addresses: ['a.example'] }] }),
  );
  expect([...(cluster.endpoints.get('default/web')?.keys() ?? [])]).toEqual(['/TCP', 'dns/UDP']);
});

test('slices with other ports each add their own', () => {
  const cluster = clusterOf(
    slice('a', { endpoints: [{ addresses: ['10.244.1.1'] }] }),
    slice('b', { endpoints: [{ addresses: ['10.244.1.1'] }], ports: [{ name: 'http', port: 9090 }] }),
  );
  expect(seen(cluster)).toEqual(['10.244.1.1:8080 rs- ?', '10.244.1.1:9090 rs- ?']);
});

test('hints of zones and of nodes are kept', () => {
  const hints = { forZones: [{ name: 'a' }, { name: 'b' }], forNodes: [{ name: 'n' }] };
  const cluster = clusterOf(slice('a', { endpoints: [{ addresses: ['10.244.1.1'], hints }] }));
  expect(cluster.endpoints.get('default/web')?.get('http/TCP')?.[0]).toMatchObject({
    zoneHints: ['a', 'b'],
    nodeHints: ['n'],
  });
});

test('of duplicates the first counts, on the endpoint’s own node the last', () => {
  const twice = (nodeName: string) => [
    { addresses: ['10.244.1.1'], nodeName, conditions: { ready: false, serving: true, terminating: true } },
    { addresses: ['10.244.1.1'], nodeName, conditions: { ready: true } },
  ];
  const cluster = clusterOf(slice('a', { endpoints: twice('worker-1') }));
  expect(seen(cluster, 'worker-2')).toEqual(['10.244.1.1:8080 -st worker-1']);
  expect(seen(cluster, 'worker-1')).toEqual(['10.244.1.1:8080 rs- worker-1']);
});

test('the node of the first API version’s topology is known', () => {
  const topology = { 'kubernetes.io/hostname': 'worker-3' };
  const old = slice('a', {
    endpoints: [{ addresses: ['10.244.1.1'], topology }],
    apiVersion: 'discovery.k8s.io/v1beta1',
  });
  expect(seen(clusterOf(old))).toEqual(['10.244.1.1:8080 rs- worker-3']);
});

/** However endpoints are dealt to slices, and in whatever order files come, they are the same. */
test('the order of slices and their cut do not matter', () => {
  const hosts = fc.uniqueArray(fc.integer({ min: 1, max: 254 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(hosts, fc.integer({ min: 1, max: 4 }), fc.boolean(), (numbers, count, reversed) => {
      const endpoints = numbers.map((number) => ({ addresses: [`10.244.1.${number}`] }));
      const parts = Array.from({ length: count }, (_, part) =>
        slice(`s${part}`, { endpoints: endpoints.filter((_, index) => index % count === part) }),
      );
      const cut = seen(clusterOf(...(reversed ? parts.toReversed() : parts)));
      expect(cut).toEqual(seen(clusterOf(slice('a', { endpoints }))));
      expect(cut).toHaveLength(numbers.length);
    }),
    { numRuns: 50 },
  );
});
