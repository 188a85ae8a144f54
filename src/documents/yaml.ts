import { type Document, isAlias, type Node, visit, type YAMLError } from 'yaml';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { readFastYaml } from './fast-yaml.ts';
import type { Documents } from './values.ts';
import { documentsOf } from './yaml-documents.ts';

/** An alias bomb blows up a few lines to gigabytes; honest manifests repeat a handful of anchors. */
const mostAliases = 1000;

/**
 * Reads all YAML documents of a text. The core schema of YAML 1.2 is used rather than 1.1, which would take `12:30` for a
 * number; merge keys, which Kubernetes' own reader knows, are understood.
 */
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
      } else values.push(toValue(source, document, problems));
    }
  } catch (error) {
    problems.push(trouble(source, 0, error));
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
    return trouble(source, 0, error);
  }
}

function toValue(source: Source, document: Document.Parsed, problems: Problem[]): unknown {
  const circular = circularAlias(source, document);
  if (circular) {
    problems.push(circular);
    return null;
  }
  try {
    return document.toJS({ maxAliasCount: mostAliases });
  } catch (error) {
    const unknown = unknownAliases(source, document);
    for (const one of unknown) problems.push(one);
    if (unknown.length === 0) problems.push(trouble(source, document.range[0], error));
    return null;
  }
}

/** An alias within what it stands for: such a value has no end, and nothing that Kubernetes reads has one. */
function circularAlias(source: Source, document: Document.Parsed): Problem | undefined {
  let found: Problem | undefined;
  if (!/[&*]/.test(source.text)) return undefined;
  // An alias stands for the last node before it that has the anchor; to ask the library for it goes through all of them.
  const latest = new Map<string, Node>();
  visit(document, {
    Value(_, node) {
      if (node.anchor !== undefined) latest.set(node.anchor, node);
    },
    Alias(_, alias, path) {
      const meant = latest.get(alias.source);
      if (meant === undefined || !path.includes(meant)) return undefined;
      const [start, end] = alias.range ?? document.range;
      const message = `the alias ${alias.source} stands within what it stands for`;
      found = {
        code: 'yaml-syntax',
        severity: 'error',
        message,
        span: { source, start, end },
        expected: 'a value without itself',
      };
      return visit.BREAK;
    },
  });
  return found;
}

function unknownAliases(source: Source, document: Document.Parsed): Problem[] {
  const problems: Problem[] = [];
  const anchors = new Set<string>();
  visit(document, {
    Node(_, node) {
      if ('anchor' in node && node.anchor !== undefined) anchors.add(node.anchor);
    },
    Alias(_, alias) {
      if (anchors.has(alias.source)) return;
      const [start, end] = alias.range ?? document.range;
      const message = `there is no anchor ${alias.source} before this alias`;
      const span = { source, start, end };
      const expected = `&${alias.source} at the value that is meant`;
      problems.push({ code: 'yaml-syntax', severity: 'error', message, span, expected });
    },
  });
  return problems;
}

/** What the reader throws instead of reporting it: a stack that overflows, or aliases that explode. */
function trouble(source: Source, offset: number, error: unknown): Problem {
  const tooDeep = error instanceof RangeError;
  const span = { source, start: offset, end: offset + 1 };
  if (error instanceof Error && /^Merge sources? must be/.test(error.message)) {
    const at = Math.max(source.text.indexOf('<<', offset), offset);
    const message = 'what << merges into a map is no map';
    return {
      code: 'yaml-syntax',
      severity: 'error',
      message,
      span: { source, start: at, end: at + 2 },
      expected: 'a map, or a list of maps',
    };
  }
  if (!tooDeep && !(error instanceof ReferenceError)) throw error;
  return {
    code: 'yaml-syntax',
    severity: 'error',
    message: tooDeep ? 'this document is nested too deeply' : 'aliases make this document explode',
    span,
    expected: tooDeep ? 'some hundred levels at most' : `at most ${mostAliases} values by alias`,
  };
}

function syntaxProblem(source: Source, error: YAMLError): Problem {
  const [start, end] = error.pos;
  const message = error.message.trimEnd().replace(/[.:]$/, '');
  return {
    code: 'yaml-syntax',
    severity: 'error',
    message: message.charAt(0).toLowerCase() + message.slice(1),
    span: { source, start, end: Math.max(end, start + 1) },
    expected: 'well-formed YAML',
  };
}

/** The node that an alias stands for; other nodes as they are. */
export function resolveAlias(document: Document.Parsed, node: unknown): Node | undefined {
  return (isAlias(node) ? node.resolve(document) : node) as Node | undefined;
}
