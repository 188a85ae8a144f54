import type { Source } from '../text/source.ts';
import type { Path } from './path.ts';
import { YamlLines } from './yaml-lines.ts';

/** A stretch of a text that is YAML by itself, and the path within it. */
export interface Narrowed {
  readonly start: number;
  readonly end: number;
  readonly steps: Path;
}

/** Where the documents of a text begin, and the elements of the `items` of each that was asked for. */
interface Outline {
  readonly documents: readonly number[];
  readonly items: Map<number, readonly number[]>;
}

const outlines = new WeakMap<Source, Outline>();

/**
 * The part of a text in which a field stands, so that the full reader need not read twenty megabytes for one place. Only
 * for texts that the fast reader understood: there, columns alone tell documents and elements apart.
 */
export function narrow(source: Source, document: number, steps: Path): Narrowed | undefined {
  const outline = outlines.get(source) ?? { documents: documentStarts(source.text), items: new Map() };
  outlines.set(source, outline);
  const start = outline.documents[document];
  if (start === undefined) return undefined;
  const end = outline.documents[document + 1] ?? source.text.length;
  const [field, index, ...rest] = steps;
  if (field !== 'items' || typeof index !== 'number') return { start, end, steps };
  const items = outline.items.get(document) ?? itemStarts(source.text, start);
  outline.items.set(document, items);
  const first = items[index];
  return first === undefined
    ? undefined
    : { start: first, end: items[index + 1] ?? end, steps: [0, ...rest] };
}

/** Where each document begins: at the text's beginning, if there is something, and behind each marker. */
function documentStarts(text: string): number[] {
  const lines = new YamlLines(text);
  const starts: number[] = [];
  lines.advance();
  if (!lines.ended) starts.push(0);
  for (;;) {
    while (!lines.ended) lines.advance();
    if (!lines.atMarker) return starts;
    starts.push(lines.next);
    lines.advance();
  }
}

/** Where the lines of the elements of a document's `items` begin. */
function itemStarts(text: string, start: number): number[] {
  const lines = new YamlLines(text, start);
  const starts: number[] = [];
  do lines.advance();
  while (!lines.ended && !(lines.indent === 0 && text.slice(lines.start, lines.end) === 'items:'));
  lines.advance();
  const { indent } = lines;
  while (lines.indent >= indent && !lines.ended) {
    if (lines.indent === indent && !text.startsWith('-', lines.start)) break;
    if (lines.indent === indent) starts.push(lines.start - indent);
    lines.advance();
  }
  return starts;
}
