import { isMap, isNode, isScalar } from 'yaml';
import { repeatedKey } from '../documents/json-keys.ts';
import { parseYaml, readYaml } from '../documents/yaml.ts';
import type { ProblemCode } from '../text/codes.ts';
import type { Said } from '../text/detail.ts';
import { type Expected, want } from '../text/expected.ts';
import { InputError, type Problem, type Severity } from '../text/problem.ts';
import type { Source, Span } from '../text/source.ts';

export type Path = readonly (string | number)[];

/** A small YAML or JSON document. Where a value stands is worked out only for a problem. */
export interface SmallDocument {
  readonly value: unknown;
  readonly problems: Problem[];
  /** Notes an error, or something less, at a value. */
  report(
    path: Path,
    code: ProblemCode,
    message: string | Said,
    expected?: Expected,
    severity?: Severity,
  ): void;
}

/** Throws an InputError where the text is neither JSON nor YAML. */
export function readSmallDocument(source: Source): SmallDocument {
  return documentOf(source, parseJson(source.text) ?? readOne(source));
}

/** The same for what people write by hand: comments and commas of YAML may stand in what looks like JSON. */
export function readCarefully(source: Source): SmallDocument {
  return documentOf(source, readOne(source));
}

function documentOf(source: Source, value: unknown): SmallDocument {
  const problems: Problem[] = [];
  return {
    value,
    problems,
    report(path, code, message, expected, severity = 'error') {
      problems.push({
        code,
        severity,
        ...(typeof message === 'string' ? { message } : message),
        span: code === 'field-unknown' ? keySpanOf(source, path) : spanOf(source, path),
        ...(expected === undefined ? {} : { expected }),
      });
    },
  };
}

/** JSON.parse is a hundred times as fast as a YAML parser, and lists of packets are long. It passes over keys that stand twice. */
function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return repeatedKey(text, value) ? undefined : value;
  } catch {
    return undefined;
  }
}

function readOne(source: Source): unknown {
  const { values, problems } = readYaml(source);
  if (problems.length > 0) {
    const code = /^\s*[{[]/.test(source.text) ? 'json-syntax' : 'yaml-syntax';
    // In a file that was written for kubenat a key stands once.
    throw new InputError(problems.map((problem) => ({ ...problem, code, severity: 'error' })));
  }
  if (values.length < 2) return values[0] ?? null;
  const message = `${source.name} holds ${values.length} documents`;
  throw new InputError([
    { code: 'yaml-syntax', severity: 'error', message, expected: want.thing('one-document') },
  ]);
}

/** Where a value stands, or the nearest one around it. */
export function spanOf(source: Source, path: Path): Span {
  for (let length = path.length; length >= 0; length -= 1) {
    const span = rangeOf(source, nodeAt(source, path.slice(0, length)));
    if (span) return span;
  }
  return { source, start: 0, end: 1 };
}

/** Where the name of a field stands, of which that is what is wrong. */
function keySpanOf(source: Source, path: Path): Span {
  const holder = nodeAt(source, path.slice(0, -1));
  const pair = isMap(holder)
    ? holder.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)))
    : undefined;
  return rangeOf(source, pair?.key) ?? spanOf(source, path);
}

function nodeAt(source: Source, path: Path): unknown {
  const documents = parseYaml(source);
  const document = Array.isArray(documents) ? documents[0] : undefined;
  return path.length === 0 ? document?.contents : document?.getIn(path, true);
}

function rangeOf(source: Source, node: unknown): Span | undefined {
  if (!isNode(node) || !node.range) return undefined;
  const [start, end] = node.range;
  return { source, start, end: Math.max(end, start + 1) };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
