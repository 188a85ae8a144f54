import { isDeepStrictEqual } from 'node:util';
import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import type { Span } from '../../text/source.ts';
import type { ManifestDetail } from '../manifest/detail.ts';
import { fullName, type KubeObject } from '../manifest/kinds.ts';
import { locate } from '../manifest/locate.ts';
import { placeOfSpan } from '../manifest/problem-at.ts';
import type { Log } from './draft.ts';
import type { ClusterFamilies } from './families.ts';
import { refuseImmutable } from './immutable.ts';
import { updatedService } from './updated.ts';

/**
 * The objects, each once. Of an object that is there twice the last one counts, as for `kubectl apply`; of two rows nobody can tell which
 * is meant. `families` are those of the ranges of cluster addresses, as far as they are known.
 */
export function uniqueObjects(
  objects: readonly KubeObject[],
  families: ClusterFamilies,
  log: Log,
): KubeObject[] {
  const seen = new Map<string, KubeObject>();
  const nameless: KubeObject[] = [];
  for (const object of objects) {
    if (!isNamed(object)) {
      nameless.push(object);
      continue;
    }
    const key = `${object.kind} ${fullName(object)}`;
    const other = seen.get(key);
    if (other && isSame(object, other)) continue;
    if (other) sayRepeated(object, other, log);
    const isUpdate = other?.kind === 'Service' && object.kind === 'Service';
    if (other) refuseImmutable(other, object, log);
    seen.set(key, isUpdate ? updatedService(other, object, families, log) : object);
  }
  return [...seen.values(), ...nameless];
}

function sayRepeated(object: KubeObject, other: KubeObject, log: Log): void {
  const isRow = object.kind.endsWith('Row');
  const place = placeOfSpan(spanOfObject(other));
  log.problems.push({
    code: 'duplicate',
    severity: isRow ? 'error' : 'warning',
    ...told<ManifestDetail>({
      code: 'object-twice',
      kind: object.kind.replace(/Row$/, ''),
      name: fullName(object),
      place,
      isRow,
    }),
    span: spanOfObject(object),
    expected: want.thing('one-of-that-name'),
  });
}

/** Objects that the API server names itself are never the same. */
function isNamed(object: KubeObject): boolean {
  return !('value' in object) || !('metadata' in object.value) || Boolean(object.value.metadata?.name);
}

function isSame(left: KubeObject, right: KubeObject): boolean {
  if ('value' in left && 'value' in right) return isDeepStrictEqual(left.value, right.value);
  return isDeepStrictEqual({ ...left, span: null }, { ...right, span: null });
}

function spanOfObject(object: KubeObject): Span {
  return 'span' in object ? object.span : locate(object.origin, ['metadata', 'name']);
}
