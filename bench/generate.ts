/** What the generated cluster is, in the two forms in which kubectl prints it. */
export interface GeneratedCluster {
  /** `kubectl get nodes,services,endpointslices -A -o json` without its indentation: 19 MB for 10,000 x 10. */
  readonly json: string;
  readonly endpoints: number;
}

const nodeCount = 100;

/** A cluster of ClusterIP services with as many endpoints each, spread over 100 nodes. The same for the same numbers. */
export function generateCluster(services: number, endpointsPerService: number): GeneratedCluster {
  const items: object[] = [];
  for (let index = 0; index < nodeCount; index += 1) items.push(node(index));
  for (let index = 0; index < services; index += 1) {
    items.push(service(index), slice(index, endpointsPerService));
  }
  const json = JSON.stringify({ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items });
  return { json, endpoints: services * endpointsPerService };
}

const nodeName = (index: number): string => `node-${String(index % nodeCount).padStart(4, '0')}`;
const serviceName = (index: number): string => `service-${String(index).padStart(5, '0')}`;
const namespaceOf = (index: number): string => `team-${index % 50}`;
const clusterIP = (index: number): string =>
  `10.${96 + ((index + 300) >> 16)}.${((index + 300) >> 8) & 255}.${(index + 300) & 255}`;

function metadata(name: string, namespace: string | null, labels: object): object {
  return {
    name,
    ...(namespace === null ? {} : { namespace }),
    labels,
    creationTimestamp: '2024-05-01T12:00:00Z',
    uid: '3f6d9f1e-0b5a-4c38-9f0a-6a3a1f2b7c55',
  };
}

function node(index: number): object {
  const name = nodeName(index);
  const podCIDR = `10.${128 + (index >> 8)}.${index & 255}.0/24`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: metadata(name, null, {
      'kubernetes.io/hostname': name,
      'topology.kubernetes.io/zone': `zone-${index % 3}`,
    }),
    spec: { podCIDR, podCIDRs: [podCIDR] },
    status: { addresses: [{ type: 'InternalIP', address: `192.168.${index >> 8}.${index & 255}` }] },
  };
}

function service(index: number): object {
  const address = clusterIP(index);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(serviceName(index), namespaceOf(index), { app: serviceName(index) }),
    spec: {
      type: 'ClusterIP',
      clusterIP: address,
      clusterIPs: [address],
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 }],
      selector: { app: serviceName(index) },
      sessionAffinity: 'None',
    },
    status: { loadBalancer: {} },
  };
}

function slice(index: number, count: number): object {
  const name = serviceName(index);
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    metadata: metadata(`${name}-a1b2c`, namespaceOf(index), { 'kubernetes.io/service-name': name }),
    endpoints: Array.from({ length: count }, (_, place) => endpoint(index * count + place)),
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  };
}

function endpoint(number: number): object {
  return {
    addresses: [`10.${128 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`],
    conditions: { ready: true, serving: true, terminating: false },
    nodeName: nodeName(number),
  };
}
