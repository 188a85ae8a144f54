import { formatAddress } from '../address/address.ts';
import {
  fullName,
  type KubeObject,
  ofKind,
  type WorkloadManifest,
  workloadKinds,
} from '../manifest/kinds.ts';
import type { EndpointsRow } from '../manifest/rows.ts';
import { assumeFor, type Draft, type Log } from './draft.ts';
import { endpointsOfObject, endpointsOfRow } from './endpoints-object.ts';
import { type ServiceEndpoints, serviceKey } from './model.ts';
import { sortedBy } from './order.ts';
import { type Place, PodAddresses } from './placement.ts';
import { endpointsOfPods, hasStatus, podOfStatus, type RunningPod, selects } from './pods.ts';
import { endpointsOfSlices, slicesByService } from './slices.ts';
import { type PlannedPod, podOfManifest, podsOfWorkload } from './workloads.ts';

/** Finds every service's endpoints in the first source that has some for it: the nearer to kube-proxy, the earlier. */
export function findEndpoints(
  objects: readonly KubeObject[],
  drafts: readonly Draft[],
  places: readonly Place[],
  log: Log,
): ReadonlyMap<string, ServiceEndpoints> {
  const sources = [
    fromSlices(objects),
    fromObjects(objects),
    fromRows(objects, log),
    fromPods(objects, places, log),
  ];
  const endpoints = new Map<string, ServiceEndpoints>();
  const unknown: string[] = [];
  for (const draft of drafts) {
    const key = serviceKey(draft.service);
    const found = firstOf(sources, draft);
    if (!found) {
      if (draft.service.unproxied === null) unknown.push(key);
      continue;
    }
    endpoints.set(key, found);
  }
  if (unknown.length > 0) sayUnknown(unknown, log);
  return endpoints;
}

type EndpointSource = (draft: Draft) => ServiceEndpoints | undefined;

function firstOf(sources: readonly EndpointSource[], draft: Draft): ServiceEndpoints | undefined {
  for (const source of sources) {
    const found = source(draft);
    if (found) return found;
  }
  return undefined;
}

function sayUnknown(services: readonly string[], log: Log): void {
  const shown =
    services.slice(0, 10).join(', ') + (services.length > 10 ? `, and ${services.length - 10} more` : '');
  log.problems.push({
    code: 'no-endpoints',
    severity: 'note',
    message: `nothing tells the endpoints of ${shown}: they are taken to have none`,
    expected: 'EndpointSlices, Endpoints, or the Pods or workloads that the services select',
  });
}

function fromSlices(objects: readonly KubeObject[]): EndpointSource {
  const slices = slicesByService(ofKind(objects, 'EndpointSlice'));
  return ({ service }) => {
    const own = slices.get(serviceKey(service));
    return own && endpointsOfSlices(own);
  };
}

function fromObjects(objects: readonly KubeObject[]): EndpointSource {
  const known = new Map(ofKind(objects, 'Endpoints').map((object) => [fullName(object), object]));
  return ({ service }) => {
    const own = known.get(serviceKey(service));
    return own && endpointsOfObject(own.value);
  };
}

function fromRows(objects: readonly KubeObject[], log: Log): EndpointSource {
  const rows = objects.filter((object) => object.kind === 'EndpointsRow');
  return (draft) => {
    const { namespace, name, ports } = draft.service;
    const row = rows.find(
      (candidate) => candidate.name === name && ['', namespace].includes(candidate.namespace),
    );
    if (!row) return undefined;
    const endpoints = endpointsOfRow(row, ports);
    if (row.omitted > 0 || !endpoints) sayIncomplete(row, endpoints !== undefined, log);
    else if (row.endpoints.length > 0)
      assumeFor(log, draft, 'its endpoints are ready and on unknown nodes: the table says no more');
    return endpoints;
  };
}

function sayIncomplete(row: EndpointsRow, isKnown: boolean, log: Log): void {
  log.problems.push({
    code: 'no-endpoints',
    severity: 'warning',
    message: isKnown
      ? `the table leaves out ${row.omitted} endpoints of ${row.name}`
      : `the table does not tell which port the endpoints of ${row.name} belong to`,
    span: row.span,
    expected: 'EndpointSlices or Endpoints as YAML or JSON',
  });
}

