import type { Manifest } from './kinds.ts';
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
    report('field-value', path, 'they are too large', `${mostAnnotations} bytes at most`);
  }
  const finalizers = metadata?.finalizers ?? [];
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    const message = 'orphan and foregroundDeletion exclude each other';
    report('field-conflict', ['metadata', 'finalizers'], message, 'one of them');
  }
}

/** Of keys and values together. Asked of every object, so that no list of them is made. */
function lengthOf(texts: Readonly<Record<string, string | null>>, of: (text: string) => number): number {
  let sum = 0;
  for (const key in texts) sum += of(key) + of(texts[key] ?? '');
  return sum;
}

const charactersOf = (text: string) => text.length;
const bytesOf = (text: string) => new TextEncoder().encode(text).length;

/** What controllers made is often handed around without uids, so that only those of Services are asked for. */
export function validateOwners(metadata: Metadata, report: Report): void {
  const owners = metadata?.ownerReferences ?? [];
  const path = ['metadata', 'ownerReferences'];
  owners.forEach((owner, index) => {
    for (const field of ['kind', 'name', 'uid'] as const) {
      const place = [...path, index, field];
      if (!owner[field]) report('field-missing', place, 'a required field is missing', `the field ${field}`);
    }
    const { apiVersion } = owner;
    if (!/^(?:[^/]*\/)?[^/]+$/.test(apiVersion ?? '')) {
      report('field-missing', [...path, index, 'apiVersion'], 'a version is missing', 'such as apps/v1');
    }
    if (owner.kind === 'Event' && (apiVersion === 'v1' || apiVersion === 'events.k8s.io/v1'))
      report('field-value', [...path, index, 'kind'], 'an Event owns nothing', 'another kind');
  });
  if (owners.filter(({ controller }) => controller === true).length > 1)
    report('field-conflict', path, 'several of them are the controller', 'one controller');
}
