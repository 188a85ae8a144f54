import { type Address, families as allFamilies, familyOf } from '../../address/address.ts';
import { parseSloppyAddress } from '../../address/sloppy.ts';
import { fullName, type KubeObject, type Manifest, ofKind } from '../manifest/kinds.ts';
import type { Draft, Log } from './draft.ts';
import { EndpointCollection } from './endpoints-object.ts';
import { hintsOf, type Where } from './hints.ts';
import type { ServiceEndpoints, ServicePort } from './model.ts';
import type { Place } from './placement.ts';
import type { PodSpec } from './pod-spec.ts';

/** A pod that runs, or is taken to run. */
export interface RunningPod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly addresses: readonly Address[];
  readonly node: string | null;
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly spec: PodSpec;
}

export function selects(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>> | null | undefined,
): boolean {
  return Object.entries(selector).every(
    ([key, value]) => Object.hasOwn(labels ?? {}, key) && labels?.[key] === value,
  );
}

/** A pod has come so far that the API server says something of it. Without, it is a manifest that nobody applied yet. */
export function hasStatus(pod: Manifest<'Pod'>): boolean {
  return pod.value.status?.phase !== undefined && pod.value.status.phase !== null;
}

export function hasEnded({ value }: Manifest<'Pod'>): boolean {
  return value.status?.phase === 'Succeeded' || value.status?.phase === 'Failed';
}

/** A pod as its status shows it; undefined where it has no address, or has ended. */
export function podOfStatus(pod: Manifest<'Pod'>): RunningPod | undefined {
  if (hasEnded(pod)) return undefined;
  const { namespace, value } = pod;
  const status = value.status ?? {};
  const texts =
    status.podIPs && status.podIPs.length > 0 ? status.podIPs.map(({ ip }) => ip) : [status.podIP];
  const addresses = texts.flatMap((text) => parseSloppyAddress(text ?? '') ?? []);
  if (addresses.length === 0) return undefined;
  const condition = status.conditions?.find(({ type }) => type === 'Ready');
  return {
    namespace,
    labels: value.metadata?.labels ?? {},
    addresses,
    node: value.spec?.nodeName ?? null,
    ready: condition?.status === 'True',
    terminating: Boolean(value.metadata?.deletionTimestamp),
    spec: value.spec ?? {},
  };
}

/** The addresses of pods by `namespace/name`, as far as their status says them. */
export function addressesOfPods(objects: readonly KubeObject[]): ReadonlyMap<string, readonly Address[]> {
  return new Map(
    ofKind(objects, 'Pod').flatMap((pod) => {
      const running = podOfStatus(pod);
      return running ? [[fullName(pod), running.addresses] as const] : [];
    }),
  );
}

/**
 * The endpoints that the control plane makes of pods (staging/src/k8s.io/endpointslice, podToEndpoint): one for each
 * address of the service's families and each port of the service that the pod has.
 */
export function endpointsOfPods(
  pods: readonly RunningPod[],
  draft: Draft,
  places: readonly Place[],
  log: Log,
): ServiceEndpoints {
  const { service } = draft;
  const addressed = addressedPods(pods, draft, places);
  const hintsFor = hintsOf(draft, addressed, places, log);
  const collection = new EndpointCollection();
  for (const { pod, address, ready, node, zone } of addressed) {
    const conditions = { ready, serving: pod.ready, terminating: pod.terminating };
    const hints = hintsFor({ address, ready, node, zone });
    for (const port of service.ports) {
      const number = targetPortOf(pod.spec, port);
      if (number === undefined) continue;
      collection.add(port, { address, port: number, node, ...conditions, ...hints });
    }
  }
  return collection.sorted();
}

interface AddressedPod extends Where {
  readonly pod: RunningPod;
}

/** Who is on no node, or on one that the cluster does not have, counts only where pods count that are not ready. */
function addressedPods(pods: readonly RunningPod[], draft: Draft, places: readonly Place[]): AddressedPod[] {
  const { families } = draft.service;
  const publishNotReady = draft.manifest?.value.spec?.publishNotReadyAddresses ?? false;
  const byName = new Map(places.map((place) => [place.node.name, place]));
  const knowsNodes = places.some(({ assumed }) => !assumed);
  return pods.flatMap((pod) => {
    const place = byName.get(pod.node ?? '');
    if (!publishNotReady && (!pod.node || (knowsNodes && !place))) return [];
    const ready = publishNotReady || (pod.ready && !pod.terminating);
    const zone = place?.node.labels['topology.kubernetes.io/zone'] || undefined;
    // A name in the DNS has no families, and its endpoints are of both.
    return (families.length > 0 ? families : allFamilies).flatMap((family) => {
      const address = pod.addresses.find((candidate) => familyOf(candidate) === family);
      return address === undefined ? [] : [{ pod, address, ready, node: pod.node, zone }];
    });
  });
}

/** A named target port is the container port of that name and protocol; a pod without one is no endpoint of the port. */
export function targetPortOf(spec: PodSpec, { targetPort, protocol }: ServicePort): number | undefined {
  if (typeof targetPort === 'number') return targetPort;
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const { ports } of [...(spec.containers ?? []), ...sidecars]) {
    const port = ports?.find(({ name, protocol: own }) => name === targetPort && (own || 'TCP') === protocol);
    if (port?.containerPort) return port.containerPort;
  }
  return undefined;
}
