/** A column of a table: its name, and where it begins in the line of the header. */
export interface Column {
  readonly name: string;
  readonly start: number;
}

/** What stands in a row under a column. */
export interface Piece {
  readonly text: string;
  /** In the line. */
  readonly offset: number;
}

/** Names of two words; everything else in a header is one. */
const twoWords = /\b(?:NOMINATED|READINESS|LAST|CREATED) (?=[A-Z])/g;

/** The columns that a header names. kubectl puts two blanks or more between them, which not every paste keeps. */
export function columnsOf(header: string): readonly Column[] {
  const joined = header.replace(twoWords, (name) => `${name.trim()}_`);
  return piecesOf(joined, /\S+/g).map(({ text, offset }) => ({
    name: text.replace('_', ' '),
    start: offset,
  }));
}

/**
 * A row cut into what stands under each column; undefined where that cannot be told. Where there are as many pieces as
 * columns, each has one; else each must begin exactly where its column does, and the others are empty.
 */
export function cutRow(line: string, columns: readonly Column[]): readonly (Piece | undefined)[] | undefined {
  const wide = piecesOf(line, /\S+(?: \S+)*/g);
  if (wide.length === columns.length) return wide;
  const narrow = piecesOf(
    line.replace(/(?<=\d) \((\S+ ago)\)/g, '_($1)').replace(/ \+ (\d+) more/g, '_+_$1_more'),
    /\S+/g,
  );
  if (narrow.length === columns.length)
    return narrow.map(({ text, offset }) => ({ text: line.slice(offset, offset + text.length), offset }));
  return placed(wide, columns) ?? placed(piecesOf(line, /\S+/g), columns);
}

function placed(
  pieces: readonly Piece[],
  columns: readonly Column[],
): readonly (Piece | undefined)[] | undefined {
  const byStart = new Map(pieces.map((piece) => [piece.offset, piece]));
  const cells = columns.map(({ start }) => byStart.get(start));
  return cells.filter((cell) => cell !== undefined).length === pieces.length ? cells : undefined;
}

function piecesOf(line: string, pattern: RegExp): readonly Piece[] {
  return [...line.matchAll(pattern)].map(({ 0: text, index }) => ({ text, offset: index }));
}
