import { parseAddress } from '../../address/address.ts';
import { parsePrefix } from '../../address/subnet.ts';
import { expectedForms, parseDnsLabel, parseLabelValue, parsePortName, parseQualifiedName } from './names.ts';
import {
  either,
  flag,
  integer,
  list,
  oneOf,
  optionalPort,
  parsedBy,
  port,
  record,
  text,
  texts,
  textsBy,
} from './shape.ts';

/**
 * The parts of Kubernetes' objects that matter here, as the API's types define them (k8s.io/api core/v1, discovery/v1,
 * apps/v1). Fields that are not named are accepted and not looked at.
 */

const addressForm = 'an IPv4 or IPv6 address';
const address = parsedBy(parseAddress, 'address-syntax', 'IP address', addressForm);
/** An address that may be left empty. */
const optionalAddress = parsedBy(
  (value) => (value === '' ? value : parseAddress(value)),
  'address-syntax',
  'IP address',
  addressForm,
);
const clusterAddress = parsedBy(
  (value) => (value === '' || value === 'None' ? value : parseAddress(value)),
  'address-syntax',
  'IP address',
  `${addressForm}, None, or nothing`,
);
/** The API server trims source ranges before it reads them. */
const prefix = parsedBy(
  (value) => parsePrefix(value.trim()),
  'address-syntax',
  'prefix',
  'an address and a prefix length, such as 10.0.0.0/8',
);
const optionalPrefix = parsedBy(
  (value) => (value === '' ? value : parsePrefix(value)),
  'address-syntax',
  'prefix',
  'an address and a prefix length, such as 10.244.1.0/24',
);
const portLabel = parsedBy(
  (value) => (value === '' ? value : parseDnsLabel(value)),
  'name-syntax',
  'name of a port',
  expectedForms.label,
);
const protocol = oneOf('TCP', 'UDP', 'SCTP');
/** Where it is no pointer in the API's type, what is empty gets the default. */
const optionalProtocol = oneOf('TCP', 'UDP', 'SCTP', '');
const portNumberOrName = either(
  (value) => typeof value === 'string',
  parsedBy(
    (value) => (value === '' ? value : parsePortName(value)),
    'name-syntax',
    'name of a port',
    expectedForms.portName,
  ),
  optionalPort,
);

/** The keys of annotations may have capitals in their prefixes. */
const annotations = textsBy(
  (key) => parseQualifiedName(key.toLowerCase()),
  () => true,
);

const labels = textsBy(parseQualifiedName, parseLabelValue);

export const metadata = record({
  name: text,
  generateName: text,
  namespace: parsedBy(
    (value) => (value === '' ? value : parseDnsLabel(value)),
    'name-syntax',
    'name of a namespace',
    expectedForms.label,
  ),
  labels,
  annotations,
  deletionTimestamp: text,
  ownerReferences: list(record({ kind: text, name: text })),
});

export const service = record(
  {
    metadata,
    spec: record({
      type: oneOf('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName', ''),
      clusterIP: clusterAddress,
      clusterIPs: list(clusterAddress),
      ipFamilies: list(oneOf('IPv4', 'IPv6')),
      ipFamilyPolicy: oneOf('SingleStack', 'PreferDualStack', 'RequireDualStack'),
      externalName: text,
      externalIPs: list(address),
      externalTrafficPolicy: oneOf('Cluster', 'Local', ''),
      internalTrafficPolicy: oneOf('Cluster', 'Local'),
      healthCheckNodePort: optionalPort,
      loadBalancerIP: text,
      loadBalancerClass: text,
      loadBalancerSourceRanges: list(prefix),
      allocateLoadBalancerNodePorts: flag,
      publishNotReadyAddresses: flag,
      selector: labels,
      sessionAffinity: oneOf('None', 'ClientIP', ''),
      sessionAffinityConfig: record({ clientIP: record({ timeoutSeconds: integer(-(2 ** 31)) }) }),
      trafficDistribution: text,
      ports: list(
        record(
          {
            name: portLabel,
            protocol: optionalProtocol,
            port,
            targetPort: portNumberOrName,
            nodePort: optionalPort,
            appProtocol: text,
          },
          ['port'],
        ),
      ),
    }),
    status: record({
      loadBalancer: record({
        ingress: list(record({ ip: optionalAddress, hostname: text, ipMode: oneOf('VIP', 'Proxy') })),
      }),
    }),
  },
  ['metadata', 'spec'],
);

