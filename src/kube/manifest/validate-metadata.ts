import { want } from '../../text/expected.ts';
import type { ApiRelease } from './api-release.ts';
import type { ManifestDetail } from './detail.ts';
import type { Kind, Manifest } from './kinds.ts';
import { nameForm } from './typed.ts';
import type { Report } from './validate.ts';

type Metadata = Manifest<'Service'>['value']['metadata'];

/** Of the keys and values of annotations together, in bytes. */
const mostAnnotations = 256 * 1024;

/** What the API server demands of any object's metadata beyond the form of its fields (apimachinery, pkg/api/validation). */
export function validateMetadata(metadata: Metadata, report: Report): void {
  const annotations = metadata?.annotations ?? {};
  // A character takes three bytes at most.
  if (
    lengthOf(annotations, charactersOf) * 3 > mostAnnotations &&
    lengthOf(annotations, bytesOf) > mostAnnotations
  ) {
    const path = ['metadata', 'annotations'];
    report('field-value', path, { code: 'too-large' }, want.atMost(mostAnnotations, 'bytes'));
  }
  const finalizers = metadata?.finalizers ?? [];
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    const detail: ManifestDetail = { code: 'finalizers-exclude' };
    report('field-conflict', ['metadata', 'finalizers'], detail, want.thing('one-of-them'));
  }
}

/** What is looked at where an object is made, and passed over where it is replaced. */
export function validateNew(kind: Kind, metadata: Metadata, report: Report, release: ApiRelease): void {
  const { generation, generateName } = metadata ?? {};
  // That of a slice is counted anew.
  if (typeof generation === 'number' && generation < 0 && kind !== 'EndpointSlice')
    report(
      'field-value',
      ['metadata', 'generation'],
      { code: 'out-of-range', value: generation },
      want.thing('zero-or-more'),
    );
  if (!generateName) return;
  const { parse, form } = nameForm(kind, release.relaxedServiceNames || Boolean(metadata?.resourceVersion));
  if (parse(asPrefix(generateName)) !== undefined) return;
  const detail: ManifestDetail = { code: 'begins-no-name', text: generateName, kind };
  report('name-syntax', ['metadata', 'generateName'], detail, form);
}

/** Where an object is replaced, what is left of that is a part of an address. */
export function validateReplacing(metadata: Metadata, report: Report): void {
  if (!/[/%]/.test(metadata?.generateName ?? '')) return;
  report('name-syntax', ['metadata', 'generateName'], { code: 'sign-in-name' }, want.thing('no-such-sign'));
}

/** A dash at the end of a name's beginning will not be at the end of the name. */
const asPrefix = (text: string) => (text.length > 1 ? text.replace(/.-$/, 'a') : text);

/** Of keys and values together. Asked of every object, so that no list of them is made. */
function lengthOf(texts: Readonly<Record<string, string | null>>, of: (text: string) => number): number {
  let sum = 0;
  for (const key in texts) sum += of(key) + of(texts[key] ?? '');
  return sum;
}

const charactersOf = (text: string) => text.length;
const bytesOf = (text: string) => new TextEncoder().encode(text).length;

/** Whom an object belongs to. */
export function validateOwners(metadata: Metadata, report: Report): void {
  const owners = metadata?.ownerReferences ?? [];
  const path = ['metadata', 'ownerReferences'];
  owners.forEach((owner, index) => {
    for (const field of ['kind', 'name', 'uid'] as const) {
      const place = [...path, index, field];
      if (!owner[field])
        report('field-missing', place, { code: 'required-field' }, want.thing('field', field));
    }
    const { apiVersion } = owner;
    if (!/^(?:[^/]*\/)?[^/]+$/.test(apiVersion ?? '')) {
      report(
        'field-missing',
        [...path, index, 'apiVersion'],
        { code: 'version-missing' },
        want.suchAs('apps/v1'),
      );
    }
    if (owner.kind === 'Event' && (apiVersion === 'v1' || apiVersion === 'events.k8s.io/v1'))
      report(
        'field-value',
        [...path, index, 'kind'],
        { code: 'event-owns-nothing' },
        want.thing('another-kind'),
      );
  });
  // What stands twice counts once.
  const controllers = owners.filter(({ controller }) => controller === true);
  if (new Set(controllers.map((owner) => JSON.stringify(owner))).size > 1)
    report('field-conflict', path, { code: 'several-controllers' }, want.thing('one-controller'));
}
