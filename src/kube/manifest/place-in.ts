import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import type { ManifestDetail } from './detail.ts';
import { type KubeObject, kinds } from './kinds.ts';
import { problemAt } from './problem-at.ts';

/**
 * Puts those of the objects from `start` on that name no namespace into this one, and reports those that name another, as
 * `kubectl apply --namespace` does (cli-runtime, RequireNamespace).
 */
export function placeIn(namespace: string, objects: KubeObject[], start: number, problems: Problem[]): void {
  for (let index = start; index < objects.length; index += 1) {
    const object = objects[index] as KubeObject;
    const said = saidNamespace(object);
    if (said === '') objects[index] = { ...object, namespace } as KubeObject;
    else if (said !== null && said !== namespace) problems.push(otherNamespace(object, said, namespace));
  }
}

/** Empty where it names none; null where it lives in none. */
function saidNamespace(object: KubeObject): string | null {
  if (object.kind === 'NodeRow' || object.kind === 'UnreadRow') return null;
  if ('span' in object) return object.namespace;
  if (!kinds[object.kind].namespaced) return null;
  const { metadata } = object.value as { readonly metadata?: { readonly namespace?: string | null } | null };
  return metadata?.namespace ?? '';
}

function otherNamespace(object: KubeObject, said: string, namespace: string): Problem {
  const detail: ManifestDetail = { code: 'other-namespace', namespace: said, flag: namespace };
  const expected = want.thing('namespace-or-none', said);
  if ('span' in object) {
    return {
      code: 'field-conflict',
      severity: 'error',
      ...told<ManifestDetail>(detail),
      span: object.span,
      expected,
    };
  }
  return problemAt(
    object.origin,
    ['metadata', 'namespace'],
    'field-conflict',
    told<ManifestDetail>(detail),
    expected,
  );
}
