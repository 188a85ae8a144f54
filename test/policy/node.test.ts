import { describe, expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../src/address/address.ts';
import { formatSubnet, parsePrefix, type Subnet } from '../../src/address/subnet.ts';
import { defaultProxyConfig, type LocalDetection, type ProxyConfig } from '../../src/cluster/config.ts';
import type { Cluster, ClusterNode, Service } from '../../src/cluster/model.ts';
import { chooseFamily, chooseNode } from '../../src/policy/choice.ts';
import { decideNode } from '../../src/policy/node.ts';
import { decideNodePorts } from '../../src/policy/node-ports.ts';
import { detectPods } from '../../src/policy/pods.ts';
import { type Release, releases } from '../../src/policy/release.ts';

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
      { nodePortPrefixes: [prefix('192.168.0.0/16')] },
      '1.30',
      ['192.168.10.11'],
      false,
    ],
    [
      'on localhost, if listed',
      'ipv4',
      { nodePortPrefixes: [prefix('127.0.0.0/8')] },
      '1.30',
      ['127.0.0.1'],
      true,
    ],
    [
      'a list for the other family only',
      'ipv6',
      { nodePortPrefixes: [prefix('10.0.0.0/8')] },
      '1.30',
      'all but ::1/128',
      false,
    ],
    [
      'a prefix of everything',
      'ipv4',
      { nodePortPrefixes: [prefix('0.0.0.0/0')] },
      '1.30',
      'all but none',
      true,
    ],
    ['primary', 'ipv4', { nodePortPrimary: true }, '1.31', ['192.168.10.11'], false],
    ['not on ::1, though listed', 'ipv6', { nodePortPrefixes: [prefix('::1/128')] }, '1.26', [], false],
    ['1.25 lists it', 'ipv6', { nodePortPrefixes: [prefix('::1/128')] }, '1.25', ['::1'], false],
    ['part of localhost', 'ipv4', { nodePortPrefixes: [prefix('127.1.0.0/16')] }, '1.30', [], true],
  ] as const)('%s', (_, family, config, release, where, localhost) => {
    expect(nodePorts(family, config, release)).toEqual({ where, localhost });
  });
});

describe('how pods are told from others', () => {
  const clusterPrefixes = [prefix('10.244.0.0/16')];
  test.each<[LocalDetection, 'ipv4' | 'ipv6', string | null]>([
    [{ mode: 'ClusterCIDR' }, 'ipv4', 'source 10.244.0.0/16'],
    [{ mode: 'ClusterCIDR' }, 'ipv6', null],
    [{ mode: 'NodeCIDR' }, 'ipv4', 'source 10.244.1.0/24'],
    [{ mode: 'NodeCIDR' }, 'ipv6', 'source fd00:244:1::/64'],
    [{ mode: 'BridgeInterface', name: 'cbr0' }, 'ipv4', 'interface cbr0'],
    [{ mode: 'InterfaceNamePrefix', prefix: 'veth' }, 'ipv6', 'interface veth+'],
  ])('%o, %s', (localDetection, family, want) => {
    const pods = detectPods({ ...defaultProxyConfig, clusterPrefixes, localDetection }, node, family);
    const got =
      pods && (pods.by === 'source' ? `source ${formatSubnet(pods.prefix)}` : `interface ${pods.interface}`);
    expect(got).toBe(want);
  });
});

test('a node without an address of the family is taken for localhost, as kube-proxy takes it', () => {
  const service = {
    ...{
      namespace: 'default',
      name: 'web',
      unproxied: null,
      affinitySeconds: null,
      healthCheckNodePort: null,
    },
    ...{ externalTrafficPolicy: 'Cluster', internalTrafficPolicy: 'Cluster', topologyAnnotations: {} },
    clusterAddresses: [address('fd00::1')],
    externalAddresses: [],
    loadBalancer: [{ address: address('2001:db8::9'), hostname: null, mode: 'VIP' }],
    sourceRanges: [prefix('::/0')],
    ports: [{ name: '', protocol: 'TCP', port: 80, nodePort: null, targetPort: 80 }],
  } as unknown as Service;
  const cluster: Cluster = { nodes: [node], services: [service], endpoints: new Map(), assumptions: [] };
  const alone = { ...node, internalAddresses: [address('192.168.10.11')], externalAddresses: [] };
  const release = releases.get('1.30') as Release;
  const { servicePorts } = decideNode(cluster, alone, defaultProxyConfig, release, 'ipv6');
  expect(servicePorts[0]?.admitted?.nodeIncluded).toBe(true);
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

  test('several, none, or one that is not there', () => {
    expect(() => chooseNode(cluster, undefined, defaultProxyConfig)).toThrow('there are several nodes');
    expect(() => chooseNode({ ...cluster, nodes: [] }, undefined, defaultProxyConfig)).toThrow(
      'there is no node',
    );
    expect(() => chooseNode(cluster, 'worker-3', defaultProxyConfig)).toThrow('there is no node worker-3');
  });

  test('the family is the one that is used, and ipv4 with a note where both are', () => {
    const service = (...texts: string[]) => ({ clusterAddresses: texts.map(address) }) as never;
    const used = (...services: never[]) => chooseFamily({ ...cluster, services }, undefined);
    expect(used(service('10.96.0.1')).family).toBe('ipv4');
    expect(used(service('fd00::1'))).toEqual({ family: 'ipv6', problems: [] });
    expect(used(service('fd00::1', '10.96.0.1')).problems).toHaveLength(1);
    expect(chooseFamily({ ...cluster, services: [] }, 'ipv6').family).toBe('ipv6');
  });
});
