import type { Path } from '../../documents/path.ts';
import type { ProblemCode } from '../../text/codes.ts';
import type { Said } from '../../text/detail.ts';
import type { Expected } from '../../text/expected.ts';
import type { Problem, Severity } from '../../text/problem.ts';
import { positionAt, type Span } from '../../text/source.ts';
import { locate } from './locate.ts';
import type { Origin } from './origin.ts';

/** A problem with the field of an object. Looks up where the field stands, so it is for problems only. */
export function problemAt(
  origin: Origin,
  path: Path,
  code: ProblemCode,
  said: Said,
  expected?: Expected,
  severity: Severity = 'error',
): Problem {
  const span = locate(origin, path);
  return { code, severity, ...said, span, ...(expected === undefined ? {} : { expected }) };
}

/** `svc.yaml:7:5`, to name the other place where two contradict each other. */
export function placeOf(origin: Origin, path: Path): string {
  return placeOfSpan(locate(origin, path));
}

export function placeOfSpan({ source, start }: Span): string {
  const { line, column } = positionAt(source, start);
  return `${source.name}:${line}:${column}`;
}
