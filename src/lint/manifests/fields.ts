import type { Path } from '../../documents/path.ts';
import type { KubeObject } from '../../kube/manifest/kinds.ts';
import { problemAt } from '../../kube/manifest/problem-at.ts';
import { nearest } from '../../text/nearest.ts';
import type { Problem } from '../../text/problem.ts';

/** The fields of an object, those of the API of release 1.34; lists are as what they hold; null: not looked into. */
interface Fields {
  readonly [name: string]: Fields | null;
}

const leaves = (names: string): Fields => Object.fromEntries(names.split(' ').map((name) => [name, null]));

const metadata = leaves(
  'annotations creationTimestamp deletionGracePeriodSeconds deletionTimestamp finalizers generateName generation labels managedFields name namespace ownerReferences resourceVersion selfLink uid',
);
const top: Fields = { ...leaves('apiVersion kind'), metadata };

const container: Fields = {
  ...leaves(
    'args command env envFrom image imagePullPolicy lifecycle livenessProbe name readinessProbe resizePolicy resources restartPolicy restartPolicyRules securityContext startupProbe stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir',
  ),
  ports: leaves('containerPort hostIP hostPort name protocol'),
};
const podSpec: Fields = {
  ...leaves(
    'activeDeadlineSeconds affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks ephemeralContainers hostAliases hostIPC hostNetwork hostPID hostUsers hostname hostnameOverride imagePullSecrets nodeName nodeSelector os overhead preemptionPolicy priority priorityClassName readinessGates resourceClaims resources restartPolicy runtimeClassName schedulerName schedulingGates securityContext serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace subdomain terminationGracePeriodSeconds tolerations topologySpreadConstraints volumes workloadRef',
  ),
  containers: container,
  initContainers: container,
};
const workload: Fields = {
  ...top,
  spec: {
    ...leaves(
      'minReadySeconds ordinals paused persistentVolumeClaimRetentionPolicy podManagementPolicy progressDeadlineSeconds replicas revisionHistoryLimit rollbackTo selector serviceName strategy updateStrategy volumeClaimTemplates',
    ),
    template: { metadata, spec: podSpec },
  },
  status: null,
};
const subsetAddress = leaves('hostname ip nodeName targetRef');
const ingressBackend: Fields = {
  service: { name: null, port: leaves('name number') },
  ...leaves('resource serviceName servicePort'),
};

/** Of a Service, the spec is looked into where it is validated. */
const known: Readonly<Record<string, Fields>> = {
  Service: {
    ...top,
    spec: null,
    status: { conditions: null, loadBalancer: { ingress: leaves('hostname ip ipMode ports') } },
  },
  EndpointSlice: {
    ...top,
    addressType: null,
    endpoints: {
      ...leaves('addresses deprecatedTopology hostname nodeName targetRef topology zone'),
      conditions: leaves('ready serving terminating'),
      hints: leaves('forNodes forZones'),
    },
    ports: leaves('appProtocol name port protocol'),
  },
  Endpoints: {
    ...top,
    subsets: {
      addresses: subsetAddress,
      notReadyAddresses: subsetAddress,
      ports: leaves('appProtocol name port protocol'),
    },
  },
  Node: {
    ...top,
    spec: leaves('configSource externalID podCIDR podCIDRs providerID taints unschedulable'),
    status: null,
  },
  Pod: { ...top, spec: podSpec, status: null },
  Deployment: workload,
  StatefulSet: workload,
  DaemonSet: workload,
  ReplicaSet: workload,
  ReplicationController: workload,
  Ingress: {
    ...top,
    spec: {
      ingressClassName: null,
      defaultBackend: ingressBackend,
      backend: ingressBackend,
      rules: { host: null, http: { paths: { ...leaves('path pathType'), backend: ingressBackend } } },
      tls: leaves('hosts secretName'),
    },
    status: null,
  },
};

/** What is nearly a field was meant to be that field. What newer releases know beyond is passed over. */
export function misspeltFieldsIn(objects: readonly KubeObject[]): Problem[] {
  return objects.flatMap((object) => {
    const fields = known[object.kind];
    if (!fields || !('origin' in object)) return [];
    return Array.from(misspelt(object.value, fields, []), ({ path, meant }) => {
      const message = `a ${object.kind} has no such field`;
      return problemAt(object.origin, path, 'field-unknown', message, `${meant}?`, 'warning');
    });
  });
}

function* misspelt(
  value: unknown,
  fields: Fields,
  path: Path,
): Generator<{ readonly path: Path; readonly meant: string }> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* misspelt(item, fields, [...path, index]);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (Object.hasOwn(fields, name)) {
      const below = fields[name];
      if (below) yield* misspelt(inner, below, [...path, name]);
      continue;
    }
    const meant = nearest(name, Object.keys(fields));
    if (meant !== undefined) yield { path: [...path, name], meant };
  }
}
