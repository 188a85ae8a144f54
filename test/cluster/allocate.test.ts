import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddress } from '../../src/address/address.ts';
import { contains, parsePrefix, type Subnet } from '../../src/address/subnet.ts';
import type { BuildOptions } from '../../src/kube/cluster/build.ts';
import { type Service, serviceKey } from '../../src/kube/cluster/model.ts';
import { readingOf, serviceOf, summary } from '../manifest/texts.ts';

const prefix = (text: string): Subnet => parsePrefix(text) as Subnet;
const ranges: BuildOptions = {
  serviceCidrs: [prefix('10.32.0.0/16'), prefix('fd00:32::/112')],
  nodePorts: { first: 31000, last: 31999 },
  loadBalancerCidrs: [prefix('203.0.113.0/24')],
};

/** What was given to a service, as a text that can be compared. */
function given(service: Service): string {
  const ports = service.ports.map(({ port, nodePort }) => `${port}:${nodePort}`);
  const balanced = service.loadBalancer.map(({ address }) => formatAddress(address ?? 0));
  return [
    ...service.clusterAddresses.map(formatAddress),
    ...ports,
    service.healthCheckNodePort,
    ...balanced,
  ].join(' ');
}

const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,7}$/), { minLength: 2, maxLength: 30 });
const manifest = (name: string) =>
  serviceOf({ type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: [{ port: 80 }] }, { name });

function allocated(services: readonly string[], options: BuildOptions) {
  const { cluster, problems } = readingOf(services, options);
  const given_ = new Map(cluster.services.map((service) => [serviceKey(service), given(service)]));
  const collided = problems.some(({ message }) => message.includes('the next free one'));
  return { given: given_, collided };
}

test('adding a service moves nothing of the others, unless a collision is reported', () => {
  let compared = 0;
  fc.assert(
    fc.property(names, (all) => {
      const [added = '', ...others] = all;
      const before = allocated(others.map(manifest), ranges);
      const after = allocated([added, ...others].map(manifest), ranges);
      after.given.delete(`default/${added}`);
      if (after.collided) return;
      compared += 1;
      expect(after.given).toEqual(before.given);
    }),
    { numRuns: 60 },
  );
  expect(compared).toBeGreaterThan(20);
});

