import { formatPath, type Path } from '../../documents/path.ts';
import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import type { ManifestDetail } from '../manifest/detail.ts';
import type { AnyManifest, KubeObject, Manifest } from '../manifest/kinds.ts';
import { problemAt } from '../manifest/problem-at.ts';
import { podPrefixesOf } from '../manifest/validate-node.ts';
import type { Log } from './draft.ts';

/** `place`: where it is written, if not as the field that is named; none: it is not written. */
type Refuse = (path: Path, was: string, place?: Path) => void;

/** What may not change where another of the name replaces an object. The spec of a Service has rules of its own. */
export function refuseImmutable(before: KubeObject, next: KubeObject, log: Log): void {
  if (!('value' in before) || !('value' in next)) return;
  const refuse: Refuse = (path, was, place = path) => {
    const said = told<ManifestDetail>({ code: 'in-field', path: formatPath(path), of: { code: 'fixed' } });
    log.problems.push(problemAt(next.origin, place, 'field-conflict', said, want.written(was)));
  };
  refuseDeletion(before, next, refuse);
  if (before.kind === 'Node' && next.kind === 'Node') refuseOfNode(before, next, refuse);
  if (before.kind === 'ServiceCIDR' && next.kind === 'ServiceCIDR') refuseOfRange(before, next, refuse);
  if (before.kind === 'EndpointSlice' && next.kind === 'EndpointSlice') {
    const { addressType: was = '' } = before.value;
    if (was !== next.value.addressType) refuse(['addressType'], was ?? '');
  }
}

/** The kinds that the API server is asked about here. Of pods and workloads it is not known what it says. */
const judged: ReadonlySet<string> = new Set(['Endpoints', 'EndpointSlice', 'Node', 'Service', 'ServiceCIDR']);

/** Only a deletion sets them. What is left out stays as it was. */
function refuseDeletion(before: AnyManifest, next: AnyManifest, refuse: Refuse): void {
  if (!judged.has(next.kind)) return;
  for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds']) {
    const [was, is] = [before, next].map((object) => metadataOf(object)?.[field] ?? null);
    // One that was set already stays, whatever is written.
    if (is === null || was === is || (was !== null && field === 'deletionTimestamp')) continue;
    refuse(['metadata', field], was === null ? 'no such field: a deletion sets it' : String(was));
  }
}

function metadataOf({ value }: AnyManifest): Readonly<Record<string, unknown>> | null {
  return ('metadata' in value && (value.metadata as Readonly<Record<string, unknown>>)) || null;
}

/** What was not set yet may be. */
function refuseOfNode(before: Manifest<'Node'>, next: Manifest<'Node'>, refuse: Refuse): void {
  const [was, is] = [before, next].map(({ value }) => podPrefixesOf(value).join(', '));
  const place = ['spec', next.value.spec?.podCIDR ? 'podCIDR' : 'podCIDRs'];
  if (was && was !== is) refuse(['spec', 'podCIDRs'], was, place);
  const [id, other] = [before, next].map(({ value }) => value.spec?.providerID);
  if (id && id !== other) refuse(['spec', 'providerID'], id);
  const [old = '', now = ''] = [before, next].map(({ value }) => value.spec?.externalID || '');
  if (old !== now) refuse(['spec', 'externalID'], old || 'no such field');
}

/** A second range may be added to one. */
function refuseOfRange(before: Manifest<'ServiceCIDR'>, next: Manifest<'ServiceCIDR'>, refuse: Refuse): void {
  const [was = [], is = []] = [before, next].map(({ value }) => value.spec?.cidrs ?? []);
  if (was.length !== is.length && !(was.length === 1 && is.length === 2))
    refuse(['spec', 'cidrs'], was.join(', '));
  else
    was.forEach((text, index) => {
      if (text !== is[index]) refuse(['spec', 'cidrs', index], text);
    });
}
