import { type Document, isAlias, type Node, type YAMLError } from 'yaml';
import { want } from '../text/expected.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { readFastYaml } from './fast-yaml.ts';
import type { Documents } from './values.ts';
import { documentsOf, TooDeep } from './yaml-documents.ts';
import { valueOfDocument } from './yaml-values.ts';

/** Reads all YAML documents of a text as kubectl and the API server read them. */
export function readYaml(source: Source): Documents {
  const fast = readFastYaml(source.text);
  if (fast) {
    readFast.add(source);
    return { values: fast, problems: [] };
  }
  const values: unknown[] = [];
  const problems: Problem[] = [];
  try {
    for (const document of documentsOf(source.text)) {
      if (document.errors.length > 0) {
        for (const error of document.errors) problems.push(syntaxProblem(source, error));
        values.push(null);
      } else values.push(valueOfDocument(source, document, problems));
    }
  } catch (error) {
    problems.push(tooDeep(source, error));
  }
  return { values, problems };
}

const readFast = new WeakSet<Source>();

/** The fast reader understood the text, so that columns alone tell its parts apart. */
export function wasReadFast(source: Source): boolean {
  return readFast.has(source);
}

const parsed = new WeakMap<Source, Document.Parsed[]>();

/** The documents with their positions; kept with the source, since a problem asks for them again. */
export function parseYaml(source: Source): Document.Parsed[] | Problem {
  const known = parsed.get(source);
  if (known) return known;
  try {
    const documents = [...documentsOf(source.text)];
    parsed.set(source, documents);
    return documents;
  } catch (error) {
    return tooDeep(source, error);
  }
}

/** What the reader throws instead of reporting it. */
function tooDeep(source: Source, error: unknown): Problem {
  if (!(error instanceof TooDeep)) throw error;
  const start = Math.min(error.offset, source.text.length) - 1;
  return {
    code: 'input-limit',
    severity: 'error',
    message: 'this document is nested too deeply',
    span: { source, start, end: start + 1 },
    expected: want.thing('some-hundred-levels'),
  };
}

function syntaxProblem(source: Source, error: YAMLError): Problem {
  const [start, end] = error.pos;
  // The reader quotes the text, of which the line below shows what may be shown.
  const message = error.message
    .replace(/: (?:"|!|\S*$)[\s\S]*$/, '')
    .trimEnd()
    .replace(/[.:]$/, '');
  return {
    code: 'yaml-syntax',
    severity: 'error',
    message: message.charAt(0).toLowerCase() + message.slice(1),
    span: { source, start, end: Math.max(end, start + 1) },
    expected: want.thing('well-formed-yaml'),
  };
}

/** The node that an alias stands for; other nodes as they are. */
export function resolveAlias(document: Document.Parsed, node: unknown): Node | undefined {
  return (isAlias(node) ? node.resolve(document) : node) as Node | undefined;
}
