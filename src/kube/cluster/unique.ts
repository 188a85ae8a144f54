import { isDeepStrictEqual } from 'node:util';
import type { Span } from '../../text/source.ts';
import { fullName, type KubeObject } from '../manifest/kinds.ts';
import { locate } from '../manifest/locate.ts';
import { placeOfSpan } from '../manifest/problem-at.ts';
import type { Log } from './draft.ts';

/**
 * The objects, each once. The same object in two files is harmless where it is equal; where it is not, nobody can tell
 * which is meant.
 */
export function uniqueObjects(objects: readonly KubeObject[], log: Log): KubeObject[] {
  const seen = new Map<string, KubeObject>();
  return objects.filter((object) => {
    if (!isNamed(object)) return true;
    const key = `${object.kind} ${fullName(object)}`;
    const other = seen.get(key);
    if (!other) {
      seen.set(key, object);
      return true;
    }
    if (!isSame(object, other)) {
      log.problems.push({
        code: 'duplicate',
        severity: 'error',
        message: `${wordsFor(object.kind)} ${fullName(object)} is there already, and differs (${placeOfSpan(spanOfObject(other))})`,
        span: spanOfObject(object),
        expected: 'one object of that name',
      });
    }
    return false;
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

/** `a row for Service`, since that is how people call what a table says. */
function wordsFor(kind: string): string {
  return kind.endsWith('Row') ? `a row for ${kind.slice(0, -3)}` : kind;
}

function spanOfObject(object: KubeObject): Span {
  return 'span' in object ? object.span : locate(object.origin, ['metadata', 'name']);
}
