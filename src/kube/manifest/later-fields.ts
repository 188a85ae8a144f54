import { formatPath } from '../../documents/path.ts';
import { told } from '../../text/detail.ts';
import { type Expected, want } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import type { ApiRelease } from './api-release.ts';
import type { ManifestDetail } from './detail.ts';
import type { AnyManifest } from './kinds.ts';
import type { Origin } from './origin.ts';
import { problemAt } from './problem-at.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What of an endpoint a version or a release of the API does not know. */
interface UnknownField {
  readonly path: readonly [string, ...string[]];
  readonly detail: ManifestDetail;
  readonly expected: Expected;
}

const nodeHints: UnknownField = {
  path: ['hints', 'forNodes'],
  detail: { code: 'dropped-before', release: '1.34' },
  expected: want.written('--kube-version 1.34'),
};
const topology: UnknownField = {
  path: ['topology'],
  detail: { code: 'no-field-since', version: 'discovery.k8s.io/v1' },
  expected: want.thing('node-name-and-zone'),
};

/** A slice as the API server of a release decodes it: what its version does not know is passed over, whatever stands there. */
export function decodedSlice(
  slice: object,
  apiVersion: string,
  origin: Origin,
  problems: Problem[],
  release: ApiRelease,
): object {
  const unknown = [
    ...(release.nodeHints ? [] : [nodeHints]),
    ...(apiVersion === 'discovery.k8s.io/v1' ? [topology] : []),
  ];
  const { endpoints } = slice as { endpoints?: unknown };
  if (!Array.isArray(endpoints)) return slice;
  let isWhole = true;
  const kept = endpoints.map((given: unknown, index) => {
    let endpoint = given;
    for (const { path, detail, expected } of unknown) {
      if (!has(endpoint, path)) continue;
      isWhole = false;
      endpoint = without(endpoint, path);
      const full = ['endpoints', index, ...path];
      const said = told<ManifestDetail>({ code: 'in-field', path: formatPath(full), of: detail });
      problems.push(problemAt(origin, full, 'field-unknown', said, expected, 'warning'));
    }
    return endpoint;
  });
  return isWhole ? slice : { ...slice, endpoints: kept };
}

function has(value: unknown, [name, ...rest]: UnknownField['path']): value is Fields {
  if (typeof value !== 'object' || value === null || !(name in value)) return false;
  const [next, ...others] = rest;
  return next === undefined || has((value as Fields)[name], [next, ...others]);
}

function without(value: Fields, [name, ...rest]: UnknownField['path']): Fields {
  const { [name]: inner, ...others } = value;
  const [next, ...further] = rest;
  return next === undefined ? others : { ...others, [name]: without(inner as Fields, [next, ...further]) };
}

/** An object as the API server of a release keeps it, which it has judged whole. */
export function asKept(object: AnyManifest, { trafficDistributions }: ApiRelease): AnyManifest {
  if (object.kind !== 'Service' || trafficDistributions.length > 0) return object;
  if (typeof object.value.spec?.trafficDistribution !== 'string') return object;
  const { trafficDistribution: _, ...spec } = object.value.spec;
  return { ...object, value: { ...object.value, spec } };
}