/** Pods, and where a service selects none, the pods that workloads would start. */
function fromPods(objects: readonly KubeObject[], places: readonly Place[], log: Log): EndpointSource {
  const pods = ofKind(objects, 'Pod');
  const started = pods.filter(hasStatus).flatMap((pod) => podOfStatus(pod) ?? []);
  const addresses = new PodAddresses(started.flatMap((pod) => pod.addresses));
  // Addresses are drawn in the order of names, so that the order of files does not matter.
  const planned = groupPlanned(
    sortedBy(
      pods.filter((pod) => !hasStatus(pod)),
      fullName,
    ).map((pod) => ['Pod', pod.name, [podOfManifest(pod, places, addresses)]]),
  );
  const workloads = groupPlanned(
    sortedBy(workloadsOf(objects), fullName).map((own) => [
      own.kind,
      own.name,
      podsOfWorkload(own, places, addresses),
    ]),
  );
  const ended = new Set(pods.filter(hasStatus).filter((pod) => !podOfStatus(pod)));
  return (draft) => {
    const selector = draft.manifest ? draft.manifest.value.spec?.selector : draft.row?.selector;
    if (!selector || Object.keys(selector).length === 0) return undefined;
    const isOwn = (pod: Pick<RunningPod, 'namespace' | 'labels'>) =>
      pod.namespace === draft.service.namespace && selects(selector, pod.labels);
    const own = started.filter(isOwn);
    const made = planned.filter(({ pods: [pod] }) => pod && isOwn(pod));
    const hasEnded = [...ended].some((pod) =>
      isOwn({ namespace: pod.namespace, labels: pod.value.metadata?.labels ?? {} }),
    );
    const found =
      own.length + made.length > 0 || hasEnded
        ? made
        : workloads.filter(({ pods: [pod] }) => pod && isOwn(pod));
    if (own.length + found.length === 0 && !hasEnded) return undefined;
    for (const group of found) sayPlanned(draft, group, addresses.moved, log);
    const publish = draft.manifest?.value.spec?.publishNotReadyAddresses ?? false;
    const all = [...own, ...found.flatMap((group) => group.pods)];
    return endpointsOfPods(all, draft.service, draft.families, publish);
  };
}

interface PlannedGroup {
  readonly kind: string;
  readonly name: string;
  readonly pods: readonly PlannedPod[];
}

function groupPlanned(groups: readonly (readonly [string, string, readonly PlannedPod[]])[]): PlannedGroup[] {
  return groups.map(([kind, name, pods]) => ({ kind, name, pods }));
}

function sayPlanned(
  draft: Draft,
  { kind, name, pods }: PlannedGroup,
  movedPods: ReadonlySet<string>,
  log: Log,
): void {
  const shown = pods
    .slice(0, 10)
    .map((pod) => `${pod.addresses.map(formatAddress).join('+')} on ${pod.node}`);
  const rest = pods.length > 10 ? `, and ${pods.length - 10} more` : '';
  const what = kind === 'Pod' ? `Pod ${name}, which has no status` : `${pods.length} of ${kind} ${name}`;
  assumeFor(log, draft, `endpoints by hash of the pods' names: ${what} (${shown.join(', ')}${rest})`);
  const moved = pods.filter((pod) => movedPods.has(fullName(pod))).map((pod) => pod.name);
  if (moved.length > 0) {
    assumeFor(
      log,
      draft,
      `another has what the hash of its name gives, so the next free one: ${moved.join(', ')}`,
    );
  }
}

/** A ReplicaSet that a Deployment among the objects made is that Deployment's, and would count twice. */
function workloadsOf(objects: readonly KubeObject[]): WorkloadManifest[] {
  const all = workloadKinds.flatMap((kind) => ofKind(objects, kind) as WorkloadManifest[]);
  const deployments = new Set(ofKind(objects, 'Deployment').map(fullName));
  return all.filter(({ kind, namespace, value }) => {
    const owners = value.metadata?.ownerReferences ?? [];
    return kind !== 'ReplicaSet' || !owners.some(({ name }) => deployments.has(`${namespace}/${name}`));
  });
}
