import type { Origin } from './origin.ts';
import { kubeProxyConfiguration } from './proxy-configuration.ts';
import type { TableRow } from './rows.ts';
import type { Infer } from './shape.ts';
import * as shapes from './shapes.ts';

const workload = { groups: ['apps', 'extensions'], namespaced: true, shape: shapes.workload } as const;
const core = { groups: [''], namespaced: true } as const;

/**
 * The kinds that are read: the API groups in which a kind means this one (Knative has a Service too), whether it lives in
 * a namespace, and its form.
 */
export const kinds = {
  Service: { ...core, shape: shapes.service },
  EndpointSlice: { groups: ['discovery.k8s.io'], namespaced: true, shape: shapes.endpointSlice },
  Endpoints: { ...core, shape: shapes.endpoints },
  Node: { groups: [''], namespaced: false, shape: shapes.node },
  Pod: { ...core, shape: shapes.pod },
  Deployment: workload,
  StatefulSet: workload,
  DaemonSet: workload,
  ReplicaSet: workload,
  ReplicationController: { ...workload, groups: [''] },
  Job: { groups: ['batch'], namespaced: true, shape: shapes.workload },
  CronJob: { groups: ['batch'], namespaced: true, shape: shapes.cronJob },
  /** Of any kind that is not Kubernetes' own and has a template of pods: Rollout, CloneSet, DeploymentConfig. */
  CustomWorkload: { groups: [], namespaced: true, shape: shapes.workload },
  Ingress: { groups: ['networking.k8s.io', 'extensions'], namespaced: true, shape: shapes.ingress },
  ServiceCIDR: { groups: ['networking.k8s.io'], namespaced: false, shape: shapes.serviceCidr },
  ConfigMap: { ...core, shape: shapes.configMap },
  KubeProxyConfiguration: {
    groups: ['kubeproxy.config.k8s.io'],
    namespaced: false,
    shape: kubeProxyConfiguration,
  },
} as const;

export type Kind = keyof typeof kinds;

/** An object of a kind that is read, its fields checked. */
export interface Manifest<K extends Kind> {
  readonly kind: K;
  readonly apiVersion: string;
  /** Empty for kinds that live in no namespace. */
  readonly namespace: string;
  readonly name: string;
  /** The object itself, as it was read. */
  readonly value: Infer<(typeof kinds)[K]['shape']>;
  readonly origin: Origin;
}

export type AnyManifest = { [K in Kind]: Manifest<K> }[Kind];

/** Whatever says something about a cluster: an object, or a row of one of kubectl's tables. */
export type KubeObject = AnyManifest | TableRow;

export type ServiceManifest = Manifest<'Service'>;
export const workloadKinds = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'CustomWorkload',
  'Job',
] as const;
export type WorkloadManifest = Manifest<(typeof workloadKinds)[number]>;

/** The objects of one kind, in their order. */
export function ofKind<K extends Kind>(objects: readonly KubeObject[], kind: K): Manifest<K>[] {
  return objects.filter((object) => object.kind === kind) as unknown as Manifest<K>[];
}

/** `default/web`, or `worker-1` for what lives in no namespace. */
export function fullName(object: { readonly namespace: string; readonly name: string }): string {
  return object.namespace === '' ? object.name : `${object.namespace}/${object.name}`;
}
