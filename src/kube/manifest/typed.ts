import { formatPath, type Path } from '../../documents/path.ts';
import { told } from '../../text/detail.ts';
import { type Expected, want } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import type { ApiRelease } from './api-release.ts';
import type { ManifestDetail } from './detail.ts';
import { type AnyManifest, type Kind, kinds } from './kinds.ts';
import { decodedSlice } from './later-fields.ts';
import { expectedForms, parseDnsLabel, parseServiceName, parseSubdomain } from './names.ts';
import type { Origin } from './origin.ts';
import { problemAt } from './problem-at.ts';
import type { Shape, Walk } from './shape.ts';

/** What objects are read with, and where what is wrong with them goes. */
export interface Reading {
  readonly problems: Problem[];
  readonly release: ApiRelease;
  /** What fitted each shape last. */
  readonly fitted: Walk['fitted'];
}

/**
 * A value as an object of its kind, its form checked. With bad values it is an object all the same, so that what it clashes
 * with is found, too; undefined where fields have other types than their kind defines. Its name is empty where it should have one and has not.
 */
export function typed(
  kind: Kind,
  apiVersion: string,
  given: object,
  origin: Origin,
  { problems, release, fitted }: Reading,
): AnyManifest | undefined {
  const known = kind === 'EndpointSlice' ? decodedSlice(given, apiVersion, origin, problems, release) : given;
  const before = problems.length;
  const puts: Put[] = [];
  const walk = walkOf(origin, problems, fitted, puts);
  (kinds[kind].shape as Shape<unknown>).check(known, walk);
  const value = puts.reduce<object>((whole, { path, value }) => withPut(whole, path, value), known);
  const name = nameOf(kind, value, walk, release);
  // A field of another type than expected would mislead the checks that follow; a bad value does not.
  if (problems.slice(before).some(({ code }) => code === 'field-type') || name === undefined)
    return undefined;
  const { metadata } = value as { metadata?: { namespace?: string | null } };
  const namespace = kinds[kind].namespaced ? metadata?.namespace || 'default' : '';
  return { kind, apiVersion, namespace, name, value, origin } as unknown as AnyManifest;
}

/** What comes again is one value, so that none is changed where it lies. */
function withPut(whole: object, [step, ...rest]: Path, value: unknown): object {
  const copy = (Array.isArray(whole) ? [...whole] : { ...whole }) as Record<string | number, unknown>;
  if (step !== undefined) copy[step] = rest.length === 0 ? value : withPut(copy[step] as object, rest, value);
  return copy;
}

interface Put {
  readonly path: Path;
  readonly value: unknown;
}

function walkOf(origin: Origin, problems: Problem[], fitted: Walk['fitted'], puts: Put[]): Walk {
  const path: (string | number)[] = [];
  return {
    path,
    fitted,
    failures: 0,
    putFor(value) {
      this.failures += 1;
      puts.push({ path: [...path], value });
    },
    fail(code, detail, expected, severity = 'error') {
      this.failures += 1;
      problems.push(
        problemAt(
          origin,
          path,
          code,
          told<ManifestDetail>({ code: 'in-field', path: formatPath(path), of: detail }),
          expected,
          severity,
        ),
      );
    },
  };
}

/** Configuration files have no name. Objects that the API server names itself (generateName) get the name's beginning. */
function nameOf(kind: Kind, value: object, walk: Walk, release: ApiRelease): string | undefined {
  if (kind === 'KubeProxyConfiguration') return '';
  const { metadata } = value as {
    metadata?: { name?: unknown; generateName?: unknown; resourceVersion?: string };
  };
  const path = ['metadata', 'name'];
  // Without a name the API server takes what is generated.
  const name = metadata?.name || metadata?.generateName;
  if (name === undefined || name === null || name === '') {
    fail(walk, path, 'field-missing', { code: 'name-missing' }, want.thing('name'));
    return '';
  }
  // That it is a string at all, the shape has checked.
  if (typeof name !== 'string') return undefined;
  const { parse, form } = nameForm(kind, release.relaxedServiceNames || Boolean(metadata?.resourceVersion));
  if (!metadata?.name || parse(name) !== undefined) return name;
  fail(walk, path, 'name-syntax', { code: 'no-name-of', name, kind }, form);
  return name;
}

/** The forms that a kind's names have. */
export function nameForm(
  kind: Kind,
  relaxed: boolean,
): { readonly parse: (text: string) => string | undefined; readonly form: Expected } {
  if (kind !== 'Service') return { parse: parseSubdomain, form: expectedForms.subdomain };
  if (relaxed) return { parse: parseDnsLabel, form: expectedForms.label };
  return { parse: parseServiceName, form: expectedForms.service };
}

function fail(walk: Walk, path: string[], ...problem: Parameters<Walk['fail']>): void {
  walk.path.push(...path);
  walk.fail(...problem);
  walk.path.length = 0;
}
