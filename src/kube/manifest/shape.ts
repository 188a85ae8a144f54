import { isPort } from '../../address/port.ts';
import type { ProblemCode } from '../../text/codes.ts';
import { type Expected, want } from '../../text/expected.ts';
import { nearest } from '../../text/nearest.ts';
import type { Severity } from '../../text/problem.ts';
import type { FormName, Found, ManifestDetail } from './detail.ts';
import { expectedForms } from './names.ts';

/** What a check reports to: the path to the value at hand, and what to do where it does not fit. */
export interface Walk {
  readonly path: (string | number)[];
  /** So many times something did not fit as it was. */
  failures: number;
  /** Of each shape of what has parts, by its number, the value that fitted last: the reader of YAML gives what comes again as one value. */
  readonly fitted: unknown[];
  /** In place of null in a list or a map Go puts what is empty, and the API server warns of nothing. */
  putFor(zero: Present): void;
  fail(code: ProblemCode, detail: ManifestDetail, expected: Expected, severity?: Severity): void;
}

/** Whatever is not null and not undefined. */
export type Present = NonNullable<unknown>;

/**
 * The form of a value, checked where it lies: nothing is copied, and fields that are not named are left alone. `T` is
 * what the value may be taken for afterwards.
 */
export interface Shape<T> {
  check(value: Present, walk: Walk): void;
  /** Only a type: never set. */
  readonly type?: T;
}

/** What may stand in a list. */
export interface Listed<T> extends Shape<T> {
  /** What Go makes of null in it. */
  readonly zero: Present;
}

export type Infer<S> = S extends Shape<infer T> ? T : never;

type Fields = Readonly<Record<string, Shape<unknown>>>;

/** Kubernetes takes null for a field that is not there. */
export type Checked<F extends Fields> = { readonly [K in keyof F]?: Infer<F[K]> | null };

let numbered = 0;

/** A check that is not done again for the value that it was done for last. */
function onceInARow(check: Shape<unknown>['check']): Shape<unknown>['check'] {
  const number = numbered;
  numbered += 1;
  return (value, walk) => {
    if (walk.fitted[number] === value) return;
    const before = walk.failures;
    check(value, walk);
    if (walk.failures === before) walk.fitted[number] = value;
  };
}

/**
 * An object with fields. `others` are the names of fields that the API knows and nobody looks at here, with a letter for what they hold
 * where that is checked: where they are given, a field of another name is one that the API server passes over, with a warning.
 */
export function record<const F extends Fields>(
  fields: F,
  required: readonly (keyof F & string)[] = [],
  others?: string,
): Listed<Checked<F>> {
  const shapes = new Map<string, Shape<unknown>>(Object.entries(fields));
  const known = others === undefined ? null : new Set<string>();
  for (const other of others?.split(' ') ?? []) {
    const [name = '', form] = other.split(':');
    const shape = form === undefined ? undefined : unasked[form as keyof typeof unasked];
    if (shape) shapes.set(name, shape);
    else known?.add(name);
  }
  const check = (value: Present, walk: Walk): void => {
    if (typeof value !== 'object' || Array.isArray(value)) {
      mismatch(value, walk, want.thing('object'));
      return;
    }
    for (const name of required) if (isAbsent(value, name)) missing(walk, name);
    for (const name in value) {
      const shape = shapes.get(name);
      const child = (value as Record<string, unknown>)[name];
      if (shape === undefined ? known === null || known.has(name) : child === undefined || child === null)
        continue;
      walk.path.push(name);
      if (shape) shape.check(child as Present, walk);
      else sayUnknown(name, [...shapes.keys(), ...(known ?? [])], walk);
      walk.path.pop();
    }
  };
  return { check: onceInARow(check), zero: {} };
}

function sayUnknown(name: string, known: readonly string[], walk: Walk): void {
  const meant = nearest(name, known);
  const expected = meant ? want.written(`${meant}?`) : want.thing('known-field');
  walk.fail('field-unknown', { code: 'no-such-field' }, expected, 'warning');
}

export function list<T>(shape: Listed<T>): Shape<readonly T[]> {
  const check = (value: Present, walk: Walk): void => {
    if (!Array.isArray(value)) {
      mismatch(value, walk, want.thing('list'));
      return;
    }
    for (let index = 0; index < value.length; index += 1) {
      const element = value[index] as unknown;
      walk.path.push(index);
      if (element !== null && element !== undefined) shape.check(element, walk);
      else {
        shape.check(shape.zero, walk);
        walk.putFor(shape.zero);
        walk.fail('field-value', { code: 'null-here' }, want.thing('value'), 'warning');
      }
      walk.path.pop();
    }
  };
  return { check: onceInARow(check) };
}

/** A map with keys of the user's choice. */
export const texts: Shape<Readonly<Record<string, string>>> = textsBy(
  () => true,
  () => true,
);

