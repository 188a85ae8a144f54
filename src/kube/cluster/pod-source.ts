import { type Address, formatAddress } from '../../address/address.ts';
import { parseSloppyAddress } from '../../address/sloppy.ts';
import { shortened, sortedBy } from '../../text/lists.ts';
import {
  fullName,
  type KubeObject,
  type Manifest,
  ofKind,
  type WorkloadManifest,
  workloadKinds,
} from '../manifest/kinds.ts';
import { assumeFor, type Draft, type EndpointSource, type Log, spanOf } from './draft.ts';
import { serviceKey } from './model.ts';
import { type Place, PodAddresses } from './placement.ts';
import { endpointsOfPods, hasStatus, podOfStatus, type RunningPod, selects, targetPortOf } from './pods.ts';
import { labelsOfWorkload, type PlannedPod, podOfManifest, podsOfWorkload } from './workloads.ts';

/** What a selector can select. */
interface Selectable {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A pod that the API server knows; undefined where it has ended, or has not begun. */
interface KnownPod extends Selectable {
  readonly running: RunningPod | undefined;
}

/** Pods that nobody started yet, of one object. */
interface PlannedGroup extends Selectable {
  /** `Deployment web`. */
  readonly owner: string;
  readonly wanted: number;
  readonly pods: readonly PlannedPod[];
}

/** Pods, and where a service selects none, the pods that workloads would start. */
export function fromPods(objects: readonly KubeObject[], places: readonly Place[], log: Log): EndpointSource {
  const pods = ofKind(objects, 'Pod');
  const known = pods.filter(hasStatus).map(knownPod);
  const running = known.flatMap((pod) => pod.running?.addresses ?? []);
  const addresses = new PodAddresses(() => [...running, ...addressesInUse(objects)]);
  // Addresses are drawn in the order of names, so that the order of files does not matter.
  const bare = pods.filter((pod) => !hasStatus(pod));
  const planned = sortedBy(bare, fullName).map((pod) => groupOfPod(pod, places, addresses));
  const zones = zonesOf(places);
  let workloads: readonly PlannedGroup[] | undefined;
  return (draft) => {
    const selector = draft.manifest ? draft.manifest.value.spec?.selector : draft.row?.selector;
    if (!selector || Object.keys(selector).length === 0) return undefined;
    const isOwn = ({ namespace, labels }: Selectable) =>
      namespace === draft.service.namespace && selects(selector, labels);
    const own = known.filter(isOwn);
    let groups = planned.filter(isOwn);
    if (own.length + groups.length === 0) {
      workloads ??= sortedBy(workloadsOf(objects), fullName).map((one) =>
        groupOfWorkload(one, places, addresses),
      );
      groups = workloads.filter(isOwn);
      if (groups.length === 0) return undefined;
    }
    for (const group of groups) sayPlanned(draft, group, addresses.moved, log);
    const all = [...own.flatMap(({ running }) => running ?? []), ...groups.flatMap((group) => group.pods)];
    sayUnknownPorts(draft, all, log);
    return endpointsOfPods(all, draft, zones);
  };
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
  const { namespace, labels } = planned;
  return { owner: `Pod ${pod.name}, which has no status`, namespace, labels, wanted: 1, pods: [planned] };
}

function groupOfWorkload(
  workload: WorkloadManifest,
  places: readonly Place[],
  addresses: PodAddresses,
): PlannedGroup {
  const { kind, name, namespace, value } = workload;
  const pods = podsOfWorkload(workload, places, addresses);
  const wanted = kind === 'DaemonSet' ? pods.length : (value.spec?.replicas ?? 1);
  return { owner: `${kind} ${name}`, namespace, labels: labelsOfWorkload(workload), wanted, pods };
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

function zonesOf(places: readonly Place[]): ReadonlyMap<string, string> {
  return new Map(
    places.flatMap(({ node }) => {
      const zone = node.labels['topology.kubernetes.io/zone'];
      return zone ? [[node.name, zone] as const] : [];
    }),
  );
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
      message: `no pod of ${serviceKey(draft.service)} has a ${protocol} port named '${targetPort}': the port has no endpoints`,
      span: spanOf(draft, ['spec', 'ports', index, 'targetPort']),
      expected:
        names.size > 0 ? `one of ${[...names].sort().join(', ')}` : 'a port with that name in a container',
    });
  });
}

function sayPlanned(
  draft: Draft,
  { owner, wanted, pods }: PlannedGroup,
  movedPods: ReadonlySet<string>,
  log: Log,
): void {
  const shown = pods.map((pod) => `${pod.addresses.map(formatAddress).join('+')} on ${pod.node}`);
  const count = pods.length < wanted ? `${pods.length}, as many as the nodes take, of the ${wanted}` : wanted;
  const places = pods.length > 0 ? ` (${shortened(shown)})` : '';
  assumeFor(log, draft, `endpoints by hash of the pods' names: ${count} of ${owner}${places}`);
  const moved = pods.filter((pod) => movedPods.has(fullName(pod))).map((pod) => pod.name);
  if (moved.length === 0) return;
  const text = `another has what the hash of its name gives, so the next free one: ${moved.join(', ')}`;
  assumeFor(log, draft, text);
}