test('the order of files does not matter, and nothing is given twice', () => {
  fc.assert(
    fc.property(names, (all) => {
      const texts = all.map((name) => serviceOf({ type: 'NodePort', ports: [{ port: 80 }] }, { name }));
      const { cluster } = readingOf(texts, ranges);
      expect(cluster).toEqual(readingOf(texts.toReversed(), ranges).cluster);
      const addresses = cluster.services.flatMap(({ clusterAddresses }) => clusterAddresses);
      const nodePorts = cluster.services.flatMap(({ ports }) => ports.map(({ nodePort }) => nodePort));
      expect(new Set(addresses).size).toBe(all.length);
      expect(new Set(nodePorts).size).toBe(all.length);
      expect(addresses.every((address) => contains(prefix('10.32.0.0/16'), address))).toBe(true);
      expect(nodePorts.every((port) => port !== null && port >= 31000 && port <= 31999)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

/** Ranges so small that names must collide: everything is still given, once, and said. */
test('a range is used to its last number, and then it is exhausted', () => {
  const tiny: BuildOptions = {
    serviceCidrs: [prefix('10.32.0.0/29')],
    nodePorts: { first: 31000, last: 31005 },
  };
  const texts = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      serviceOf({ type: 'NodePort', ports: [{ port: 80 }] }, { name: `s${index}` }),
    );
  const full = readingOf(texts(6), tiny);
  expect(
    full.cluster.services.map(({ clusterAddresses: [address] }) => formatAddress(address ?? 0)).sort(),
  ).toEqual(['10.32.0.1', '10.32.0.2', '10.32.0.3', '10.32.0.4', '10.32.0.5', '10.32.0.6']);
  expect(full.problems.some(({ message }) => message.includes('the next free one'))).toBe(true);
  const over = readingOf(texts(7), tiny);
  expect(over.problems.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
    'range-exhausted',
    'range-exhausted',
  ]);
});

describe('what is asked for', () => {
  const explicit = (name: string, spec: object) => serviceOf({ ports: [{ port: 80 }], ...spec }, { name });

  test('is kept, and nobody else gets it', () => {
    const [alone] = readingOf([explicit('a', {})]).cluster.services;
    const taken = formatAddress(alone?.clusterAddresses[0] ?? 0);
    const { cluster, problems } = readingOf([explicit('a', {}), explicit('b', { clusterIP: taken })]);
    expect(given(cluster.services[1] as Service)).toContain(taken);
    expect(given(cluster.services[0] as Service)).not.toContain(taken);
    expect(problems.find(({ code }) => code === 'assumed')?.message).toContain('node-1');
    expect(problems.some(({ message }) => message.includes('the next free one'))).toBe(true);
  });

  test('twice is an error that names both places', () => {
    const clashes: readonly (readonly [object, string])[] = [
      [{ clusterIP: '10.96.0.10' }, 'cluster address'],
      [{ type: 'NodePort', ports: [{ port: 80, nodePort: 30100 }] }, 'node port'],
      [
        { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 30100 },
        'health check node port',
      ],
    ];
    for (const [spec, what] of clashes) {
      const { problems } = readingOf([explicit('a', spec), explicit('b', spec)]);
      const [error, ...others] = problems.filter(({ severity }) => severity === 'error');
      expect(others).toEqual([]);
      expect(error).toMatchObject({ code: 'duplicate' });
      expect(error?.message).toContain(`the ${what} of Service default/a`);
      expect(error?.message).toMatch(/\(a\.yaml:1:\d+\)/);
      expect(error?.span?.source.name).toBe('b.yaml');
    }
  });

  test('outside of the range is an error', () => {
    const { problems } = readingOf(
      [explicit('a', { clusterIP: '10.96.0.10', type: 'NodePort', ports: [{ port: 80, nodePort: 30100 }] })],
      ranges,
    );
    const errors = problems.filter(({ severity }) => severity === 'error');
    expect(errors.map((problem) => summary(problem).split(' ')[1])).toEqual(['field-value', 'port-range']);
  });

  test('from an unknown range is no error: clusters have other ranges', () => {
    const { problems } = readingOf([explicit('a', { clusterIP: '172.20.0.10' })]);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

test('ports of one number share a node port, as from the API server', () => {
  const ports = [
    { name: 'dns', port: 53, protocol: 'UDP' },
    { name: 'dns-tcp', port: 53 },
    { name: 'metrics', port: 9153 },
  ];
  const [service] = readingOf([serviceOf({ type: 'NodePort', ports })]).cluster.services;
  const [udp, tcp, metrics] = service?.ports.map(({ nodePort }) => nodePort) ?? [];
  expect(udp).toBe(tcp);
  expect(metrics).not.toBe(udp);
});

test('a load balancer may do without node ports', () => {
  const spec = { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: [{ port: 80 }] };
  expect(readingOf([serviceOf(spec)]).cluster.services[0]?.ports[0]?.nodePort).toBeNull();
});

test('a load balancer address is pending without a range, from the range with one, and as asked for', () => {
  const spec = { type: 'LoadBalancer', ports: [{ port: 80 }] };
  expect(readingOf([serviceOf(spec)]).cluster.services[0]?.loadBalancer).toEqual([]);
  const [drawn] = readingOf([serviceOf(spec)], ranges).cluster.services[0]?.loadBalancer ?? [];
  expect(contains(prefix('203.0.113.0/24'), drawn?.address ?? 0)).toBe(true);
  const [asked] =
    readingOf([serviceOf({ ...spec, loadBalancerIP: '198.51.100.9' })], ranges).cluster.services[0]
      ?.loadBalancer ?? [];
  expect(formatAddress(asked?.address ?? 0)).toBe('198.51.100.9');
});

/** The lower band is for values that are asked for: 256 addresses of a /16, 31 ports of 1000 (at least 16, at most 128). */
test('the band for explicit values is left alone while there is room', () => {
  const texts = Array.from({ length: 200 }, (_, index) =>
    serviceOf({ type: 'NodePort', ports: [{ port: 80 }] }, { name: `s${index}` }),
  );
  for (const { clusterAddresses, ports } of readingOf(texts, ranges).cluster.services) {
    expect(Number(clusterAddresses[0]) - Number(prefix('10.32.0.0/16').address)).toBeGreaterThan(256);
    expect(ports[0]?.nodePort).toBeGreaterThanOrEqual(31031);
  }
});

test('headless and ExternalName services get nothing', () => {
  const { cluster } = readingOf([
    serviceOf({ clusterIP: 'None', ports: [{ port: 80 }] }),
    serviceOf({ type: 'ExternalName', externalName: 'a.b' }, { name: 'ext' }),
  ]);
  expect(cluster.services.map(({ clusterAddresses }) => clusterAddresses)).toEqual([[], []]);
});

test('what was given is said, once for each object', () => {
  const { problems, cluster } = readingOf([manifest('web')]);
  const notes = problems.filter(({ code }) => code === 'assumed');
  expect(notes.map(({ message }) => message.split(':')[0])).toEqual(['Node node-1', 'Service default/web']);
  for (const part of given(cluster.services[0] as Service)
    .split(/[ :]/)
    .filter((text) => Number(text) !== 80)) {
    expect(notes[1]?.message).toContain(part);
  }
});

test.each([
  ['ipFamilyPolicy', { ipFamilyPolicy: 'RequireDualStack' }],
  ['ipFamilies', { ipFamilies: ['IPv6'] }],
])('a family that the given prefixes lack is refused, at %s', (field, spec) => {
  const text = serviceOf({ ...spec, ports: [{ port: 80 }] });
  const { problems } = readingOf([text], { serviceCidrs: [prefix('10.32.0.0/16')] });
  const [problem] = problems.filter(({ severity }) => severity === 'error');
  expect(problem).toMatchObject({
    code: 'address-family',
    message: expect.stringContaining('the cluster has no range of ipv6 addresses'),
  });
  expect(text.slice(0, problem?.span?.start)).toMatch(new RegExp(`"${field}":\\[?$`));
});

test('what --dry-run=server made up is left open', () => {
  const text = serviceOf(
    {
      type: 'NodePort',
      clusterIP: '10.96.0.0',
      clusterIPs: ['10.96.0.0'],
      ports: [{ port: 80, nodePort: 32769 }],
    },
    { name: 'made', uid: 'd2a5a079-1551-435a-978c-579731afd053' },
  );
  const { cluster, problems } = readingOf([text]);
  expect(problems.filter(({ severity }) => severity !== 'note')).toEqual([]);
  const [service] = cluster.services;
  expect(service?.ports[0]?.nodePort).toBeLessThan(32768);
  expect(service?.clusterAddresses.map(formatAddress)).not.toEqual(['10.96.0.0']);
});
