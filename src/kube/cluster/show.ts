import { stringify } from 'yaml';
import { type Family, familyOf, formatAddress } from '../../address/address.ts';
import { formatSubnet, type Subnet } from '../../address/subnet.ts';
import { groupedBy } from '../../text/lists.ts';
import { sayFilled } from './filled.ts';
import { headlessLabel, otherProxyLabel } from './labels.ts';
import { type Cluster, type ClusterNode, type Endpoint, type Service, serviceKey } from './model.ts';

/**
 * The cluster as it was understood: Nodes, Services and EndpointSlices with everything filled in, as YAML that can be
 * read again. What was assumed stands in comments.
 */
export function showModel(cluster: Cluster): string {
  const notes = groupedBy(cluster.assumptions, ({ subject }) => subject);
  const show = (subject: string, value: object): string => {
    const comments = (notes.get(subject) ?? []).map(({ filled: one }) => `# assumed: ${sayFilled(one)}\n`);
    return comments.join('') + stringify(value, { lineWidth: 0 });
  };
  const documents = [
    ...cluster.nodes.map((node) => show(`Node ${node.name}`, showNode(node))),
    ...(cluster.serviceCidrs ? [show('', showServiceCidr(cluster.serviceCidrs))] : []),
    ...cluster.services.flatMap((service) => [
      show(`Service ${serviceKey(service)}`, showService(service)),
      ...showSlices(cluster, service).map((slice) => show('', slice)),
    ]),
  ];
  return documents.join('---\n');
}

function showServiceCidr(cidrs: readonly Subnet[]): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name: 'kubernetes' },
    spec: { cidrs: cidrs.map(formatSubnet) },
  };
}

function showNode(node: ClusterNode): object {
  const prefixes = node.podPrefixes.map(formatSubnet);
  const addresses = (type: string, list: ClusterNode['internalAddresses']) =>
    list.map((address) => ({ type, address: formatAddress(address) }));
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node.name, ...filled('labels', node.labels) },
    spec: prefixes.length > 0 ? { podCIDR: prefixes[0], podCIDRs: prefixes } : {},
    status: {
      addresses: [
        ...addresses('InternalIP', node.internalAddresses),
        ...addresses('ExternalIP', node.externalAddresses),
      ],
    },
  };
}

const familyNames: Readonly<Record<Family, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

function showService(service: Service): object {
  const { namespace, name } = service;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      namespace,
      name,
      ...filled('annotations', annotationsOf(service)),
      ...filled('labels', labelsOf(service)),
    },
    spec: {
      type: service.type,
      ...clusterFields(service),
      ...externalFields(service),
      ...(service.type === 'ExternalName' ? {} : { internalTrafficPolicy: service.internalTrafficPolicy }),
      ...affinityFields(service),
      ...(service.trafficDistribution === null ? {} : { trafficDistribution: service.trafficDistribution }),
      ports: service.ports.map((port) => ({
        ...(port.name === '' ? {} : { name: port.name }),
        protocol: port.protocol,
        port: port.port,
        targetPort: port.targetPort,
        ...(port.nodePort === null ? {} : { nodePort: port.nodePort }),
      })),
    },
    status: { loadBalancer: statusOf(service) },
  };
}

function annotationsOf({ topologyAnnotations: { hints, mode } }: Service): Record<string, string> {
  return {
    ...(hints === undefined ? {} : { 'service.kubernetes.io/topology-aware-hints': hints }),
    ...(mode === undefined ? {} : { 'service.kubernetes.io/topology-mode': mode }),
  };
}

function labelsOf({ unproxied, labelledHeadless }: Service): Record<string, string> {
  if (unproxied === 'other-proxy') return { [otherProxyLabel]: '' };
  return labelledHeadless ? { [headlessLabel]: '' } : {};
}

function clusterFields(service: Service): object {
  const { type, externalName, unproxied, clusterAddresses, families, familyPolicy } = service;
  if (type === 'ExternalName') return { externalName };
  const texts = unproxied === 'headless' ? ['None'] : clusterAddresses.map(formatAddress);
  return {
    clusterIP: texts[0],
    clusterIPs: texts,
    ipFamilies: families.map((family) => familyNames[family]),
    ipFamilyPolicy: familyPolicy,
  };
}

