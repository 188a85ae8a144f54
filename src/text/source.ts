/** A text that came from somewhere: what a problem points into. */
export interface Source {
  /** How the user named it: a path, `-` for standard input, `REV:PATH`. */
  readonly name: string;
  readonly text: string;
  /** Directories beside it, in the one that was named, that hold more of the kind and were not read. */
  readonly unread?: readonly string[];
  /** Nobody named it: it lay in a directory that was named. */
  readonly besides?: true;
  /** What was gathered of the node whose rules these are, together with them. */
  readonly node?: NodeTexts;
  /** Of a text that was put together of several, by their lines; absent: it is one. */
  readonly parts?: readonly SourcePart[];
}

/** A text within another, which goes as far as the next one. */
export interface SourcePart {
  readonly name: string;
  /** Its first line in the whole; counts from 1. */
  readonly line: number;
}

/** The same in another spelling, line for line. */
export function respelled({ name, parts }: Source, text: string): Source {
  return { name, text, ...(parts && { parts }) };
}

/** What a node's own programs print beside its rules, a text for each program. */
export interface NodeTexts {
  /** Null: nothing tells it. */
  readonly hostname: string | null;
  readonly host: readonly Source[];
  readonly sets: readonly Source[];
}

/** A stretch of a source: offsets in UTF-16 units, `end` exclusive. Line and column are worked out when printed. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** Where an offset stands: both numbers count from 1. */
export interface Position {
  /** The name of the source, or of the part of it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where the lines of a text begin, as far as anybody asked. */
interface Lines {
  readonly starts: number[];
  /** The end of the last of these lines; infinite for the last line of the text. */
  end: number;
}

/** Kept, because a text of twenty megabytes with ten thousand problems would else be counted ten thousand times. */
const linesOf = new WeakMap<Source, Lines>();

/** The file, line and column of an offset. All questions about a source together take one pass through it. */
export function positionAt(source: Source, offset: number): Position {
  const line = lineAt(source, offset);
  const column = offset - (lineStartsTo(source, offset)[line - 1] as number) + 1;
  const part = source.parts?.findLast((one) => one.line <= line);
  return part ? { file: part.name, line: line - part.line + 1, column } : { file: source.name, line, column };
}

/** The line of an offset, in the whole of a text that was put together. */
export function lineAt(source: Source, offset: number): number {
  const starts = lineStartsTo(source, offset);
  let line = starts.length;
  for (let low = 1; low < line; ) {
    const middle = (low + line) >> 1;
    if ((starts[middle] as number) <= offset) low = middle + 1;
    else line = middle;
  }
  return line;
}

function lineStartsTo(source: Source, offset: number): readonly number[] {
  const known = linesOf.get(source);
  const lines = known ?? { starts: [0], end: lineEnd(source.text, 0) };
  if (!known) linesOf.set(source, lines);
  while (lines.end < offset) {
    lines.starts.push(lines.end + 1);
    lines.end = lineEnd(source.text, lines.end + 1);
  }
  return lines.starts;
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end === -1 ? Number.POSITIVE_INFINITY : end;
}
