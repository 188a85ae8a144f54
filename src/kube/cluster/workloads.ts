import { sha256 } from '../../text/sha256.ts';
import { fullName, type Manifest, type WorkloadManifest } from '../manifest/kinds.ts';
import { type Place, type PodAddresses, placesFor } from './placement.ts';
import type { PodSpec, RunningPod } from './pods.ts';
import { hashOf } from './pool.ts';

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
  const allowed = placesFor(places, spec, kind === 'DaemonSet');
  const start = hashOf(fullName(workload));
  const labels = labelsOfWorkload(workload);
  const wanted = kind === 'DaemonSet' ? allowed.length : (value.spec?.replicas ?? 1);
  return Array.from({ length: Math.min(wanted, podsPerNode * allowed.length) }, (_, index) => {
    const place = allowed[kind === 'DaemonSet' ? index : (start + index) % allowed.length] as Place;
    const podName = namings[kind](name, kind === 'DaemonSet' ? place.node.name : String(index));
    return planPod({ namespace, name: podName, labels, spec }, place, addresses);
  });
}

export function labelsOfWorkload({ value }: WorkloadManifest): Readonly<Record<string, string>> {
  return value.spec?.template?.metadata?.labels ?? {};
}

/** A Pod whose manifest nobody applied yet: on the node that it asks for, or on one by its hash. */
export function podOfManifest(
  pod: Manifest<'Pod'>,
  places: readonly Place[],
  addresses: PodAddresses,
): PlannedPod {
  const spec: PodSpec = pod.value.spec ?? {};
  const allowed = placesFor(places, spec, false);
  const named = places.find(({ node }) => node.name === spec.nodeName);
  const place = named ?? (allowed[hashOf(fullName(pod)) % allowed.length] as Place);
  const labels = pod.value.metadata?.labels ?? {};
  return planPod({ namespace: pod.namespace, name: pod.name, labels, spec }, place, addresses);
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
