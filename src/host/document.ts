import { isNode, LineCounter, type Node, parseDocument } from 'yaml';
import type { ProblemCode } from '../text/codes.ts';
import { InputError, type Problem, type Severity } from '../text/problem.ts';
import type { Source } from '../text/source.ts';

export type Path = readonly (string | number)[];

/** A small YAML or JSON document. Where a value stands is worked out only for a problem. */
export interface SmallDocument {
  readonly value: unknown;
  readonly problems: Problem[];
  /** Notes an error, or something less, at a value. */
  report(path: Path, code: ProblemCode, message: string, expected?: string, severity?: Severity): void;
}

/** Throws an InputError where the text is neither JSON nor YAML. */
export function readSmallDocument(source: Source): SmallDocument {
  const problems: Problem[] = [];
  return {
    value: parseJson(source.text) ?? parseYaml(source).toJS(),
    problems,
    report(path, code, message, expected, severity = 'error') {
      problems.push({
        code,
        severity,
        message,
        span: spanOf(source, path),
        ...(expected === undefined ? {} : { expected }),
      });
    },
  };
}

/** JSON.parse is a hundred times as fast as a YAML parser, and lists of packets are long. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseYaml(source: Source) {
  const document = parseDocument(source.text, { lineCounter: new LineCounter(), prettyErrors: false });
  if (document.errors.length === 0) return document;
  throw new InputError(
    document.errors.map((error) => ({
      code: /^\s*[{[]/.test(source.text) ? 'json-syntax' : 'yaml-syntax',
      severity: 'error',
      message: error.message.split('\n')[0] ?? error.code,
      span: { source, start: error.pos[0], end: Math.max(error.pos[1], error.pos[0] + 1) },
    })),
  );
}

function spanOf(source: Source, path: Path) {
  const document = parseDocument(source.text, { prettyErrors: false });
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && (node as Node).range) {
      const [start, end] = (node as Node).range as [number, number, number];
      return { source, start, end: Math.max(end, start + 1) };
    }
  }
  return { source, start: 0, end: 1 };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
