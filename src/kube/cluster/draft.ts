import { formatPath, type Path } from '../../documents/path.ts';
import type { ProblemCode } from '../../text/codes.ts';
import { told } from '../../text/detail.ts';
import type { Expected } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import type { Span } from '../../text/source.ts';
import type { ManifestDetail } from '../manifest/detail.ts';
import type { ServiceManifest } from '../manifest/kinds.ts';
import { locate } from '../manifest/locate.ts';
import type { ServiceRow } from '../manifest/rows.ts';
import type { Filled } from './filled.ts';
import { type Service, type ServiceEndpoints, serviceKey } from './model.ts';

/** A service on its way into the model: what is known of it so far, and who says so. */
export interface Draft {
  /** Null where only a table knows of the service. */
  readonly manifest: ServiceManifest | null;
  /** The row of a table that speaks of it. */
  readonly row: ServiceRow | null;
  /** Replaced step by step. */
  service: Service;
}

/** Gives a service's endpoints; undefined where it knows nothing of the service, `unknown` where it knows too little. */
export type EndpointSource = (draft: Draft) => ServiceEndpoints | 'unknown' | undefined;

/** Collects what the steps have to say. */
export interface Log {
  readonly problems: Problem[];
  /** Says that something was filled in. */
  assume(subject: string, filled: Filled): void;
}

export function assumeFor(log: Log, draft: Draft, filled: Filled): void {
  log.assume(`Service ${serviceKey(draft.service)}`, filled);
}

/** Where a value of a service is said: in its manifest, or else in the row. */
export function spanOf(draft: Draft, path: Path): Span {
  if (draft.manifest && (draft.row === null || hasValue(draft.manifest.value, path))) {
    return locate(draft.manifest.origin, path);
  }
  return (draft.row as ServiceRow).span;
}

/** An error with the field that the API server names; `place` is where it stands, if it is written as another one. */
export function report(
  log: Log,
  draft: Draft,
  path: Path,
  code: ProblemCode,
  detail: ManifestDetail,
  expected: Expected,
  place: Path = path,
): void {
  const full: ManifestDetail =
    path.length === 0 ? detail : { code: 'in-field', path: formatPath(path), of: detail };
  const span = spanOf(draft, place);
  log.problems.push({ code, severity: 'error', ...told<ManifestDetail>(full), span, expected });
}

function hasValue(value: unknown, path: Path): boolean {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return false;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at !== undefined && at !== null && at !== '' && at !== 0;
}
