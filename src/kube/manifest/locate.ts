import { type Document, isMap, isScalar, isSeq, type Node } from 'yaml';
import { looksLikeJson } from '../../documents/documents.ts';
import {
  endOfValue,
  JsonSyntaxError,
  type Member,
  membersOf,
  skipBlanks,
} from '../../documents/json-scan.ts';
import type { Path } from '../../documents/path.ts';
import { parseYaml, resolveAlias, wasReadFast } from '../../documents/yaml.ts';
import { type Narrowed, narrow } from '../../documents/yaml-narrow.ts';
import type { Source, Span } from '../../text/source.ts';
import { type Origin, pathInDocument } from './origin.ts';

/**
 * Where a field of an object stands in its text; where the field is missing, the nearest object around it. Reads the
 * text again, which no manifest without problems pays for.
 */
export function locate(origin: Origin, path: Path): Span {
  const { source, document } = origin;
  const steps = pathInDocument(origin, path);
  const [start, end] = (looksLikeJson(source.text) && inJson(source, document, steps)) ||
    inYaml(source, document, steps) || [0, 0];
  return { source, start, end };
}

type Range = readonly [start: number, end: number];

function inJson(source: Source, document: number, steps: Path): Range | undefined {
  const { text } = source;
  try {
    let at = startOfDocument(source, document);
    for (const step of steps) {
      const next = memberAt(source, at, step);
      if (next === undefined) return [at, at + 1];
      at = next;
    }
    return [at, '{['.includes(text[at] ?? '') ? at + 1 : endOfValue(text, at)];
  } catch (error) {
    // The text was read as YAML in flow style.
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

const knownStarts = new WeakMap<Source, number[]>();

function startOfDocument(source: Source, document: number): number {
  const { text } = source;
  const starts = knownStarts.get(source) ?? [skipBlanks(text, 0)];
  knownStarts.set(source, starts);
  while (starts.length <= document) starts.push(skipBlanks(text, endOfValue(text, starts.at(-1) as number)));
  return starts[document] as number;
}

const knownMembers = new WeakMap<Source, Map<number, readonly Member[]>>();

/** Where the value of a member begins. Members are kept, so that many problems in one long list stay linear. */
function memberAt(source: Source, offset: number, step: string | number): number | undefined {
  const known = knownMembers.get(source) ?? new Map<number, readonly Member[]>();
  knownMembers.set(source, known);
  let members = known.get(offset);
  if (!members) {
    members = '{['.includes(source.text[offset] ?? ' ') ? [...membersOf(source.text, offset)] : [];
    known.set(offset, members);
  }
  return typeof step === 'number' ? members[step]?.value : members.findLast(({ key }) => key === step)?.value;
}

function inYaml(source: Source, document: number, steps: Path): Range | undefined {
  const part = wasReadFast(source) ? narrow(source, document, steps) : undefined;
  if (!part) return inDocument(parseYaml(source), document, steps);
  const found = inDocument(parseYaml(partOf(source, part)), 0, part.steps);
  return found && [found[0] + part.start, found[1] + part.start];
}

const lastParts = new WeakMap<Source, { readonly start: number; readonly part: Source }>();

/** Problems come in the order of their places, and thousands of them may be in one part, which is then read once. */
function partOf(source: Source, { start, end }: Narrowed): Source {
  const last = lastParts.get(source);
  if (last?.start === start) return last.part;
  const part = { name: source.name, text: source.text.slice(start, end) };
  lastParts.set(source, { start, part });
  return part;
}

function inDocument(documents: ReturnType<typeof parseYaml>, index: number, steps: Path): Range | undefined {
  const document = Array.isArray(documents) ? documents[index] : undefined;
  if (!document) return undefined;
  let node = resolveAlias(document, document.contents);
  for (const step of steps) {
    const child = childOf(document, node, step);
    if (!child?.range) break;
    node = child;
  }
  return node?.range ? [node.range[0], Math.max(node.range[1], node.range[0] + 1)] : undefined;
}

function childOf(document: Document.Parsed, node: unknown, step: string | number): Node | undefined {
  if (isSeq(node)) return resolveAlias(document, node.items[step as number]);
  if (!isMap(node)) return undefined;
  const pair = node.items.findLast(({ key }) => isScalar(key) && String(key.value) === step);
  return resolveAlias(document, pair?.value);
}
