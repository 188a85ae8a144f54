import { describe, expect, test } from 'vitest';
import { formatAddress } from '../../src/address/address.ts';
import { formatSubnet } from '../../src/address/subnet.ts';
import type { Service } from '../../src/kube/cluster/model.ts';
import { readingOf, serviceOf } from '../manifest/texts.ts';

function read(spec: object, metadata: object = { name: 'web' }, status?: object): Service {
  const text = JSON.stringify({ ...JSON.parse(serviceOf(spec, metadata)), ...(status ? { status } : {}) });
  return readingOf([text]).cluster.services[0] as Service;
}

const clusterIP = '10.96.0.10';
const ports = [{ port: 80 }];

/** pkg/apis/core/v1/defaults.go, SetDefaults_Service, and pkg/api/v1/service/util.go. */
describe('the API server’s defaults', () => {
  test('of a service that says only what it must', () => {
    expect(read({ clusterIP, ports })).toMatchObject({
      namespace: 'default',
      type: 'ClusterIP',
      externalTrafficPolicy: 'Cluster',
      internalTrafficPolicy: 'Cluster',
      affinitySeconds: null,
      healthCheckNodePort: null,
      loadBalancer: [],
      unproxied: null,
      ports: [{ name: '', protocol: 'TCP', port: 80, nodePort: null, targetPort: 80 }],
    });
  });

  test.each([
    ['none', {}, null],
    ['ClientIP', { sessionAffinity: 'ClientIP' }, 10800],
    [
      'ClientIP without a timeout',
      { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: {} } },
      10800,
    ],
    [
      'ClientIP of 60 s',
      { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } },
      60,
    ],
    [
      'None with a timeout',
      { sessionAffinity: 'None', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } },
      null,
    ],
  ])('of session affinity: %s', (_, fields, seconds) => {
    expect(read({ clusterIP, ports, ...fields }).affinitySeconds).toBe(seconds);
  });

  test('of a type and a protocol that are empty', () => {
    expect(read({ clusterIP, type: '', ports: [{ port: 80, protocol: '' }] })).toMatchObject({
      type: 'ClusterIP',
      ports: [{ protocol: 'TCP' }],
    });
  });

  test.each([
    ['a number', { targetPort: 8080 }, 8080],
    ['a name', { targetPort: 'http' }, 'http'],
    ['0', { targetPort: 0 }, 80],
    ['empty', { targetPort: '' }, 80],
  ])('of a target port: %s', (_, fields, target) => {
    expect(read({ clusterIP, ports: [{ port: 80, ...fields }] }).ports[0]?.targetPort).toBe(target);
  });

  test('a load balancer address is a VIP unless it says otherwise', () => {
    const ingress = [
      { ip: '203.0.113.1' },
      { ip: '203.0.113.2', ipMode: 'Proxy' },
      { hostname: 'lb.example.com' },
    ];
    const service = read(
      { clusterIP, ports, type: 'LoadBalancer' },
      { name: 'web' },
      { loadBalancer: { ingress } },
    );
    expect(
      service.loadBalancer.map(({ address, hostname, mode }) => [address !== null, hostname, mode]),
    ).toEqual([
      [true, null, 'VIP'],
      [true, null, 'Proxy'],
      [false, 'lb.example.com', 'VIP'],
    ]);
  });
});

describe('what kube-proxy takes from a service', () => {
  test.each([
    ['headless', { clusterIP: 'None', ports }, 'headless'],
    ['ExternalName', { type: 'ExternalName', externalName: 'a.b' }, 'external-name'],
    ['ClusterIP', { clusterIP, ports }, null],
  ])('%s', (_, spec, unproxied) => {
    expect(read(spec).unproxied).toBe(unproxied);
  });

  test('a health check node port only for a load balancer with policy Local', () => {
    const spec = {
      clusterIP,
      ports,
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 30500,
    };
    expect(read(spec).healthCheckNodePort).toBe(30500);
    expect(
      read({ ...spec, externalTrafficPolicy: 'Cluster', healthCheckNodePort: 0 }).healthCheckNodePort,
    ).toBeNull();
  });

  test('source ranges without the blanks around them, as prefixes', () => {
    const service = read({
      clusterIP,
      ports,
      type: 'LoadBalancer',
      loadBalancerSourceRanges: [' 10.0.0.0/8', '2001:db8::/32 '],
    });
    expect(service.sourceRanges.map(formatSubnet)).toEqual(['10.0.0.0/8', '2001:db8::/32']);
  });

  test('both annotations of topology', () => {
    const annotations = {
      'service.kubernetes.io/topology-mode': 'Auto',
      'service.kubernetes.io/topology-aware-hints': 'Auto',
    };
    expect(read({ clusterIP, ports }, { name: 'web', annotations }).topologyAnnotations).toEqual({
      hints: 'Auto',
      mode: 'Auto',
    });
    expect(read({ clusterIP, ports }).topologyAnnotations).toEqual({});
  });

  test.each([
    ['service.kubernetes.io/service-proxy-name', { unproxied: 'other-proxy' }],
    ['service.kubernetes.io/headless', { unproxied: null, labelledHeadless: true }],
  ])('the label %s hides a service, and is warned about', (label, hidden) => {
    const labels = { [label]: '' };
    const { cluster, problems } = readingOf([serviceOf({ clusterIP, ports }, { name: 'web', labels })]);
    expect(cluster.services[0]).toMatchObject(hidden);
    expect(problems.filter(({ severity }) => severity === 'warning').map(({ code }) => code)).toEqual([
      'not-watched',
    ]);
  });
});

/** pkg/registry/core/service/storage/alloc.go, initIPFamilyFields. */
describe('address families', () => {
  const node = (podCIDRs: string[]) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n' },
      spec: { podCIDR: podCIDRs[0], podCIDRs },
    });
  const [single, dual] = [node(['10.244.0.0/24']), node(['10.244.0.0/24', 'fd00:10:244::/64'])];
  const six = node(['fd00:10:244::/64']);

  test.each([
    ['a single stack', single, {}, 'v4'],
    ['a single stack of IPv6', six, {}, 'v6'],
    ['dual stack, the default policy', dual, {}, 'v4'],
    ['dual stack, preferred', dual, { ipFamilyPolicy: 'PreferDualStack' }, 'v4 v6'],
    ['a single stack, dual stack preferred', single, { ipFamilyPolicy: 'PreferDualStack' }, 'v4'],
    [
      'dual stack, required, IPv6 first',
      dual,
      { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv6'] },
      'v6 v4',
    ],
    ['dual stack, IPv6 alone', dual, { ipFamilies: ['IPv6'] }, 'v6'],
    [
      'dual stack, one address given',
      dual,
      { ipFamilyPolicy: 'PreferDualStack', clusterIP: 'fd00:10:96::5' },
      'v6 v4',
    ],
  ])('%s', (_, manifest, fields, expected) => {
    const [service] = readingOf([manifest, serviceOf({ ports, ...fields })]).cluster.services;
    const families = service?.clusterAddresses.map((address) =>
      formatAddress(address).includes(':') ? 'v6' : 'v4',
    );
    expect(families?.join(' ')).toBe(expected);
  });
});

test('a balancer of policy Local has a health check node port, though it has no node ports', () => {
  const spec = {
    clusterIP,
    ports,
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    allocateLoadBalancerNodePorts: false,
  };
  const [service] = readingOf([serviceOf(spec, { name: 'web' })]).cluster.services;
  expect(service?.healthCheckNodePort).not.toBeNull();
  expect(service?.ports.map(({ nodePort }) => nodePort)).toEqual(ports.map(() => null));
});
