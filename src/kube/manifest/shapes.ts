import { parseSloppyAddress, parseSloppyPrefix } from '../../address/sloppy.ts';
import { want } from '../../text/expected.ts';
import {
  expectedForms,
  parseDnsLabel,
  parseFinalizer,
  parseLabelValue,
  parsePortName,
  parseQualifiedName,
} from './names.ts';
import { parseQuantity } from './quantity.ts';
import {
  anything,
  either,
  flag,
  integer,
  list,
  oneOf,
  optionalPort,
  parsedBy,
  port,
  record,
  type Shape,
  text,
  texts,
  textsBy,
  time,
} from './shape.ts';

/**
 * The parts of Kubernetes' objects that matter here, as the API's types define them (k8s.io/api core/v1, discovery/v1,
 * apps/v1, batch/v1; release 1.36). The fields that nothing here asks for are named at each object's end.
 */

const addressForm = want.thing('ip-of-any-family');
const address = parsedBy(parseSloppyAddress, 'address-syntax', 'ip-address', addressForm);
/** An address that may be left empty. */
const optionalAddress = parsedBy(
  (value) => (value === '' ? value : parseSloppyAddress(value)),
  'address-syntax',
  'ip-address',
  addressForm,
);
/** The API server trims source ranges before it reads them. */
const prefix = parsedBy(
  (value) => parseSloppyPrefix(value.trim()),
  'address-syntax',
  'prefix',
  want.suchAs('10.0.0.0/8', want.thing('address-and-length')),
);
const portLabel = parsedBy(
  (value) => (value === '' ? value : parseDnsLabel(value)),
  'name-syntax',
  'port-name',
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
    'port-name',
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

const version = parsedBy(
  (value) => (/^\d*$/.test(value) ? value : undefined),
  'field-value',
  'version',
  want.thing('number-or-nothing'),
);

const namespace = parsedBy(
  (value) => (value === '' ? value : parseDnsLabel(value)),
  'name-syntax',
  'namespace-name',
  expectedForms.label,
);

const metadataFields = {
  name: text,
  generateName: text,
  namespace,
  labels,
  annotations,
  deletionTimestamp: time,
  generation: integer(-(2 ** 53), 2 ** 53),
  uid: text,
  resourceVersion: version,
  finalizers: list(parsedBy(parseFinalizer, 'name-syntax', 'finalizer-name', expectedForms.finalizer)),
  ownerReferences: list(
    record(
      { apiVersion: text, kind: text, name: text, uid: text, controller: flag },
      [],
      'blockOwnerDeletion:b',
    ),
  ),
};

const otherMetadata = 'selfLink:s creationTimestamp:t deletionGracePeriodSeconds:i managedFields:l';
export const metadata = record(metadataFields, [], otherMetadata);
/** Of what lives in no namespace the API server passes over the one that is named. */
const clusterMetadata = record({ ...metadataFields, namespace: text }, [], otherMetadata);

const typeMeta = 'apiVersion kind';
const portStatus = record({ port: anything, protocol: text }, [], 'error');

export const service = record(
  {
    metadata,
    spec: record(
      {
        type: oneOf('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName', ''),
        clusterIP: text,
        clusterIPs: list(text),
        ipFamilies: list(oneOf('IPv4', 'IPv6')),
        ipFamilyPolicy: oneOf('SingleStack', 'PreferDualStack', 'RequireDualStack'),
        externalName: text,
        externalIPs: list(address),
        externalTrafficPolicy: oneOf('Cluster', 'Local', ''),
        internalTrafficPolicy: oneOf('Cluster', 'Local'),
        healthCheckNodePort: integer(),
        loadBalancerIP: text,
        loadBalancerClass: text,
        loadBalancerSourceRanges: list(prefix),
        allocateLoadBalancerNodePorts: flag,
        publishNotReadyAddresses: flag,
        selector: labels,
        sessionAffinity: oneOf('None', 'ClientIP', ''),
        sessionAffinityConfig: record(
          { clientIP: record({ timeoutSeconds: integer(-(2 ** 31)) }, [], '') },
          [],
          '',
        ),
        trafficDistribution: text,
        ports: list(
          record(
            {
              name: portLabel,
              protocol: optionalProtocol,
              port,
              targetPort: portNumberOrName,
              nodePort: integer(),
              appProtocol: text,
            },
            ['port'],
            '',
          ),
        ),
      },
      [],
      '',
    ),
    status: record(
      {
        loadBalancer: record(
          {
            ingress: list(
              record(
                {
                  ip: optionalAddress,
                  hostname: text,
                  ipMode: oneOf('VIP', 'Proxy'),
                  ports: list(portStatus),
                },
                [],
                '',
              ),
            ),
          },
          [],
          '',
        ),
      },
      [],
      'conditions',
    ),
  },
  [],
  typeMeta,
);

/** kube-proxy passes over a port that is 0, as it does where there is none. */
const slicePort: Shape<number> = {
  check(value, walk) {
    if (value !== 0) port.check(value, walk);
    else walk.fail('port-range', { code: 'no-port-for-proxy' }, want.range(1, 65535), 'warning');
  },
};

const addressTypes = oneOf('IPv4', 'IPv6', 'FQDN');
const reference = record(
  {},
  [],
  'kind:s namespace:s name:s uid:s apiVersion:s resourceVersion:s fieldPath:s',
);

export const endpointSlice = record(
  {
    metadata,
    addressType: addressTypes,
    endpoints: list(
      record(
        {
          addresses: list(text),
          conditions: record({ ready: flag, serving: flag, terminating: flag }, [], ''),
          nodeName: text,
          zone: text,
          hostname: text,
          targetRef: reference,
          hints: record(
            {
              forZones: list(record({ name: text }, [], '')),
              forNodes: list(record({ name: text }, [], '')),
            },
            [],
            '',
          ),
          deprecatedTopology: texts,
          topology: texts,
        },
        ['addresses'],
        '',
      ),
    ),
    ports: list(record({ name: portLabel, protocol, port: slicePort, appProtocol: text }, [], '')),
  },
  ['addressType'],
  typeMeta,
);

const endpointAddress = record(
  { ip: address, nodeName: text, hostname: text, targetRef: reference },
  ['ip'],
  '',
);

export const endpoints = record(
  {
    metadata,
    subsets: list(
      record(
        {
          addresses: list(endpointAddress),
          notReadyAddresses: list(endpointAddress),
          ports: list(
            record({ name: portLabel, protocol: optionalProtocol, port, appProtocol: text }, ['port'], ''),
          ),
        },
        [],
        '',
      ),
    ),
  },
  [],
  typeMeta,
);

/** How much there is of each resource. */
const quantities: Shape<Readonly<Record<string, unknown>>> = {
  check(value, walk) {
    if (typeof value !== 'object' || Array.isArray(value)) {
      walk.fail('field-type', { code: 'no-object-here' }, want.thing('object'));
      return;
    }
    for (const [name, amount] of Object.entries(value)) {
      walk.path.push(name);
      const quantity = typeof amount === 'object' ? undefined : parseQuantity(String(amount).trim());
      if (amount !== null && quantity === undefined)
        walk.fail(
          'field-value',
          { code: 'no-quantity', text: String(amount) },
          want.suchAs('4, 500m, 2Gi', want.thing('quantity')),
        );
      else if ((quantity ?? 0) < 0)
        walk.fail(
          'field-value',
          { code: 'less-than-nothing', text: String(amount) },
          want.thing('zero-or-more'),
        );
      walk.path.pop();
    }
  },
};

const condition = record(
  { type: text, status: text },
  [],
  'observedGeneration:i lastProbeTime:t lastHeartbeatTime:t lastTransitionTime:t reason:s message:s',
);

export const node = record(
  {
    metadata: clusterMetadata,
    spec: record(
      {
        podCIDR: text,
        podCIDRs: list(text),
        providerID: text,
        externalID: text,
        unschedulable: flag,
        taints: list(record({ key: text, value: text, effect: text }, [], 'timeAdded:t')),
      },
      [],
      'configSource:o',
    ),
    status: record(
      {
        addresses: list(record({ type: text, address: text }, [], '')),
        allocatable: quantities,
        capacity: quantities,
        conditions: list(condition),
        images: list(record({}, [], 'names:a sizeBytes:i')),
        nodeInfo: record(
          {},
          [],
          'machineID:s systemUUID:s bootID:s kernelVersion:s osImage:s containerRuntimeVersion:s kubeletVersion:s kubeProxyVersion:s operatingSystem:s architecture:s swap:o',
        ),
        volumesAttached: list(record({}, [], 'name:s devicePath:s')),
        daemonEndpoints: record({ kubeletEndpoint: record({}, [], 'Port:i') }, [], ''),
      },
      [],
      'phase:s volumesInUse:a config:o runtimeHandlers:l features:o declaredFeatures',
    ),
  },
  [],
  typeMeta,
);

const containers = list(
  record(
    {
      name: text,
      restartPolicy: text,
      ports: list(
        record(
          { name: text, containerPort: port, protocol: optionalProtocol, hostPort: optionalPort },
          ['containerPort'],
          'hostIP',
        ),
      ),
    },
    [],
    'image command args workingDir envFrom env resources resizePolicy restartPolicyRules volumeMounts volumeDevices livenessProbe readinessProbe startupProbe lifecycle terminationMessagePath terminationMessagePolicy imagePullPolicy securityContext stdin stdinOnce tty',
  ),
);

const tolerations = list(
  record({ key: text, operator: text, value: text, effect: text }, [], 'tolerationSeconds'),
);

const nodeSelectorTerm = record({
  matchExpressions: list(record({ key: text, operator: text, values: list(text) }, ['key', 'operator'])),
  matchFields: list(record({ key: text, operator: text, values: list(text) }, ['key', 'operator'])),
});

const labelSelector = record({
  matchLabels: texts,
  matchExpressions: list(record({ key: text, operator: text, values: list(text) }, ['key', 'operator'])),
});

const podSpec = record(
  {
    nodeName: text,
    nodeSelector: texts,
    affinity: record({
      nodeAffinity: record({
        requiredDuringSchedulingIgnoredDuringExecution: record({ nodeSelectorTerms: list(nodeSelectorTerm) }),
      }),
      podAntiAffinity: record({
        requiredDuringSchedulingIgnoredDuringExecution: list(
          record({ topologyKey: text, labelSelector, namespaces: list(text), namespaceSelector: anything }),
        ),
      }),
    }),
    topologySpreadConstraints: list(
      record({
        maxSkew: integer(),
        topologyKey: text,
        whenUnsatisfiable: text,
        labelSelector,
        minDomains: integer(),
        nodeAffinityPolicy: text,
        nodeTaintsPolicy: text,
      }),
    ),
    tolerations,
    hostNetwork: flag,
    restartPolicy: text,
    containers,
    initContainers: containers,
  },
  [],
  'volumes ephemeralContainers terminationGracePeriodSeconds activeDeadlineSeconds dnsPolicy serviceAccountName serviceAccount automountServiceAccountToken hostPID hostIPC shareProcessNamespace securityContext imagePullSecrets hostname subdomain schedulerName hostAliases priorityClassName priority dnsConfig readinessGates runtimeClassName enableServiceLinks preemptionPolicy overhead setHostnameAsFQDN os hostUsers schedulingGates resourceClaims resources hostnameOverride workloadRef schedulingGroup',
);

export const pod = record(
  {
    metadata,
    spec: podSpec,
    status: record({
      phase: text,
      podIP: optionalAddress,
      podIPs: list(record({ ip: address })),
      conditions: list(condition),
    }),
  },
  [],
  typeMeta,
);

const podTemplate = record({ metadata, spec: podSpec }, [], '');

const workloadSpec = record(
  {
    template: podTemplate,
    replicas: integer(),
    ordinals: record({ start: integer() }),
    parallelism: integer(),
    completions: integer(),
    suspend: flag,
    completionMode: text,
  },
  ['template'],
);

/** Deployments and their like, and Jobs: all of one form in what matters here. */
export const workload = record({ metadata, spec: workloadSpec }, ['metadata', 'spec']);

export const cronJob = record(
  {
    metadata,
    spec: record({ suspend: flag, jobTemplate: record({ metadata, spec: workloadSpec }, ['spec']) }, [
      'jobTemplate',
    ]),
  },
  ['metadata', 'spec'],
);

/** The port of a backend, by number or by name. */
const backendPort = either(
  (value) => typeof value === 'string',
  parsedBy(parsePortName, 'name-syntax', 'port-name', expectedForms.portName),
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

export const configMap = record({ metadata, data: texts });

/** The ranges that addresses of Services come from. */
export const serviceCidr = record(
  {
    metadata: clusterMetadata,
    spec: record({ cidrs: list(text) }, [], ''),
    status: record({ conditions: list(condition) }, [], ''),
  },
  [],
  typeMeta,
);
