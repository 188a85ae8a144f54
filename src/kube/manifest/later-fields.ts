import { formatPath, type Path } from '../../documents/path.ts';
import type { Problem } from '../../text/problem.ts';
import type { ApiRelease } from './api-release.ts';
import type { AnyManifest } from './kinds.ts';
import type { Origin } from './origin.ts';
import { problemAt } from './problem-at.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A slice as the API server of a release decodes it: what a later one brought is passed over, whatever stands there. */
export function withoutNodeHints(
  slice: object,
  origin: Origin,
  problems: Problem[],
  { nodeHints }: ApiRelease,
): object {
  const { endpoints } = slice as { endpoints?: unknown };
  if (nodeHints || !Array.isArray(endpoints) || !endpoints.some(hasNodeHints)) return slice;
  const kept = endpoints.map((endpoint: Fields, index) => {
    if (!hasNodeHints(endpoint)) return endpoint;
    const { forNodes: _, ...hints } = endpoint.hints;
    problems.push(dropped(origin, ['endpoints', index, 'hints', 'forNodes']));
    return { ...endpoint, hints };
  });
  return { ...slice, endpoints: kept };
}

function hasNodeHints(endpoint: unknown): endpoint is { hints: Fields } {
  const { hints } = (endpoint ?? {}) as { hints?: unknown };
  return typeof hints === 'object' && hints !== null && 'forNodes' in hints;
}

function dropped(origin: Origin, path: Path): Problem {
  const message = `${formatPath(path)}: the API server before 1.34 drops it`;
  return problemAt(origin, path, 'field-unknown', message, '--kube-version 1.34', 'warning');
}

/** An object as the API server of a release keeps it, which it has judged whole. */
export function asKept(object: AnyManifest, { trafficDistributions }: ApiRelease): AnyManifest {
  if (object.kind !== 'Service' || trafficDistributions.length > 0) return object;
  if (typeof object.value.spec?.trafficDistribution !== 'string') return object;
  const { trafficDistribution: _, ...spec } = object.value.spec;
  return { ...object, value: { ...object.value, spec } };
}
