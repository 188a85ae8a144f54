/** A text that came from somewhere: what a problem points into. */
export interface Source {
  /** How the user named it: a path, `-` for standard input, `REV:PATH`. */
  readonly name: string;
  readonly text: string;
}

/** A stretch of a source: offsets in UTF-16 units, `end` exclusive. Line and column are worked out when printed. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** Where an offset stands: both numbers count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * The line that was asked for last. Problems come in the order of their places, and ten thousand of them in one text of
 * twenty megabytes would else count its lines ten thousand times.
 */
let last = { text: '', line: 1, lineStart: 0 };

/** The line and column of an offset. Linear in the text between the last place that was asked for and this one. */
export function positionAt(text: string, offset: number): Position {
  const isBehind = last.text === text && last.lineStart <= offset;
  let { line, lineStart } = isBehind ? last : { line: 1, lineStart: 0 };
  for (
    let end = text.indexOf('\n', lineStart);
    end !== -1 && end < offset;
    end = text.indexOf('\n', end + 1)
  ) {
    line += 1;
    lineStart = end + 1;
  }
  last = { text, line, lineStart };
  return { line, column: offset - lineStart + 1 };
}
