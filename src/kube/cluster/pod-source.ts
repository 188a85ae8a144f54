import type { Address } from '../../address/address.ts';
import { parseSloppyAddress } from '../../address/sloppy.ts';
import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import { sortedBy } from '../../text/lists.ts';
import type { ManifestDetail } from '../manifest/detail.ts';
import {
  fullName,
  type KubeObject,
  type Manifest,
  ofKind,
  type WorkloadManifest,
} from '../manifest/kinds.ts';
import { assumeFor, type Draft, type EndpointSource, type Log, spanOf } from './draft.ts';
import { serviceKey } from './model.ts';
import { type Place, PodAddresses } from './placement.ts';
import { endpointsOfPods, hasStatus, podOfStatus, type RunningPod, selects, targetPortOf } from './pods.ts';
import {
  kindOf,
  labelsOfTemplate,
  type PlannedPod,
  podOfManifest,
  podsOfWorkload,
  wantedPods,
  workloadsOf,
} from './workloads.ts';

/** What a selector can select. */
export interface Selectable {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A pod that the API server knows; undefined where it has ended, or has not begun. */
interface KnownPod extends Selectable {
  readonly running: RunningPod | undefined;
}

/** Pods that nobody started yet, of one object. */
interface PlannedGroup {
  /** `Deployment web`. */
  readonly owner: string;
  readonly namespace: string;
  /** Those that every one of its pods has, as far as is known before they are made. */
  readonly labels: Readonly<Record<string, string>>;
  /** How many pods it should have; null: as many as there are nodes for them. */
  readonly wanted: number | null;
  readonly pods: readonly PlannedPod[];
}

/** The endpoints of services that select pods. */
export interface PodSource {
  /** Where pods are known to run that the service selects. */
  readonly known: EndpointSource;
  /** Also where pods would only be started. */
  readonly any: EndpointSource;
}

/** Pods that run, and beside them those that nobody started yet: of manifests without a status, and of workloads. */
export function fromPods(objects: readonly KubeObject[], places: readonly Place[], log: Log): PodSource {
  const pods = ofKind(objects, 'Pod');
  const known = pods.filter(hasStatus).map(knownPod);
  const running = known.flatMap((pod) => pod.running?.addresses ?? []);
  const addresses = new PodAddresses(() => [...running, ...addressesInUse(objects)]);
  // Addresses are drawn in the order of names, so that the order of files does not matter.
  const bare = pods.filter((pod) => !hasStatus(pod));
  let planned: readonly PlannedGroup[] | undefined;
  const groups = () => {
    const workloads = workloadsOf(objects).filter((workload) => !isLive(workload, known));
    planned ??= [
      ...sortedBy(bare, fullName).map((pod) => groupOfPod(pod, places, addresses)),
      ...sortedBy(workloads, fullName).map((one) => groupOfWorkload(one, places, addresses)),
    ];
    return planned;
  };
  const cronJobs = ofKind(objects, 'CronJob');
  const any: EndpointSource = (draft) => {
    const isOwn = selectedBy(draft);
    if (!isOwn) return undefined;
    const own = known.filter(isOwn);
    const would = groups()
      .map((group) => ({ ...group, isMeant: isOwn(group), pods: group.pods.filter(isOwn) }))
      .filter(({ isMeant, pods: members }) => isMeant || members.length > 0);
    const sometimes = cronJobs.filter((job) => isOwn(podOfCronJob(job)));
    if (own.length + would.length + sometimes.length === 0) return undefined;
    for (const group of would) sayPlanned(draft, group, addresses.moved, log);
    for (const { name } of sometimes) assumeFor(log, draft, { code: 'cron-job', name });
    const all = [...own.flatMap((pod) => pod.running ?? []), ...would.flatMap((group) => group.pods)];
    sayUnknownPorts(draft, all, log);
    return endpointsOfPods(all, draft, places, log);
  };
  return {
    any,
    known(draft) {
      const isOwn = selectedBy(draft);
      return isOwn && known.some(isOwn) ? any(draft) : undefined;
    },
  };
}

/** Whether the service's selector takes a pod; undefined where the service has none. */
export function selectedBy(draft: Draft): ((pod: Selectable) => boolean) | undefined {
  const selector = draft.manifest ? draft.manifest.value.spec?.selector : draft.row?.selector;
  if (!selector || Object.keys(selector).length === 0) return undefined;
  return ({ namespace, labels }) => namespace === draft.service.namespace && selects(selector, labels);
}

/** Its pods are among those that are known to run. */
function isLive(workload: WorkloadManifest, known: readonly KnownPod[]): boolean {
  const labels = labelsOfTemplate(workload);
  return known.some(({ namespace, labels: own }) => namespace === workload.namespace && selects(labels, own));
}

function podOfCronJob({ namespace, value }: Manifest<'CronJob'>): Selectable {
  return { namespace, labels: value.spec?.jobTemplate?.spec?.template?.metadata?.labels ?? {} };
}

/** What endpoints of other services have: pods whose manifests are not there. */
function addressesInUse(objects: readonly KubeObject[]): Address[] {
  const slices = ofKind(objects, 'EndpointSlice').flatMap(({ value }) => value.endpoints ?? []);
  const subsets = ofKind(objects, 'Endpoints').flatMap(({ value }) => value.subsets ?? []);
  const entries = subsets.flatMap((subset) => [
    ...(subset.addresses ?? []),
    ...(subset.notReadyAddresses ?? []),
  ]);
  const texts = [...slices.flatMap((said) => said.addresses ?? []), ...entries.map(({ ip }) => ip ?? '')];
  const rows = objects.flatMap((object) => (object.kind === 'EndpointsRow' ? object.endpoints : []));
  return [...texts.flatMap((text) => parseSloppyAddress(text) ?? []), ...rows.map(({ address }) => address)];
}

function knownPod(pod: Manifest<'Pod'>): KnownPod {
  return { namespace: pod.namespace, labels: pod.value.metadata?.labels ?? {}, running: podOfStatus(pod) };
}

function groupOfPod(pod: Manifest<'Pod'>, places: readonly Place[], addresses: PodAddresses): PlannedGroup {
  const planned = podOfManifest(pod, places, addresses);
  const { namespace, name } = pod;
  const labels = pod.value.metadata?.labels ?? {};
  const owner = `Pod ${name}, which has no status`;
  return { owner, namespace, labels, wanted: 1, pods: planned ? [planned] : [] };
}

function groupOfWorkload(
  workload: WorkloadManifest,
  places: readonly Place[],
  addresses: PodAddresses,
): PlannedGroup {
  const { name, namespace } = workload;
  const pods = podsOfWorkload(workload, places, addresses);
  const owner = `${kindOf(workload)} ${name}`;
  return { owner, namespace, labels: labelsOfTemplate(workload), wanted: wantedPods(workload), pods };
}

/** A port by a name that no pod's container has is a service port without endpoints: mostly a misspelt name. */
function sayUnknownPorts(draft: Draft, pods: readonly RunningPod[], log: Log): void {
  draft.service.ports.forEach((port, index) => {
    const { targetPort, protocol } = port;
    if (typeof targetPort === 'number' || pods.length === 0) return;
    if (pods.some(({ spec }) => targetPortOf(spec, port) !== undefined)) return;
    const containers = pods.flatMap(({ spec }) => spec.containers ?? []);
    const names = new Set(containers.flatMap(({ ports }) => (ports ?? []).flatMap(({ name }) => name || [])));
    log.problems.push({
      code: 'target-port-unknown',
      severity: 'warning',
      ...told<ManifestDetail>({
        code: 'no-named-port',
        service: serviceKey(draft.service),
        protocol,
        port: targetPort,
      }),
      span: spanOf(draft, ['spec', 'ports', index, 'targetPort']),
      expected: names.size > 0 ? want.oneOf([...names].sort()) : want.thing('container-port'),
    });
  });
}

function sayPlanned(
  draft: Draft,
  { owner, wanted, pods }: PlannedGroup,
  movedPods: ReadonlySet<string>,
  log: Log,
): void {
  assumeFor(log, draft, {
    code: 'endpoints-planned',
    owner,
    wanted: wanted !== null && pods.length < wanted ? wanted : null,
    pods: pods.map(({ addresses, node }) => ({ addresses, node })),
  });
  const moved = pods.filter((pod) => movedPods.has(fullName(pod))).map((pod) => pod.name);
  if (moved.length === 0) return;
  assumeFor(log, draft, { code: 'pods-moved', names: moved });
}
