import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import { groupedBy, sortedBy } from '../../text/lists.ts';
import type { ManifestDetail } from '../manifest/detail.ts';
import { type KubeObject, ofKind, type ServiceManifest } from '../manifest/kinds.ts';
import { problemAt } from '../manifest/problem-at.ts';
import type { ServiceRow } from '../manifest/rows.ts';
import { assumeFor, type Draft, type Log } from './draft.ts';
import type { ClusterFamilies } from './families.ts';
import { headlessLabel, otherProxyLabel } from './labels.ts';
import { type Service, serviceKey } from './model.ts';
import { normalizeService } from './services.ts';
import { serviceOfRow, supplyFromRow } from './supply.ts';

/** Every service that a manifest or a table speaks of, in the order of their names. */
export function draftServices(objects: readonly KubeObject[], families: ClusterFamilies, log: Log): Draft[] {
  const manifests = ofKind(objects, 'Service');
  const rows = objects.filter((object) => object.kind === 'ServiceRow');
  const matches = matchRows(manifests, rows, log);
  const drafts = manifests.map((manifest): Draft => {
    const row = matches.byManifest.get(manifest) ?? null;
    const service = normalizeService(manifest, families);
    return { manifest, row, service };
  });
  for (const draft of drafts) {
    supplyFromRow(draft, log);
    warnOfOtherProxy(draft, log);
  }
  for (const row of matches.others) drafts.push(draftOfRow(row, families, log));
  for (const draft of drafts) warnOfCut(draft, log);
  return sortedBy(drafts, ({ service }) => serviceKey(service));
}

function warnOfOtherProxy({ manifest, service }: Draft, log: Log): void {
  const label = hidingLabel(service);
  if (!manifest || label === null) return;
  const path = ['metadata', 'labels', label];
  const detail: ManifestDetail = { code: 'hidden-by-label', label, before: label === headlessLabel };
  log.problems.push(
    problemAt(manifest.origin, path, 'not-watched', told<ManifestDetail>(detail), undefined, 'warning'),
  );
}

function hidingLabel({ unproxied, labelledHeadless }: Service): string | null {
  if (unproxied === 'other-proxy') return otherProxyLabel;
  return labelledHeadless ? headlessLabel : null;
}

function warnOfCut({ manifest, row, service }: Draft, log: Log): void {
  if (!row?.cut || manifest?.value.status?.loadBalancer?.ingress) return;
  log.problems.push({
    code: 'table-cut',
    severity: 'warning',
    ...told<ManifestDetail>({ code: 'external-cut', service: serviceKey(service) }),
    span: row.span,
    expected: want.thing('services-wide'),
  });
}

function draftOfRow(row: ServiceRow, families: ClusterFamilies, log: Log): Draft {
  const service = serviceOfRow(row, row.namespace || 'default', families);
  const draft: Draft = { manifest: null, row, service };
  assumeFor(log, draft, {
    code: 'service-row',
    type: row.type === null ? service.type : null,
    namespace: row.namespace === '',
    portNames: row.ports.length > 1,
  });
  return draft;
}

interface Matches {
  readonly byManifest: ReadonlyMap<ServiceManifest, ServiceRow>;
  /** Rows without a manifest. */
  readonly others: readonly ServiceRow[];
}

/** A table without namespaces is of one namespace: which, only the name can tell. */
function matchRows(manifests: readonly ServiceManifest[], rows: readonly ServiceRow[], log: Log): Matches {
  const byManifest = new Map<ServiceManifest, ServiceRow>();
  const others: ServiceRow[] = [];
  const byName = groupedBy(manifests, ({ name }) => name);
  for (const row of rows) {
    const candidates = (byName.get(row.name) ?? []).filter(({ namespace }) =>
      ['', namespace].includes(row.namespace),
    );
    const [only] = candidates;
    if (!only) others.push(row);
    else if (candidates.length === 1) byManifest.set(only, row);
    else {
      log.problems.push({
        code: 'table-conflict',
        severity: 'error',
        ...told<ManifestDetail>({
          code: 'name-of-several',
          name: row.name,
          services: candidates.map(serviceKey),
        }),
        span: row.span,
        expected: want.thing('table-with-namespace'),
      });
    }
  }
  return { byManifest, others };
}