function externalFields(service: Service): object {
  const { type, externalAddresses, sourceRanges, healthCheckNodePort } = service;
  const isExternal =
    type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && externalAddresses.length > 0);
  const isBare = type === 'LoadBalancer' && service.ports.some(({ nodePort }) => nodePort === null);
  return {
    ...filled('externalIPs', externalAddresses.map(formatAddress)),
    ...filled('loadBalancerSourceRanges', sourceRanges.map(formatSubnet)),
    ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: !isBare } : {}),
    ...(isExternal ? { externalTrafficPolicy: service.externalTrafficPolicy } : {}),
    ...(healthCheckNodePort === null ? {} : { healthCheckNodePort }),
  };
}

function affinityFields({ affinitySeconds }: Service): object {
  if (affinitySeconds === null) return { sessionAffinity: 'None' };
  return {
    sessionAffinity: 'ClientIP',
    sessionAffinityConfig: { clientIP: { timeoutSeconds: affinitySeconds } },
  };
}

function statusOf({ loadBalancer }: Service): object {
  return filled(
    'ingress',
    loadBalancer.map(({ address, hostname, mode }) => ({
      ...(address === null ? {} : { ip: formatAddress(address), ipMode: mode }),
      ...(hostname === null ? {} : { hostname }),
    })),
  );
}

/** One slice for each set of endpoints; ports that share it share the slice. An empty one says that there are none. */
function showSlices(cluster: Cluster, service: Service): object[] {
  const slices = new Map<string, ShownSlice>();
  if (cluster.endpoints.get(serviceKey(service))?.size === 0) {
    slices.set('', { family: 'ipv4', isHidden: false, endpoints: [], ports: [] });
  }
  for (const [key, endpoints] of cluster.endpoints.get(serviceKey(service)) ?? []) {
    const slash = key.lastIndexOf('/');
    for (const [place, members] of groupedBy(endpoints, placeOf)) {
      const shown = members.map(showEndpoint);
      const port = { name: key.slice(0, slash), protocol: key.slice(slash + 1), port: members[0]?.port };
      const same = `${place.slice(0, 4)} ${JSON.stringify(shown)}`;
      const slice = slices.get(same) ?? {
        family: place.slice(0, 4) as Family,
        isHidden: members[0]?.ofOtherProxy ?? false,
        endpoints: shown,
        ports: [],
      };
      slice.ports.push(port);
      slices.set(same, slice);
    }
  }
  return [...slices.values()].map(({ family, isHidden, endpoints, ports }, index) => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      namespace: service.namespace,
      name: `${service.name}-${index + 1}`,
      labels: {
        'kubernetes.io/service-name': service.name,
        ...(isHidden ? { [otherProxyLabel]: '' } : {}),
      },
    },
    addressType: familyNames[family],
    endpoints,
    ports,
  }));
}

interface ShownSlice {
  readonly family: Family;
  /** From kube-proxy before 1.36, by a label. */
  readonly isHidden: boolean;
  readonly endpoints: readonly object[];
  readonly ports: object[];
}

/** What the endpoints of a slice have in common: `ipv4 8080`. */
function placeOf({ address, port, ofOtherProxy }: Endpoint): string {
  return `${familyOf(address)} ${port}${ofOtherProxy ? ' hidden' : ''}`;
}

function showEndpoint(endpoint: Endpoint): object {
  const { node, ready, serving, terminating, zoneHints, nodeHints } = endpoint;
  const named = (names: readonly string[]) => names.map((name) => ({ name }));
  const hints = { ...filled('forZones', named(zoneHints)), ...filled('forNodes', named(nodeHints)) };
  return {
    addresses: [formatAddress(endpoint.address)],
    conditions: { ready, serving, terminating },
    ...(node === null ? {} : { nodeName: node }),
    ...filled('hints', hints),
  };
}

/** A field, if there is anything in it. */
function filled(name: string, value: object): object {
  return Object.keys(value).length > 0 ? { [name]: value } : {};
}
