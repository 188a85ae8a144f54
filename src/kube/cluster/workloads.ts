import { sha256 } from '../../text/sha256.ts';
import {
  fullName,
  type KubeObject,
  type Manifest,
  ofKind,
  type WorkloadManifest,
  workloadKinds,
} from '../manifest/kinds.ts';
import { type Place, type PodAddresses, placesFor } from './placement.ts';
import type { PodSpec } from './pod-spec.ts';
import type { RunningPod } from './pods.ts';
import { hashOf } from './pool.ts';
import { spreadOver } from './spread.ts';

/** A pod that was made up, with the name that it got. */
export interface PlannedPod extends RunningPod {
  readonly name: string;
}

/** The letters that Kubernetes takes for the random parts of names: none of which a word could come. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

function letters(text: string, count: number): string {
  const bytes = sha256(text).slice(0, count);
  return Array.from(bytes, (byte) => alphabet[byte.charCodeAt(0) % alphabet.length]).join('');
}

type Naming = (name: string, index: string) => string;

const byHash: Naming = (name, index) => `${name}-${letters(`${name}/${index}`, 5)}`;

/** How the pods of a workload are named; a DaemonSet has one for each node, whose name is the index. */
const namings: Readonly<Record<WorkloadManifest['kind'], Naming>> = {
  Deployment: (name, index) => byHash(`${name}-${letters(name, 10)}`, index),
  StatefulSet: (name, index) => `${name}-${index}`,
  DaemonSet: byHash,
  ReplicaSet: byHash,
  ReplicationController: byHash,
  CustomWorkload: byHash,
  Job: byHash,
};

/** What a kubelet takes by default (maxPods). */
const podsPerNode = 110;

/** The pods that a workload would start, spread over the nodes on which they may run, as far as those take them. */
export function podsOfWorkload(
  workload: WorkloadManifest,
  places: readonly Place[],
  addresses: PodAddresses,
): readonly PlannedPod[] {
  const { kind, namespace, name, value } = workload;
  const spec: PodSpec = value.spec?.template?.spec ?? {};
  const isDaemon = isDaemonSet(workload);
  const allowed = placesFor(places, spec, isDaemon);
  const start = hashOf(fullName(workload));
  const wanted = Math.min(wantedPods(workload) ?? allowed.length, podsPerNode * allowed.length);
  const labels = labelsOfTemplate(workload);
  const chosen = isDaemon ? allowed : spreadOver(wanted, start, allowed, places, { spec, labels });
  return chosen.map((place, index) => {
    const ordinal = index + ordinalsOf(workload);
    const podName = namings[kind](name, isDaemon ? place.node.name : String(ordinal));
    return planPod(
      { namespace, name: podName, labels: labelsOf(workload, podName, ordinal), spec },
      place,
      addresses,
    );
  });
}

/** How many pods it keeps running; null: one on each node that takes them. */
export function wantedPods(workload: WorkloadManifest): number | null {
  if (isDaemonSet(workload)) return null;
  if (workload.kind !== 'Job') return workload.value.spec?.replicas ?? 1;
  const { suspend, parallelism, completions } = workload.value.spec ?? {};
  return suspend ? 0 : Math.min(parallelism ?? 1, completions ?? Number.POSITIVE_INFINITY);
}

/** Kruise and others have a DaemonSet of their own. */
function isDaemonSet(workload: WorkloadManifest): boolean {
  return kindOf(workload) === 'DaemonSet';
}

/** As it is called in the manifest. */
export function kindOf({ kind, value }: WorkloadManifest): string {
  return kind === 'CustomWorkload' ? String((value as { kind?: unknown }).kind ?? kind) : kind;
}

function ordinalsOf({ kind, value }: WorkloadManifest): number {
  return kind === 'StatefulSet' ? (value.spec?.ordinals?.start ?? 0) : 0;
}

/** A ReplicaSet that a Deployment among the objects made is that Deployment's, and would count twice. */
export function workloadsOf(objects: readonly KubeObject[]): WorkloadManifest[] {
  const all = workloadKinds.flatMap((kind) => ofKind(objects, kind) as WorkloadManifest[]);
  const deployments = new Set(ofKind(objects, 'Deployment').map(fullName));
  return all.filter(({ kind, namespace, value }) => {
    const owners = value.metadata?.ownerReferences ?? [];
    return kind !== 'ReplicaSet' || !owners.some(({ name }) => deployments.has(`${namespace}/${name}`));
  });
}

/** What the template says, and what the controller of the kind adds. */
function labelsOf(
  workload: WorkloadManifest,
  podName: string,
  index: number,
): Readonly<Record<string, string>> {
  const own = labelsOfTemplate(workload);
  const { kind, name, value } = workload;
  if (kind === 'StatefulSet')
    return {
      ...own,
      'statefulset.kubernetes.io/pod-name': podName,
      'apps.kubernetes.io/pod-index': String(index),
    };
  if (kind !== 'Job') return own;
  const isIndexed = value.spec?.completionMode === 'Indexed';
  return {
    ...own,
    'job-name': name,
    'batch.kubernetes.io/job-name': name,
    ...(isIndexed ? { 'batch.kubernetes.io/job-completion-index': String(index) } : {}),
  };
}

export function labelsOfTemplate({ value }: WorkloadManifest): Readonly<Record<string, string>> {
  return value.spec?.template?.metadata?.labels ?? {};
}

/** A Pod whose manifest nobody applied yet: on the node that it asks for, or on one by its hash; undefined where none takes it. */
export function podOfManifest(
  pod: Manifest<'Pod'>,
  places: readonly Place[],
  addresses: PodAddresses,
): PlannedPod | undefined {
  const spec: PodSpec = pod.value.spec ?? {};
  const allowed = placesFor(places, spec, false);
  const named = places.find(({ node }) => node.name === spec.nodeName);
  const place = named ?? allowed[hashOf(fullName(pod)) % allowed.length];
  const labels = pod.value.metadata?.labels ?? {};
  const planned = { namespace: pod.namespace, name: pod.name, labels, spec };
  return place && planPod(planned, place, addresses);
}

function planPod(
  pod: Pick<PlannedPod, 'namespace' | 'name' | 'labels' | 'spec'>,
  place: Place,
  addresses: PodAddresses,
): PlannedPod {
  return {
    ...pod,
    addresses: addresses.take(fullName(pod), place, pod.spec.hostNetwork ?? false),
    node: place.node.name,
    ready: true,
    terminating: false,
  };
}
