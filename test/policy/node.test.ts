import { describe, expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../src/address/address.ts';
import { formatSubnet, parsePrefix, type Subnet } from '../../src/address/subnet.ts';
import { defaultProxyConfig, type LocalDetection, type ProxyConfig } from '../../src/kube/cluster/config.ts';
import type { Cluster, ClusterNode, Service } from '../../src/kube/cluster/model.ts';
import { chooseFamily, chooseNode } from '../../src/proxy/decide/choice.ts';
import { decideNode } from '../../src/proxy/decide/node.ts';
import { decideNodePorts } from '../../src/proxy/decide/node-ports.ts';
import { detectPods, type PodDetection } from '../../src/proxy/decide/pods.ts';
import { type Release, releases } from '../../src/proxy/decide/release.ts';
import { want } from '../../src/text/expected.ts';
import { InputError } from '../../src/text/problem.ts';

const prefix = (text: string) => parsePrefix(text) as Subnet;
const address = (text: string) => parseAddress(text) as number | bigint;

const node: ClusterNode = {
  name: 'worker-1',
  internalAddresses: [address('192.168.10.11'), address('fd00:10::11')],
  externalAddresses: [address('203.0.113.1')],
  podPrefixes: [prefix('10.244.1.0/24'), prefix('fd00:244:1::/64')],
  labels: {},
};

function nodePorts(family: 'ipv4' | 'ipv6', config: Partial<ProxyConfig>, release = '1.30') {
  const addresses = [...node.internalAddresses, ...node.externalAddresses];
  const { on, localhost } = decideNodePorts(
    { ...defaultProxyConfig, ...config },
    releases.get(release) as Release,
    family,
    addresses,
    addresses.find((each) => (typeof each === 'number') === (family === 'ipv4')) ?? null,
  );
  const where =
    on.kind === 'listed'
      ? on.addresses.map(formatAddress)
      : `all but ${on.except ? formatSubnet(on.except) : 'none'}`;
  return { where, localhost };
}

describe('where node ports answer', () => {
  test.each([
    ['everywhere', 'ipv4', {}, '1.30', 'all but none', true],
    ['not on ::1, where they cannot work', 'ipv6', {}, '1.30', 'all but ::1/128', false],
    ['1.25 did not know that', 'ipv6', {}, '1.25', 'all but none', false],
    [
      'not on localhost, if told so',
      'ipv4',
      { localhostNodePorts: false },
      '1.30',
      'all but 127.0.0.0/8',
      false,
    ],
    ['1.25 cannot be told', 'ipv4', { localhostNodePorts: false }, '1.25', 'all but none', true],
    [
      'on listed addresses',
      'ipv4',
      { nodePortAddresses: [prefix('192.168.0.0/16')] },
      '1.30',
      ['192.168.10.11'],
      false,
    ],
    [
      'on localhost, if listed',
      'ipv4',
      { nodePortAddresses: [prefix('127.0.0.0/8')] },
      '1.30',
      ['127.0.0.1'],
      true,
    ],
    [
      'a list for the other family only',
      'ipv6',
      { nodePortAddresses: [prefix('10.0.0.0/8')] },
      '1.30',
      'all but ::1/128',
      false,
    ],
    [
      'a prefix of everything',
      'ipv4',
      { nodePortAddresses: [prefix('0.0.0.0/0')] },
      '1.30',
      'all but none',
      true,
    ],
    [
      'a prefix of everything among others',
      'ipv4',
      { nodePortAddresses: [prefix('10.0.0.0/8'), prefix('0.0.0.0/0')] },
      '1.30',
      'all but none',
      true,
    ],
    [
      'on addresses of one family, though both are listed',
      'ipv6',
      { nodePortAddresses: [prefix('192.168.0.0/16'), prefix('fd00:10::/64')] },
      '1.30',
      ['fd00:10::11'],
      false,
    ],
    [
      'not on localhost, if listed but forbidden',
      'ipv4',
      { localhostNodePorts: false, nodePortAddresses: [prefix('127.0.0.0/8'), prefix('203.0.113.0/24')] },
      '1.30',
      ['203.0.113.1'],
      false,
    ],
    ['primary', 'ipv4', { nodePortAddresses: ['primary'] }, '1.31', ['192.168.10.11'], false],
    ['not on ::1, though listed', 'ipv6', { nodePortAddresses: [prefix('::1/128')] }, '1.26', [], false],
    ['1.25 lists it', 'ipv6', { nodePortAddresses: [prefix('::1/128')] }, '1.25', ['::1'], false],
    ['part of localhost', 'ipv4', { nodePortAddresses: [prefix('127.1.0.0/16')] }, '1.30', [], true],
  ] as const)('%s', (_, family, config, release, where, localhost) => {
    expect(nodePorts(family, config, release)).toEqual({ where, localhost });
  });
});

test('the primary address of a node that has none in this family means every address', () => {
  const config = { ...defaultProxyConfig, nodePortAddresses: ['primary' as const] };
  const release = releases.get('1.31') as Release;
  const { on } = decideNodePorts(config, release, 'ipv6', [address('192.168.10.11')], null);
  expect(on).toEqual({ kind: 'all-local', except: prefix('::1/128') });
});

describe('how pods are told from others', () => {
  const clusterPrefixes = [prefix('10.244.0.0/16')];
  test.each<[LocalDetection, 'ipv4' | 'ipv6', PodDetection | null]>([
    [{ mode: 'ClusterCIDR' }, 'ipv4', { by: 'source', prefix: prefix('10.244.0.0/16') }],
    [{ mode: 'ClusterCIDR' }, 'ipv6', null],
    [{ mode: 'NodeCIDR' }, 'ipv4', { by: 'source', prefix: prefix('10.244.1.0/24') }],
    [{ mode: 'NodeCIDR' }, 'ipv6', { by: 'source', prefix: prefix('fd00:244:1::/64') }],
    [{ mode: 'BridgeInterface', name: 'cbr0' }, 'ipv4', { by: 'interface', interface: 'cbr0' }],
    [{ mode: 'InterfaceNamePrefix', prefix: 'veth' }, 'ipv6', { by: 'interface', interface: 'veth+' }],
  ])('%o, %s', (localDetection, family, want) => {
    const pods = detectPods({ ...defaultProxyConfig, clusterPrefixes, localDetection }, node, family);
    expect(pods).toEqual(want);
  });
});

/** A service with one port, as far as decisions ask. */
function serviceWith(given: Partial<Service>): Service {
  const service = {
    ...{
      namespace: 'default',
      name: 'web',
      unproxied: null,
      affinitySeconds: null,
      healthCheckNodePort: null,
    },
    ...{ externalTrafficPolicy: 'Cluster', internalTrafficPolicy: 'Cluster', topologyAnnotations: {} },
    ...{ clusterAddresses: [], externalAddresses: [], loadBalancer: [], sourceRanges: [] },
    ports: [{ name: '', protocol: 'TCP', port: 80, nodePort: null, targetPort: 80 }],
    ...given,
  };
  return service as unknown as Service;
}

function decisions(
  services: readonly Service[],
  family: 'ipv4' | 'ipv6',
  { config = {}, on = node, release = '1.30' }: Asked = {},
) {
  const cluster: Cluster = { nodes: [on], services, endpoints: new Map(), assumptions: [] };
  const whole = { ...defaultProxyConfig, ...config };
  return decideNode(cluster, on, whole, releases.get(release) as Release, family).servicePorts;
}

interface Asked {
  readonly config?: Partial<ProxyConfig>;
  readonly on?: ClusterNode;
  readonly release?: string;
}

const vip = (text: string | null, mode: 'VIP' | 'Proxy' = 'VIP') => ({
  address: text === null ? null : address(text),
  hostname: text === null ? 'lb.example.com' : null,
  mode,
});

describe('whether the node is among those that may ask a load balancer', () => {
  // kube-proxy lets the node itself in where its address is in a source range (the node's own packets to the VIP).
  const balanced = (ranges: string[]) =>
    serviceWith({
      clusterAddresses: [address('fd00::1'), address('10.96.0.1')],
      loadBalancer: [vip('2001:db8::9'), vip('198.51.100.9')],
      sourceRanges: ranges.map(prefix),
    });
  const admitted = (ranges: string[], family: 'ipv4' | 'ipv6', asked: Asked = {}) =>
    decisions([balanced(ranges)], family, asked)[0]?.admitted;
  const only4 = { ...node, internalAddresses: [address('192.168.10.11')], externalAddresses: [] };

  test('a node without an address of the family is taken for localhost, as kube-proxy takes it', () => {
    expect(admitted(['::1/128'], 'ipv6', { on: only4 })?.nodeIncluded).toBe(true);
    expect(admitted(['fd00:10::/64'], 'ipv6', { on: only4 })?.nodeIncluded).toBe(false);
  });

  test('by its first internal address', () => {
    expect(admitted(['192.168.10.11/32'], 'ipv4')?.nodeIncluded).toBe(true);
    expect(admitted(['203.0.113.1/32'], 'ipv4')?.nodeIncluded).toBe(false);
  });

  test('by the bind address, where it is of the family', () => {
    const bound = { config: { bindAddress: address('203.0.113.1') } };
    expect(admitted(['203.0.113.1/32'], 'ipv4', bound)?.nodeIncluded).toBe(true);
    expect(admitted(['fd00:10::11/128'], 'ipv6', bound)?.nodeIncluded).toBe(true);
  });

  test('ranges of the other family do not count, and without any everybody may ask', () => {
    expect(admitted(['10.0.0.0/8', 'fd00::/8'], 'ipv4')?.ranges).toEqual([prefix('10.0.0.0/8')]);
    expect(admitted(['fd00::/8'], 'ipv4')).toBeNull();
    const unbalanced = serviceWith({
      clusterAddresses: [address('10.96.0.1')],
      sourceRanges: [prefix('10.0.0.0/8')],
    });
    expect(decisions([unbalanced], 'ipv4')[0]?.admitted).toBeNull();
  });
});

describe('the ways into a service', () => {
  const service = serviceWith({
    clusterAddresses: [address('fd00::1'), address('10.96.0.1')],
    externalAddresses: [address('203.0.113.7'), address('2001:db8::7')],
    loadBalancer: [vip(null), vip('198.51.100.9'), vip('198.51.100.10', 'Proxy'), vip('2001:db8::9')],
  });

  test('are those of one family', () => {
    const [four] = decisions([service], 'ipv4');
    expect(four?.clusterAddress).toBe(address('10.96.0.1'));
    expect(four?.externalAddresses).toEqual([address('203.0.113.7')]);
    expect(four?.balancerAddresses).toEqual([address('198.51.100.9')]);
    const [six] = decisions([service], 'ipv6');
    expect(six?.externalAddresses).toEqual([address('2001:db8::7')]);
    expect(six?.balancerAddresses).toEqual([address('2001:db8::9')]);
  });

  test('ipMode Proxy was not known before 1.30', () => {
    const [before] = decisions([service], 'ipv4', { release: '1.29' });
    expect(before?.balancerAddresses).toEqual([address('198.51.100.9'), address('198.51.100.10')]);
  });

  test('a service without an address in the family, or that kube-proxy passes over, has none', () => {
    expect(decisions([serviceWith({ clusterAddresses: [address('fd00::1')] })], 'ipv4')).toEqual([]);
    expect(decisions([serviceWith({ ...service, unproxied: 'headless' })], 'ipv4')).toEqual([]);
  });

  test('a service of which no endpoints are known rejects', () => {
    for (const family of ['ipv4', 'ipv6'] as const) {
      const [decision] = decisions([service], family);
      const rejected = { internal: 'reject', external: 'reject', served: false, endpointCount: 0 };
      expect(decision).toMatchObject(rejected);
    }
  });
});

test('service ports are in the order of their names, and of their protocols where these are the same', () => {
  const port = (name: string, protocol: 'TCP' | 'UDP' | 'SCTP') => ({
    ...{ name, protocol, port: 53, nodePort: null, targetPort: 53 },
  });
  const ports = [port('b', 'TCP'), port('a', 'UDP'), port('a', 'TCP'), port('a', 'SCTP')];
  const early = serviceWith({ name: 'api', clusterAddresses: [address('10.96.0.11')] });
  for (const order of [ports, ports.toReversed(), ports.toSorted(() => 1)]) {
    const dns = serviceWith({
      name: 'dns',
      clusterAddresses: [address('10.96.0.10')],
      ports: order as never,
    });
    const found = decisions([dns, early], 'ipv4').map(({ name, protocol }) => `${name} ${protocol}`);
    expect(found).toEqual([
      'default/api TCP',
      'default/dns:a SCTP',
      'default/dns:a TCP',
      'default/dns:a UDP',
      'default/dns:b TCP',
    ]);
  }
});

test('feature gates of the configuration switch what a release does', () => {
  const release = releases.get('1.30') as Release;
  const cluster: Cluster = { nodes: [node], services: [], endpoints: new Map(), assumptions: [] };
  const gated = (featureGates: Record<string, boolean>) =>
    decideNode(cluster, node, { ...defaultProxyConfig, featureGates }, release, 'ipv4').release;
  expect(gated({})).toEqual(release);
  expect(gated({ ContextualLogging: true })).toEqual(release);
  expect(gated({ LoadBalancerIPMode: false }).honoursIpMode).toBe(false);
  expect(gated({ ServiceTrafficDistribution: true }).topologyAnnotation).toBe('not-needed');
  expect(gated({ TopologyAwareHints: false }).zoneHints).toBe(false);
});

describe('the choice of a node', () => {
  const nodes = [node, { ...node, name: 'worker-2' }];
  const cluster: Cluster = {
    nodes,
    services: [],
    endpoints: new Map(),
    assumptions: [],
  };
  const overriding = { ...defaultProxyConfig, hostnameOverride: 'worker-2' };

  test('what was asked for wins over the configuration', () => {
    expect(chooseNode(cluster, 'worker-1', overriding).name).toBe('worker-1');
    expect(chooseNode(cluster, undefined, overriding).name).toBe('worker-2');
  });

  test('the only one needs no asking', () => {
    expect(chooseNode({ ...cluster, nodes: [node] }, undefined, defaultProxyConfig).name).toBe('worker-1');
  });

  const problemOf = (nodes: readonly ClusterNode[], asked?: string, config = defaultProxyConfig) => {
    try {
      chooseNode({ ...cluster, nodes }, asked, config);
    } catch (error) {
      if (error instanceof InputError) return error.problems[0];
      throw error;
    }
    return undefined;
  };

  test('several, none, or one that is not there', () => {
    const problem = { code: 'node-choice', severity: 'error' };
    expect(problemOf(nodes)).toMatchObject({
      ...problem,
      message: 'there are several nodes',
      expected: want.thing('node-with', 'worker-1, worker-2'),
    });
    expect(problemOf([])).toMatchObject({
      message: 'there is no node',
      expected: want.thing('node-among-manifests'),
    });
    expect(problemOf(nodes, 'worker-3', overriding)).toMatchObject({
      message: 'there is no node worker-3',
      expected: want.thing('one-of-names', 'worker-1, worker-2'),
    });
    expect(problemOf([node], undefined, overriding)?.message).toBe(
      'there is no node worker-2, which hostnameOverride of the configuration names',
    );
  });

  test('the family is the one that is used, and ipv4 with a note where both are', () => {
    const service = (...texts: string[]) => ({ clusterAddresses: texts.map(address) }) as never;
    const used = (...services: never[]) => chooseFamily({ ...cluster, services }, undefined);
    expect(used(service('10.96.0.1')).family).toBe('ipv4');
    expect(used(service('fd00::1'))).toEqual({ family: 'ipv6', problems: [] });
    expect(used(service('fd00::1', '10.96.0.1'))).toEqual({
      family: 'ipv4',
      problems: [
        {
          code: 'other-family',
          severity: 'note',
          message: 'these services have addresses of both families; these are the rules for ipv4',
          detail: { code: 'both-families' },
          expected: want.thing('other-by-family'),
        },
      ],
    });
    expect(chooseFamily({ ...cluster, services: [] }, 'ipv6').family).toBe('ipv6');
  });
});
