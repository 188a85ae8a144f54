import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import { groupedBy } from '../../text/lists.ts';
import type { ManifestDetail } from '../manifest/detail.ts';
import { fullName, type KubeObject, ofKind } from '../manifest/kinds.ts';
import type { EndpointsRow } from '../manifest/rows.ts';
import { assumeFor, type Draft, type EndpointSource, type Log } from './draft.ts';
import { endpointsOfObject, endpointsOfRow } from './endpoints-object.ts';
import { type ServiceEndpoints, serviceKey } from './model.ts';
import type { Place } from './placement.ts';
import { fromPodRows } from './pod-rows.ts';
import { fromPods } from './pod-source.ts';
import { endpointsOfSlices, isForeign, isMadeByControlPlane, joined, slicesByService } from './slices.ts';

/**
 * Finds every service's endpoints as the control plane makes them. Slices that it made say all. Else those of others count beside what
 * pods that the service selects give, or without a selector, what Endpoints give, which it mirrors. Where no pods are known to run,
 * Endpoints and tables tell of them, and at last the workloads that would start some.
 */
export function findEndpoints(
  objects: readonly KubeObject[],
  drafts: readonly Draft[],
  places: readonly Place[],
  log: Log,
): ReadonlyMap<string, ServiceEndpoints> {
  const slices = slicesByService(ofKind(objects, 'EndpointSlice'));
  const pods = fromPods(objects, places, log);
  const mirrored = fromObjects(objects);
  const rows = fromRows(objects, log);
  /** Pods that run are listed, and of whom they are is not said: what would be started beside them is no answer. */
  const isListed = objects.some(
    (object) => object.kind === 'PodRow' || (object.kind === 'UnreadRow' && object.endpoints === 'listed'),
  );
  const planned: EndpointSource = (draft) => (isListed ? undefined : pods.any(draft));
  const selecting = [pods.known, mirrored, rows, fromPodRows(objects, places, log), planned];
  const others = [mirrored, rows];
  const find: EndpointSource = (draft) => {
    const hasSelector = Object.keys(selectorOf(draft)).length > 0;
    const own = slices.get(serviceKey(draft.service));
    if (!own) return firstOf(hasSelector ? selecting : others, draft);
    const made = endpointsOfSlices(own);
    if (own.some(isMadeByControlPlane)) return made;
    const isForeignAlone = hasSelector && own.every(isForeign);
    // Beside them the control plane makes slices of what the service selects.
    if (isForeignAlone && isListed && !pods.known(draft)) return undefined;
    const beside = isForeignAlone ? pods.any : hasSelector ? pods.known : mirrored;
    const found = beside(draft);
    return found === undefined || found === 'unknown' ? made : joined(made, found);
  };
  const endpoints = new Map<string, ServiceEndpoints>();
  const none: string[] = [];
  const unknown: string[] = [];
  const hides = isListed || objects.some((object) => object.kind === 'UnreadRow' && object.endpoints);
  for (const draft of drafts) {
    const key = serviceKey(draft.service);
    const found = find(draft);
    if (found && found !== 'unknown') endpoints.set(key, found);
    else if (draft.service.unproxied === null) {
      const isUnknown = hides || found === 'unknown';
      if (isUnknown) draft.service = { ...draft.service, endpointsUnknown: true };
      if (found !== 'unknown') (isUnknown ? unknown : none).push(key);
    }
  }
  if (none.length > 0) sayNone(none, log);
  if (unknown.length > 0) sayUnknown(unknown, log);
  return endpoints;
}

function firstOf(sources: readonly EndpointSource[], draft: Draft): ReturnType<EndpointSource> {
  for (const source of sources) {
    const found = source(draft);
    if (found) return found;
  }
  return undefined;
}

/** What was not read is never taken to be nothing. */
function sayUnknown(services: readonly string[], log: Log): void {
  log.problems.push({
    code: 'endpoints-unknown',
    severity: 'warning',
    ...told<ManifestDetail>({ code: 'endpoints-unknown', services }),
    expected: want.printed('kubectl get endpointslices -o yaml'),
  });
}

function sayNone(services: readonly string[], log: Log): void {
  log.problems.push({
    code: 'no-endpoints',
    severity: 'note',
    ...told<ManifestDetail>({ code: 'endpoints-untold', services }),
    expected: want.thing('endpoint-sources'),
  });
}

function selectorOf(draft: Draft): object {
  return (draft.manifest ? draft.manifest.value.spec?.selector : draft.row?.selector) ?? {};
}

/** Endpoints of a service; where it has no selector, the control plane mirrors them to slices, unless a label says not to. */
function fromObjects(objects: readonly KubeObject[]): EndpointSource {
  const known = new Map(ofKind(objects, 'Endpoints').map((object) => [fullName(object), object]));
  return (draft) => {
    const own = known.get(serviceKey(draft.service));
    if (!own) return undefined;
    const { labels, annotations } = own.value.metadata ?? {};
    const isSkipped =
      labels?.['endpointslice.kubernetes.io/skip-mirror'] === 'true' ||
      Object.hasOwn(annotations ?? {}, 'control-plane.alpha.kubernetes.io/leader');
    const isMirrored = Object.keys(selectorOf(draft)).length === 0;
    return isMirrored && isSkipped ? new Map() : endpointsOfObject(own.value);
  };
}

function fromRows(objects: readonly KubeObject[], log: Log): EndpointSource {
  const rows = groupedBy(
    objects.filter((object) => object.kind === 'EndpointsRow'),
    ({ name }) => name,
  );
  const pods = objects.filter((object) => object.kind === 'PodRow');
  const nodes = new Map(pods.map(({ address, node }) => [address, node]));
  return (draft) => {
    const { namespace, name, ports } = draft.service;
    const row = rows.get(name)?.find((candidate) => ['', namespace].includes(candidate.namespace));
    if (!row) return undefined;
    const endpoints = endpointsOfRow(row, ports, (address) => nodes.get(address) ?? null);
    if (draft.service.unproxied === null && (row.omitted > 0 || !endpoints)) {
      sayIncomplete(row, endpoints !== undefined, log);
      return 'unknown';
    }
    const isPlaced = row.endpoints.every(({ address }) => nodes.get(address));
    if (!isPlaced && asksForPlaces(draft)) {
      sayUnplaced(row, log);
      return 'unknown';
    }
    if (row.endpoints.length > 0) assumeFor(log, draft, { code: 'endpoints-row', placed: isPlaced });
    return endpoints;
  };
}

/** A policy Local takes the endpoints of the node alone. */
const asksForPlaces = ({ service }: Draft) =>
  service.unproxied === null &&
  (service.externalTrafficPolicy === 'Local' || service.internalTrafficPolicy === 'Local');

function sayUnplaced(row: EndpointsRow, log: Log): void {
  log.problems.push({
    code: 'no-endpoints',
    severity: 'warning',
    ...told<ManifestDetail>({ code: 'endpoint-nodes-untold', name: row.name }),
    span: row.span,
    expected: want.thing('slices-or-pods-table'),
  });
}

function sayIncomplete(row: EndpointsRow, isKnown: boolean, log: Log): void {
  log.problems.push({
    code: 'no-endpoints',
    severity: 'warning',
    ...told<ManifestDetail>(
      isKnown
        ? { code: 'endpoints-omitted', count: row.omitted, name: row.name }
        : { code: 'endpoint-port-untold', name: row.name },
    ),
    span: row.span,
    expected: want.thing('slices-or-endpoints'),
  });
}
