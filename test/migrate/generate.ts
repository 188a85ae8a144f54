import type { Family } from '../../src/address/address.ts';
import type { Random } from '../kernel/nft/random.ts';

// Random clusters for moves of kube-proxy: all that decides which packets go where, in combinations that nobody would think of.

export interface GeneratedMove {
  readonly family: Family;
  /** A List of objects, and a KubeProxyConfiguration: both as JSON. */
  readonly cluster: string;
  readonly config: string;
}

const nodes = ['worker-1', 'worker-2', 'worker-3'];
const zones = ['zone-a', 'zone-b'];
const spell: Readonly<
  Record<Family, { pod: (node: number, host: number) => string; cluster: string; pods: string }>
> = {
  ipv4: {
    pod: (node, host) => `10.244.${node + 1}.${host}`,
    cluster: '10.96.0.0/16',
    pods: '10.244.0.0/16',
  },
  ipv6: {
    pod: (node, host) => `fd00:244:${node + 1}::${host.toString(16)}`,
    cluster: 'fd00:96::/112',
    pods: 'fd00:244::/32',
  },
};

/** A cluster of three nodes, of which `worker-1` is the one that is looked at. */
export function generateMove(random: Random): GeneratedMove {
  const family: Family = random.chance(70) ? 'ipv4' : 'ipv6';
  const objects = [
    ...nodes.map((name, index) => node(family, random, name, index)),
    ...Array.from({ length: 1 + random.below(4) }, (_, index) => service(family, random, index)).flat(),
    ...(random.chance(30)
      ? [
          {
            apiVersion: 'networking.k8s.io/v1',
            kind: 'ServiceCIDR',
            metadata: { name: 'kubernetes' },
            spec: { cidrs: [spell[family].cluster] },
          },
        ]
      : []),
  ];
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  return { family, cluster: JSON.stringify(list), config: JSON.stringify(config(family, random)) };
}

function node(family: Family, random: Random, name: string, index: number) {
  const isIpv4 = family === 'ipv4';
  const own = isIpv4 ? `192.168.10.${11 + index}` : `fd00:10::${11 + index}`;
  const further = isIpv4 ? `203.0.113.${201 + index}` : `2001:db8:1::${11 + index}`;
  const podCIDR = isIpv4 ? `10.244.${index + 1}.0/24` : `fd00:244:${index + 1}::/64`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'topology.kubernetes.io/zone': random.pick(zones),
      },
    },
    spec: { podCIDR, podCIDRs: [podCIDR] },
    status: {
      addresses: [
        { type: 'InternalIP', address: own },
        ...(random.chance(30) ? [{ type: 'ExternalIP', address: further }] : []),
      ],
    },
  };
}

function service(family: Family, random: Random, index: number) {
  const isIpv4 = family === 'ipv4';
  const name = `web-${index}`;
  const type = random.pick(['ClusterIP', 'NodePort', 'LoadBalancer']);
  const clusterIP = isIpv4 ? `10.96.0.${10 + index}` : `fd00:96::${10 + index}`;
  const isExposed = type !== 'ClusterIP';
  const isLocal = isExposed && random.chance(50);
  const ports = Array.from({ length: 1 + random.below(2) }, (_, at) => ({
    name: `p${at}`,
    protocol: random.pick(['TCP', 'TCP', 'UDP', 'SCTP']),
    port: 80 + at,
    targetPort: 8080 + at,
    ...(isExposed && { nodePort: 30_000 + 10 * index + at }),
  }));
  const range = isIpv4
    ? ['198.51.100.0/24', '192.168.10.0/24', '10.244.2.0/24', '0.0.0.0/0']
    : ['2001:db8:9::/48', 'fd00:10::/64', 'fd00:244:2::/64', '::/0'];
  const address = (kind: number) =>
    isIpv4 ? `203.0.113.${kind + index}` : `2001:db8:7::${(kind + index).toString(16)}`;
  const balancer = { ip: address(10), ...(random.chance(20) && { ipMode: 'Proxy' }) };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name,
        namespace: 'default',
        ...(random.chance(8) && { labels: { 'service.kubernetes.io/headless': '' } }),
      },
      spec: {
        type,
        clusterIP,
        clusterIPs: [clusterIP],
        ipFamilies: [isIpv4 ? 'IPv4' : 'IPv6'],
        ipFamilyPolicy: 'SingleStack',
        internalTrafficPolicy: random.chance(25) ? 'Local' : 'Cluster',
        sessionAffinity: random.chance(25) ? 'ClientIP' : 'None',
        selector: { app: name },
        ports,
        ...(isExposed && { externalTrafficPolicy: isLocal ? 'Local' : 'Cluster' }),
        ...(isLocal && type === 'LoadBalancer' && { healthCheckNodePort: 31_000 + index }),
        ...(random.chance(30) && { externalIPs: [address(60)] }),
        ...(type === 'LoadBalancer' &&
          random.chance(40) && {
            loadBalancerSourceRanges: [random.pick(range), ...(random.chance(30) ? [range[1]] : [])],
          }),
      },
      status: { loadBalancer: type === 'LoadBalancer' && random.chance(80) ? { ingress: [balancer] } : {} },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: `${name}-1`,
        namespace: 'default',
        labels: { 'kubernetes.io/service-name': name },
      },
      addressType: isIpv4 ? 'IPv4' : 'IPv6',
      endpoints: Array.from({ length: random.pick([0, 1, 1, 2, 3]) }, (_, at) =>
        endpoint(family, random, 10 * index + at + 5),
      ),
      ports: ports.map(({ name: port, protocol, targetPort }) => ({
        name: port,
        protocol,
        port: targetPort,
      })),
    },
  ];
}

function endpoint(family: Family, random: Random, host: number) {
  const at = random.below(3);
  const state = random.pick(['ready', 'ready', 'ready', 'serving', 'gone']);
  const hints = random.chance(20) ? { hints: { forZones: [{ name: random.pick(zones) }] } } : {};
  return {
    addresses: [spell[family].pod(at, host)],
    conditions: {
      ready: state === 'ready',
      serving: state !== 'gone',
      terminating: state !== 'ready',
    },
    ...(random.chance(90) && { nodeName: nodes[at] }),
    zone: random.pick(zones),
    ...hints,
  };
}

function config(family: Family, random: Random) {
  const addresses = family === 'ipv4' ? ['192.168.10.0/24', '127.0.0.0/8', '0.0.0.0/0'] : ['fd00:10::/64'];
  const detection = random.pick([
    { detectLocalMode: 'ClusterCIDR', clusterCIDR: spell[family].pods },
    { detectLocalMode: 'ClusterCIDR', clusterCIDR: spell[family].pods },
    { detectLocalMode: 'NodeCIDR' },
    { detectLocalMode: 'InterfaceNamePrefix', detectLocal: { interfaceNamePrefix: 'cali' } },
    { detectLocalMode: 'ClusterCIDR', clusterCIDR: '' },
  ]);
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    hostnameOverride: 'worker-1',
    ...detection,
    ...(random.chance(30) && { nodePortAddresses: [random.pick(addresses)] }),
    ...(random.chance(20) && { conntrack: { tcpBeLiberal: true } }),
    iptables: {
      ...(random.chance(20) && { masqueradeAll: true }),
      ...(random.chance(20) && { localhostNodePorts: false }),
    },
    nftables: { ...(random.chance(20) && { masqueradeAll: true }) },
  };
}