/** Labels, annotations, selectors: keys and values that functions understand (they give undefined for others). */
export function textsBy(
  parseKey: (text: string) => unknown,
  parseValue: (text: string) => unknown,
): Shape<Readonly<Record<string, string>>> {
  const check = (key: string, value: unknown, walk: Walk): void => {
    if (parseKey(key) === undefined)
      walk.fail('name-syntax', { code: 'no-key', text: key }, expectedForms.qualified);
    if (typeof value !== 'string') {
      if (value === null || value === undefined) walk.putFor('');
      else mismatch(value, walk, want.thing('quoted-string'));
    } else if (parseValue(value) === undefined) {
      walk.fail('name-syntax', { code: 'no-label-value', text: value }, expectedForms.labelValue);
    }
  };
  return {
    check: onceInARow((value, walk) => {
      if (typeof value !== 'object' || Array.isArray(value))
        return mismatch(value, walk, want.thing('object'));
      for (const key in value) {
        walk.path.push(key);
        check(key, (value as Record<string, unknown>)[key], walk);
        walk.path.pop();
      }
    }),
  };
}

function ofType<T>(type: string, expected: Expected, zero: Present): Listed<T> {
  return {
    zero,
    check(value, walk) {
      if (typeof value !== type) mismatch(value, walk, expected);
    },
  };
}

export const text = ofType<string>('string', want.thing('string'), '');
export const flag = ofType<boolean>('boolean', want.either('true', 'false'), false);

/** Anything at all: read later, or not at all. */
export const anything: Shape<unknown> = { check() {} };

/** Whatever has fields. */
const object: Listed<unknown> = {
  zero: {},
  check(value, walk) {
    if (typeof value !== 'object' || Array.isArray(value)) mismatch(value, walk, want.thing('object'));
  },
};

/** JavaScript takes the 30th of February for the 2nd of March. */
function isDay(text: string): boolean {
  const day = new Date(text);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** As Go reads it (RFC 3339). */
export const time = parsedBy(
  (value) =>
    /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3])(?::[0-5]\d){2}(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value) &&
    isDay(value.slice(0, 10))
      ? value
      : undefined,
  'field-value',
  'time',
  want.written('2026-01-31T12:00:00Z'),
);

export function integer(least = 0, most = 2 ** 31 - 1): Shape<number> {
  return {
    check(value, walk) {
      if (!Number.isInteger(value)) mismatch(value, walk, want.thing('integer'));
      else if ((value as number) < least || (value as number) > most) {
        walk.fail(
          'field-value',
          { code: 'out-of-range', value: Number(value) },
          want.range(least, most, 'integer'),
        );
      }
    },
  };
}

export const port: Shape<number> = {
  check(value, walk) {
    if (!Number.isInteger(value)) mismatch(value, walk, want.thing('port-number'));
    else if (!isPort(value))
      walk.fail('port-range', { code: 'port-out-of-range', port: String(value) }, portsExpected);
  },
};

const portsExpected = want.range(1, 65535);

/** A port of which 0 means that it is left open. */
export const optionalPort: Shape<number> = {
  check(value, walk) {
    if (value !== 0) port.check(value, walk);
  },
};

export function oneOf<const T extends string>(...values: readonly T[]): Listed<T> {
  const known = new Set<unknown>(values);
  const spelled = values.filter((name) => name !== '');
  return {
    zero: '',
    check(value, walk) {
      if (known.has(value)) return;
      if (typeof value !== 'string') mismatch(value, walk, want.thing('string'));
      else
        walk.fail('field-value', { code: 'not-known-here', text: value }, want.written(spelled.join(', ')));
    },
  };
}

/** A string that a function understands (it gives undefined for others). */
export function parsedBy(
  parse: (text: string) => unknown,
  code: ProblemCode,
  form: FormName,
  expected: Expected,
): Listed<string> {
  return {
    zero: '',
    check(value, walk) {
      if (typeof value !== 'string') mismatch(value, walk, want.thing('string'));
      else if (parse(value) === undefined)
        walk.fail(code, { code: 'not-of-form', text: value, form }, expected);
    },
  };
}

/** The forms of fields that nobody looks at. */
const unasked = {
  s: text,
  i: integer(-(2 ** 53), 2 ** 53),
  b: flag,
  o: object,
  l: list(object),
  a: list(text),
  t: time,
};

export function either<A, B>(
  isFirst: (value: Present) => boolean,
  first: Shape<A>,
  other: Shape<B>,
): Shape<A | B> {
  return { check: (value, walk) => (isFirst(value) ? first : other).check(value, walk) };
}

function isAbsent(value: object, name: string): boolean {
  return (value as Record<string, unknown>)[name] == null;
}

function missing(walk: Walk, name: string): void {
  walk.path.push(name);
  walk.fail('field-missing', { code: 'required-field' }, want.thing('field', name));
  walk.path.pop();
}

function mismatch(value: Present, walk: Walk, expected: Expected): void {
  const isPrivate = walk.path.some((name) => privately.has(name));
  const found: Found =
    isPrivate && typeof value !== 'object' ? { kind: 'private', type: typeof value } : describe(value);
  walk.fail('field-type', { code: 'wrong-type', found }, expected);
}

/** Where people keep what is nobody's business. */
const privately: ReadonlySet<string | number> = new Set([
  'annotations',
  'args',
  'binaryData',
  'command',
  'data',
  'env',
  'stringData',
]);

function describe(value: Present | null): Found {
  if (value === null) return { kind: 'null' };
  if (Array.isArray(value)) return { kind: 'list' };
  if (typeof value === 'object') return { kind: 'object' };
  const text = typeof value === 'string' ? value.slice(0, 40) : String(value);
  return { kind: 'plain', type: typeof value, text };
}
