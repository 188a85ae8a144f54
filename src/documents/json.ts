import { want } from '../text/expected.ts';
import type { Problem } from '../text/problem.ts';
import type { Source, Span } from '../text/source.ts';
import { repeatedKey } from './json-keys.ts';
import { endOfValue, JsonSyntaxError, skipBlanks } from './json-scan.ts';
import type { Documents } from './values.ts';

/** Reads one JSON value, or several after each other, as kubectl does. */
export function readJson(source: Source): Documents {
  const { text } = source;
  const documents = readOne(text) ?? readStream(source);
  const { values, problems } = documents;
  const repeated = problems.length > 0 ? null : repeatedKey(text, values);
  return repeated ? { ...documents, problems: [repeatedProblem({ source, ...repeated })] } : documents;
}

function readOne(text: string): Documents | null {
  try {
    return { values: [JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)], problems: [] };
  } catch {
    return null;
  }
}

function readStream(source: Source): Documents {
  const { text } = source;
  const values: unknown[] = [];
  try {
    for (let at = skipBlanks(text, 0); at < text.length; ) {
      const end = endOfValue(text, at);
      values.push(JSON.parse(text.slice(at, end)));
      at = skipBlanks(text, end);
    }
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return { values: [], problems: [syntaxProblem(source, error)] };
  }
  return { values, problems: [] };
}

function repeatedProblem(span: Span): Problem {
  return {
    code: 'duplicate',
    severity: 'warning',
    message: 'a key is there twice in this object, and the last one counts',
    span,
    expected: want.thing('each-key-once'),
  };
}

function syntaxProblem(source: Source, error: JsonSyntaxError): Problem {
  const found = error.offset < source.text.length ? 'this' : 'the end of the text';
  return {
    code: error.code,
    severity: 'error',
    message:
      error.code === 'input-limit' ? 'this document is nested too deeply' : `${found} cannot stand here`,
    span: { source, start: error.offset, end: error.offset + 1 },
    expected: error.expected,
  };
}
