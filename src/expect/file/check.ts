import { isRecord, type Path, type SmallDocument } from '../../host/document.ts';
import { told } from '../../text/detail.ts';
import { type Expected, want } from '../../text/expected.ts';
import { nearest } from '../../text/nearest.ts';
import type { ShapeDetail, Shown } from './detail.ts';
import type { RecordShape, Shape } from './shape.ts';

type Kind = Shape['kind'];
type ShapeOf<K extends Kind> = Extract<Shape, { kind: K }>;

/** Reports all that does not fit a shape. */
export function check(document: SmallDocument, value: unknown, path: Path, shape: Shape): void {
  const visit = checks[shape.kind] as (d: SmallDocument, v: unknown, p: Path, s: Shape) => void;
  visit(document, value, path, shape);
}

const checks: {
  readonly [K in Kind]: (document: SmallDocument, value: unknown, path: Path, shape: ShapeOf<K>) => void;
} = {
  any() {},
  text(document, value, path, { expected, pattern }) {
    if (typeof value !== 'string') document.report(path, 'field-type', standing(value), expected);
    else if (value.trim() === '' || (pattern !== undefined && !new RegExp(pattern, 'u').test(value)))
      document.report(
        path,
        'field-value',
        told<ShapeDetail>({ code: 'unfit-here', value: show(value) }),
        expected,
      );
  },
  choice(document, value, path, { values }) {
    if (typeof value === 'string' && values.includes(value)) return;
    const close = typeof value === 'string' ? nearest(value, values) : undefined;
    const code = typeof value === 'string' ? 'field-value' : 'field-type';
    const why = told<ShapeDetail>({ code: 'unknown-here', value: show(value) });
    document.report(path, code, why, want.written(close ?? values.join(', ')));
  },
  boolean(document, value, path) {
    if (typeof value !== 'boolean')
      document.report(path, 'field-type', standing(value), want.either('true', 'false'));
  },
  integer(document, value, path, { least, most }) {
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return;
    const code = typeof value === 'number' ? 'field-value' : 'field-type';
    document.report(path, code, standing(value), expectedOf({ kind: 'integer', least, most }));
  },
  list(document, value, path, { of, mayBeEmpty = false }) {
    if (!Array.isArray(value)) document.report(path, 'field-type', standing(value), want.thing('list'));
    else if (value.length === 0 && !mayBeEmpty)
      document.report(path, 'field-value', told<ShapeDetail>({ code: 'empty-list' }), expectedOf(of));
    else for (const [index, item] of value.entries()) check(document, item, [...path, index], of);
  },
  map(document, value, path, { keys, of }) {
    if (!isRecord(value)) document.report(path, 'field-type', standing(value), want.thing('mapping', keys));
    else if (Object.keys(value).length === 0)
      document.report(path, 'field-value', told<ShapeDetail>({ code: 'empty-mapping' }), want.written(keys));
    else for (const [key, content] of Object.entries(value)) check(document, content, [...path, key], of);
  },
  either(document, value, path, { of }) {
    const fitting = of.find((shape) => isOfType(shape, value));
    if (fitting) check(document, value, path, fitting);
    else document.report(path, 'field-type', standing(value), want.orElse(...of.map(expectedOf)));
  },
  record: checkRecord,
};

function checkRecord(document: SmallDocument, value: unknown, path: Path, shape: RecordShape): void {
  const names = Object.keys(shape.fields);
  if (!isRecord(value)) {
    const why = told<ShapeDetail>(
      value === undefined || value === null
        ? { code: 'empty-record', what: shape.what }
        : { code: 'not-record', what: shape.what, value: show(value) },
    );
    document.report(path, 'field-type', why, want.suchAs(names.slice(0, 4).join(', '), want.thing('fields')));
    return;
  }
  for (const [name, content] of Object.entries(value)) {
    const own = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
    if (own) check(document, content, [...path, name], own.shape);
    else {
      const close = nearest(name, names);
      const expected = close === undefined ? want.written(names.join(', ')) : want.perhaps(close);
      const why = told<ShapeDetail>({ code: 'record-no-field', what: shape.what, value: show(name) });
      document.report([...path, name], 'field-unknown', why, expected);
    }
  }
  for (const group of shape.required ?? []) {
    if (group.some((name) => Object.hasOwn(value, name))) continue;
    const why = told<ShapeDetail>({ code: 'record-without', what: shape.what, fields: group });
    document.report(path, 'field-missing', why, want.orElse(...group));
  }
  for (const group of shape.exclusive ?? []) {
    const there = group.filter((name) => Object.hasOwn(value, name));
    if (there.length < 2) continue;
    const why = told<ShapeDetail>({ code: 'fields-exclude', fields: there });
    document.report([...path, there[1] as string], 'field-conflict', why, want.thing('one-of-them'));
  }
}

/** Whether a value is of the JSON type that a shape demands. */
function isOfType(shape: Shape, value: unknown): boolean {
  switch (shape.kind) {
    case 'any':
      return true;
    case 'text':
    case 'choice':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return typeof value === 'number';
    case 'list':
      return Array.isArray(value);
    case 'map':
    case 'record':
      return isRecord(value);
    case 'either':
      return shape.of.some((one) => isOfType(one, value));
  }
}

function expectedOf(shape: Shape): Expected {
  switch (shape.kind) {
    case 'any':
      return want.thing('anything');
    case 'text':
      return shape.expected;
    case 'choice':
      return want.written(shape.values.join(', '));
    case 'boolean':
      return want.either('true', 'false');
    case 'integer':
      return shape.least === shape.most
        ? want.written(`${shape.least}`)
        : want.range(shape.least, shape.most);
    case 'list':
      return { code: 'list-of', of: expectedOf(shape.of) };
    case 'map':
      return want.thing('mapping', shape.keys);
    case 'record':
      return want.thing('fields');
    case 'either':
      return want.orElse(...shape.of.map(expectedOf));
  }
}

const standing = (value: unknown) => told<ShapeDetail>({ code: 'stands-here', value: show(value) });

/** Short, whatever stands there. */
function show(value: unknown): Shown {
  if (Array.isArray(value)) return { code: 'list' };
  if (isRecord(value)) return { code: 'mapping' };
  const said = JSON.stringify(value);
  if (said === undefined) return { code: 'nothing' };
  return { code: 'written', text: said.length > 60 ? `${said.slice(0, 60)}…` : said };
}
