import { Key } from './yaml-keys.ts';
import { Unusual, unusual, YamlLines } from './yaml-lines.ts';
import { scalarValue } from './yaml-scalars.ts';

/**
 * Reads YAML in the plain block style in which kubectl, helm and most people write it: some thirty times as fast as the
 * full reader, because it keeps no positions. Undefined where the text has anything else (anchors, flow collections,
 * folded text, tabs, errors): then the full reader decides. A test holds it to give what the full reader gives.
 */
export function readFastYaml(text: string): unknown[] | undefined {
  if (['\t', '\r', '\uFEFF'].some((sign) => text.includes(sign))) return undefined;
  try {
    return readDocuments(new Lines(text));
  } catch (error) {
    if (error instanceof Unusual) return undefined;
    throw error;
  }
}

class Lines extends YamlLines {
  /** Before the first key of a document. What is known of keys ends with the reading: parts of a text hold on to all of it. */
  readonly first = Key.first();
  /** The elements of the lists that are being read, one list behind the other. */
  readonly elements: unknown[] = [];
  /** So many of them there are. */
  elementsRead = 0;
  /** So many literals were read: only they may hold lines that look like comments. */
  literals = 0;
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
  const value = isEntry(lines) ? readList(lines, 0, lines.first) : readMap(lines, 0, 0, lines.first);
  if (!lines.ended) unusual();
  return value;
}

/** Deeper than any Kubernetes object, and shallow enough for the stack. */
const deepest = 200;

/**
 * The list or map that begins with the current line, at its column; undefined where that begins neither. `key` stands before the
 * first key of its maps.
 */
function readBlock(lines: Lines, depth: number, key: Key): object | undefined {
  if (depth > deepest) unusual();
  if (isEntry(lines)) return readList(lines, depth, key);
  return isMap(lines, key) ? readMap(lines, lines.indent, depth, key) : undefined;
}

function readMap(lines: Lines, indent: number, depth: number, first: Key): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  let key = first;
  while (lines.indent === indent && !isEntry(lines)) {
    key = keyAfter(lines, key);
    result[key.text] = readMember(lines, lines.start + key.text.length + 1, indent, depth, key);
  }
  if (lines.indent > indent) unusual();
  return result;
}

/** What stands behind a key: in its line, or below it. A list may stand in the column of the key. */
function readMember(lines: Lines, from: number, indent: number, depth: number, key: Key): unknown {
  if (from < lines.end) return readInline(lines, from, indent, key);
  lines.advance();
  const isList = lines.indent >= indent && isEntry(lines);
  if (!isList && lines.indent <= indent) return null;
  if (isAgain(lines, isList, key)) return key.value;
  const { lineStart: start, literals } = lines;
  const value = isList ? readList(lines, depth + 1, key.inner) : blockBelow(lines, depth, key.inner);
  const isWhole = !lines.ended && lines.literals === literals;
  if (isWhole && lines.lineStart - start <= longestKept)
    key.keep(lines.text.slice(start, lines.lineStart), value);
  return value;
}

const blockBelow = (lines: Lines, depth: number, key: Key): object =>
  readBlock(lines, depth + 1, key) ?? unusual();

/** Longer values are mostly there once. */
const longestKept = 400;

/** The lines of the key's last value are there again, and it ends with them: they are passed over. */
function isAgain(lines: Lines, isList: boolean, { written }: Key): boolean {
  const { indent, lineStart } = lines;
  if (written === '' || !lines.text.startsWith(written, lineStart)) return false;
  lines.goTo(lineStart + written.length);
  if (lines.indent < indent || (isList && lines.indent === indent && !isEntry(lines))) return true;
  lines.goTo(lineStart);
  return false;
}

/** A list that grows keeps room for sixteen more elements, and most have one: each is cut to its length out of a list of all. */
function readList(lines: Lines, depth: number, key: Key): unknown[] {
  const { indent, elements, elementsRead: first } = lines;
  while (lines.indent === indent && isEntry(lines)) {
    const element = readElement(lines, indent, depth, key);
    elements[lines.elementsRead] = element;
    lines.elementsRead += 1;
  }
  if (lines.indent > indent) unusual();
  const result = elements.slice(first, lines.elementsRead);
  lines.elementsRead = first;
  return result;
}

function readElement(lines: Lines, indent: number, depth: number, key: Key): unknown {
  let start = lines.start + 1;
  if (start >= lines.end) {
    lines.advance();
    return lines.indent > indent ? blockBelow(lines, depth, key) : null;
  }
  while (lines.text.charCodeAt(start) === 32) start += 1;
  lines.descend(start);
  return readBlock(lines, depth + 1, key) ?? readInline(lines, start, indent, key);
}

/** A scalar, or an empty collection, in the rest of a line. */
function readInline(lines: Lines, from: number, indent: number, key: Key): unknown {
  const { text, end } = lines;
  let start = from;
  while (text.charCodeAt(start) === 32) start += 1;
  if (text.charCodeAt(start) === pipe) {
    const content = text.slice(start, end);
    if (content === '|' || content === '|-') {
      lines.literals += 1;
      return lines.literal(indent, content === '|-');
    }
  }
  lines.advance();
  if (key.written.length === end - start && text.startsWith(key.written, start)) return key.value;
  const written = text.slice(start, end);
  const value = scalarValue(written);
  key.keep(written, value);
  return value;
}

const pipe = 124;

/** The line is an entry of a list. */
function isEntry({ text, start, end }: YamlLines): boolean {
  return text.charCodeAt(start) === 45 && (start + 1 === end || text.charCodeAt(start + 1) === 32);
}

/** The line begins with a key. */
function isMap(lines: Lines, before: Key): boolean {
  return likelyKey(lines, before) !== null || keyEnd(lines) !== -1;
}

function keyAfter(lines: Lines, before: Key): Key {
  const likely = likelyKey(lines, before);
  if (likely !== null) return likely;
  const colon = keyEnd(lines);
  return colon === -1 ? unusual() : before.after(lines.text.slice(lines.start, colon));
}

function likelyKey({ text, start, end }: Lines, before: Key): Key | null {
  const likely = before.likely(text, start);
  return likely !== null && isKeyEnd(text, start + likely.text.length, end) ? likely : null;
}

/** A colon stands there, and nothing or a blank behind it. */
function isKeyEnd(text: string, at: number, end: number): boolean {
  return text.charCodeAt(at) === 58 && (at + 1 === end || text.charCodeAt(at + 1) === 32);
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
    if (isKeyEnd(text, at, end)) return at - start > longestKey ? unusual() : at;
    if (text.charCodeAt(at) === 32) return -1;
  }
  return -1;
}