const addressTypes = oneOf('IPv4', 'IPv6', 'FQDN');

export const endpointSlice = record(
  {
    metadata,
    addressType: addressTypes,
    endpoints: list(
      record(
        {
          addresses: list(text),
          conditions: record({ ready: flag, serving: flag, terminating: flag }),
          nodeName: text,
          zone: text,
          hints: record({
            forZones: list(record({ name: text }, ['name'])),
            forNodes: list(record({ name: text }, ['name'])),
          }),
          deprecatedTopology: texts,
          topology: texts,
        },
        ['addresses'],
      ),
    ),
    ports: list(record({ name: portLabel, protocol, port })),
  },
  ['metadata', 'addressType'],
);

const endpointAddress = record({ ip: address, nodeName: text, hostname: text }, ['ip']);

export const endpoints = record(
  {
    metadata,
    subsets: list(
      record({
        addresses: list(endpointAddress),
        notReadyAddresses: list(endpointAddress),
        ports: list(record({ name: portLabel, protocol: optionalProtocol, port }, ['port'])),
      }),
    ),
  },
  ['metadata'],
);

export const node = record(
  {
    metadata,
    spec: record({
      podCIDR: optionalPrefix,
      podCIDRs: list(prefix),
      unschedulable: flag,
      taints: list(record({ key: text, value: text, effect: text })),
    }),
    status: record({ addresses: list(record({ type: text, address: text }, ['type', 'address'])) }),
  },
  ['metadata'],
);

const containers = list(
  record({
    name: text,
    restartPolicy: text,
    ports: list(record({ name: text, containerPort: port, protocol: optionalProtocol }, ['containerPort'])),
  }),
);

const tolerations = list(record({ key: text, operator: text, value: text, effect: text }));

const podSpec = record({
  nodeName: text,
  nodeSelector: texts,
  tolerations,
  hostNetwork: flag,
  containers,
  initContainers: containers,
});

export const pod = record(
  {
    metadata,
    spec: podSpec,
    status: record({
      phase: text,
      podIP: optionalAddress,
      podIPs: list(record({ ip: address })),
      conditions: list(record({ type: text, status: text })),
    }),
  },
  ['metadata'],
);

/** Deployments and their like, all of one form in what matters here. */
export const workload = record(
  {
    metadata,
    spec: record(
      {
        replicas: integer(),
        template: record({ metadata: record({ labels }), spec: podSpec }),
      },
      ['template'],
    ),
  },
  ['metadata', 'spec'],
);

/** The port of a backend, by number or by name. */
const backendPort = either(
  (value) => typeof value === 'string',
  parsedBy(parsePortName, 'name-syntax', 'name of a port', expectedForms.portName),
  port,
);

const typedReference = record({ apiGroup: text, kind: text, name: text });

/** Both spellings: `service` of networking.k8s.io/v1, `serviceName` and `servicePort` of the versions before. */
const ingressBackend = record({
  service: record({ name: text, port: record({ name: text, number: optionalPort }) }),
  serviceName: text,
  servicePort: backendPort,
  resource: typedReference,
});

export const ingress = record(
  {
    metadata,
    spec: record({
      ingressClassName: text,
      defaultBackend: ingressBackend,
      backend: ingressBackend,
      tls: list(record({ hosts: list(text), secretName: text })),
      rules: list(
        record({
          host: text,
          http: record({
            paths: list(
              record({
                path: text,
                pathType: oneOf('Exact', 'Prefix', 'ImplementationSpecific'),
                backend: ingressBackend,
              }),
            ),
          }),
        }),
      ),
    }),
    status: record({
      loadBalancer: record({ ingress: list(record({ ip: optionalAddress, hostname: text })) }),
    }),
  },
  ['metadata'],
);

export const configMap = record({ metadata, data: texts }, ['metadata']);

/** The ranges that addresses of Services come from. */
export const serviceCidr = record({ metadata, spec: record({ cidrs: list(prefix) }) }, ['metadata']);
