import { familyOf } from '../../address/address.ts';
import type { KubeObject } from '../manifest/kinds.ts';
import type { PodRow } from '../manifest/rows.ts';
import type { EndpointSource, Log } from './draft.ts';
import type { Place } from './placement.ts';
import { type Selectable, selectedBy } from './pod-source.ts';
import { endpointsOfPods, type RunningPod } from './pods.ts';

/**
 * The endpoints of services whose pods a table lists with their labels. Undefined where the table does not say enough: it shows one
 * address of each pod and no names of ports, and of a status such as Error not whether the pod has ended.
 */
export function fromPodRows(
  objects: readonly KubeObject[],
  places: readonly Place[],
  log: Log,
): EndpointSource {
  const rows = objects.filter((object) => object.kind === 'PodRow');
  const services = objects.filter(({ kind }) => kind === 'Service' || kind === 'ServiceRow');
  const namespaces = new Set(services.map(({ namespace }) => namespace));
  return (draft) => {
    const isOwn = selectedBy(draft);
    const { service, manifest } = draft;
    if (!isOwn || !manifest || service.ports.some(({ targetPort }) => typeof targetPort === 'string')) return;
    // Without a column of namespaces the table is of the one that there is.
    const isOfOne = namespaces.size === 1;
    const own = rows.filter((row) => {
      const namespace = row.namespace || (isOfOne ? service.namespace : '');
      return row.labels !== null && isOwn({ namespace, labels: row.labels } satisfies Selectable);
    });
    if (own.length === 0 || !own.every(({ status }) => isClear(status))) return;
    const running = own.flatMap(podOfRow);
    const isWhole = running.every(({ addresses: [address] }) =>
      service.families.every((family) => address !== undefined && familyOf(address) === family),
    );
    return isWhole ? endpointsOfPods(running, draft, places, log) : undefined;
  };
}

const ended: ReadonlySet<string> = new Set(['Completed', 'Succeeded', 'Failed', 'Evicted']);

/** Those in which a pod has begun, or will. */
const begun =
  /^(?:Running|NotReady|Terminating|Pending|ContainerCreating|PodInitializing|CrashLoopBackOff|ImagePullBackOff|ErrImagePull|Init:.*)$/;

const isClear = (status: string): boolean => ended.has(status) || begun.test(status);

function podOfRow({ namespace, labels, address, node, ready, status }: PodRow): RunningPod | [] {
  if (address === null || ended.has(status)) return [];
  return {
    namespace,
    labels: labels ?? {},
    addresses: [address],
    node,
    ready,
    terminating: status === 'Terminating',
    spec: {},
  };
}
