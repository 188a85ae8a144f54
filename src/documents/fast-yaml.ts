import { Recent } from './recent.ts';
import { Unusual, unusual, YamlLines } from './yaml-lines.ts';
import { plainScalar, scalarValue } from './yaml-scalars.ts';

/**
 * Reads YAML in the plain block style in which kubectl, helm and most people write it: some thirty times as fast as the
 * full reader, because it keeps no positions. Undefined where the text has anything else (anchors, flow collections,
 * folded text, tabs, errors): then the full reader decides. A test holds it to give what the full reader gives.
 */
export function readFastYaml(text: string): unknown[] | undefined {
  if (/[\t\r\uFEFF]/.test(text)) return undefined;
  try {
    return readDocuments(new Lines(text));
  } catch (error) {
    if (error instanceof Unusual) return undefined;
    throw error;
  }
}

/** The caches end with the reading: parts of a text hold on to all of it. */
class Lines extends YamlLines {
  /** A key stands for itself; a number or a boolean is none. */
  readonly keys = new Recent((text) => (typeof plainScalar(text) === 'string' ? text : unusual()));
  readonly values = new Recent(scalarValue);
}

function readDocuments(lines: Lines): unknown[] {
  const documents: unknown[] = [];
  lines.advance();
  if (!lines.ended) documents.push(readRoot(lines));
  while (lines.atMarker) {
    lines.advance();
    documents.push(lines.ended ? null : readRoot(lines));
  }
  if (!lines.ended || documents.length === 0) unusual();
  return documents;
}

function readRoot(lines: Lines): unknown {
  if (lines.indent !== 0) unusual();
  const value = isEntry(lines) ? readList(lines, 0) : readMap(lines, 0, 0);
  if (!lines.ended) unusual();
  return value;
}

/** Deeper than any Kubernetes object, and shallow enough for the stack. */
const deepest = 200;

/** The value that begins with the current line, at its column. */
function readBlock(lines: Lines, depth: number): unknown {
  if (depth > deepest) unusual();
  if (isEntry(lines)) return readList(lines, depth);
  return keyEnd(lines) === -1 ? unusual() : readMap(lines, lines.indent, depth);
}

function readMap(lines: Lines, indent: number, depth: number): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  while (lines.indent === indent && !isEntry(lines)) {
    const colon = keyEnd(lines);
    if (colon === -1) unusual();
    const key = lines.keys.of(lines.text, lines.start, colon);
    // A key that is there twice, or that every object has (such as __proto__).
    if (key in result) unusual();
    result[key] = readMember(lines, colon + 1, indent, depth);
  }
  if (lines.indent > indent) unusual();
  return result;
}

/** What stands behind a key: in its line, or below it. A list may stand in the column of the key. */
function readMember(lines: Lines, from: number, indent: number, depth: number): unknown {
  if (from < lines.end) return readInline(lines, from, indent);
  lines.advance();
  if (lines.indent > indent) return readBlock(lines, depth + 1);
  return lines.indent === indent && isEntry(lines) ? readList(lines, depth + 1) : null;
}

function readList(lines: Lines, depth: number): unknown[] {
  const { indent } = lines;
  const result: unknown[] = [];
  while (lines.indent === indent && isEntry(lines)) result.push(readElement(lines, indent, depth));
  if (lines.indent > indent) unusual();
  return result;
}

function readElement(lines: Lines, indent: number, depth: number): unknown {
  let start = lines.start + 1;
  if (start >= lines.end) {
    lines.advance();
    return lines.indent > indent ? readBlock(lines, depth + 1) : null;
  }
  while (lines.text.charCodeAt(start) === 32) start += 1;
  lines.descend(start);
  if (isEntry(lines) || keyEnd(lines) !== -1) return readBlock(lines, depth + 1);
  return readInline(lines, start, indent);
}

/** A scalar, or an empty collection, in the rest of a line. */
function readInline(lines: Lines, from: number, indent: number): unknown {
  const { text, end } = lines;
  let start = from;
  while (text.charCodeAt(start) === 32) start += 1;
  const first = text.charCodeAt(start);
  if (first === pipe) {
    const content = text.slice(start, end);
    if (content === '|' || content === '|-') return lines.literal(indent, content === '|-');
  }
  lines.advance();
  // An empty collection is another one everywhere.
  return first === brace || first === bracket
    ? scalarValue(text.slice(start, end))
    : lines.values.of(text, start, end);
}

const pipe = 124;
const brace = 123;
const bracket = 91;

/** The line is an entry of a list. */
function isEntry({ text, start, end }: YamlLines): boolean {
  return text.charCodeAt(start) === 45 && (start + 1 === end || text.charCodeAt(start + 1) === 32);
}

const longestKey = 1000;

/** Where the colon behind the line's key stands; -1 where the line has no plain key. */
function keyEnd({ text, start, end }: YamlLines): number {
  const first = text.charCodeAt(start);
  const isPlain =
    (first >= 97 && first <= 122) ||
    (first >= 65 && first <= 90) ||
    (first >= 46 && first <= 57) ||
    first === 95;
  if (!isPlain) return -1;
  for (let at = start + 1; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 58 && (at + 1 === end || text.charCodeAt(at + 1) === 32))
      return at - start > longestKey ? unusual() : at;
    if (code === 32) return -1;
  }
  return -1;
}
