import { parseTableLine, type TableCell } from '../../grammar/services.ts';
import type { ProblemCode } from '../../text/codes.ts';
import type { Problem } from '../../text/problem.ts';
import type { Source, Span } from '../../text/source.ts';
import { readEndpointsRow, readNodeRow, readServiceRow } from './row-readers.ts';
import type { TableRow } from './rows.ts';

/** The header with which kubectl begins a table, after the command if somebody copied that, too. */
export function looksLikeTable(text: string): boolean {
  const start = text.search(/\S/);
  if (start === -1) return false;
  const newline = text.indexOf('\n', start);
  const first = text.slice(start, newline === -1 ? undefined : newline);
  if (newline === -1 || !/^(?:.*[$#>%] )?kubectl /.test(first)) return header.test(first);
  return header.test(text.slice(newline).trimStart());
}

const header = /^(?:NAMESPACE[ \t]+)?NAME[ \t]+[A-Z]/;

/** A row by the names of its columns, with what is needed to speak about it. */
export interface Row {
  cell(column: string): TableCell | undefined;
  readonly span: Span;
  /** `offset` and `length` within the line. */
  fail(code: ProblemCode, offset: number, length: number, message: string, expected: string): void;
}

interface Line {
  readonly source: Source;
  readonly text: string;
  readonly start: number;
}

type ReadRow = (row: Row) => TableRow | undefined;

/** Reads the tables that `kubectl get` prints of Services, Endpoints and Nodes; several may follow each other. */
export function readTables(source: Source): { rows: readonly TableRow[]; problems: readonly Problem[] } {
  const rows: TableRow[] = [];
  const problems: Problem[] = [];
  const unread: Line[] = [];
  let columns: readonly string[] = [];
  let read: ReadRow | undefined;
  for (const line of linesOf(source)) {
    const cells = parseTableLine(line.text);
    if (typeof cells === 'number') {
      problems.push(problem(line, 'table-syntax', cells, 1, 'this cannot stand here', 'cells of a table'));
    } else if (looksLikeTable(line.text)) {
      columns = cells.map(({ items }) => items.map(({ text }) => text).join(','));
      read = readerOf(columns);
      if (!read) unread.push(line);
    } else if (read && cells.length !== columns.length && !hasBlanks(columns)) {
      problems.push(wrongCount(line, columns, cells));
    } else if (read) {
      const row = read(rowOf(line, columns, cells, problems));
      if (row) rows.push(row);
    }
  }
  // `kubectl get all` prints Services among much else.
  const severity = rows.length > 0 ? 'note' : 'error';
  const unknown = unread.map((line): Problem => ({ ...unknownTable(line), severity }));
  return { rows, problems: [...problems, ...unknown] };
}

function readerOf(columns: readonly string[]): ReadRow | undefined {
  if (columns.includes('CLUSTER-IP') && columns.includes('PORT(S)')) return readServiceRow;
  if (columns.includes('ROLES') && columns.includes('VERSION')) return readNodeRow;
  // EndpointSlices have such a column, too, but no name of a service.
  const isOfEndpoints = columns.includes('ENDPOINTS') && !columns.includes('ADDRESSTYPE');
  return isOfEndpoints ? readEndpointsRow : undefined;
}

/** The names of operating systems (`Debian GNU/Linux 12`) have blanks; all that is read stands before them. */
function hasBlanks(columns: readonly string[]): boolean {
  return columns.includes('OS-IMAGE');
}

function rowOf(
  line: Line,
  columns: readonly string[],
  cells: readonly TableCell[],
  problems: Problem[],
): Row {
  return {
    cell: (column) => cells[columns.indexOf(column)],
    span: spanOf(line, 0, line.text.length),
    fail: (...rest) => problems.push(problem(line, ...rest)),
  };
}

function* linesOf(source: Source): Generator<Line> {
  let start = 0;
  for (const whole of source.text.split('\n')) {
    const text = whole.trim();
    if (text !== '' && !isCommand(text)) yield { source, text, start: start + whole.indexOf(text) };
    start += whole.length + 1;
  }
}

/** `$ kubectl get svc`, with whatever prompt. */
const isCommand = (line: string) => /^(?:.*[$#>%] )?kubectl /.test(line);

function spanOf({ source, start }: Line, offset: number, length: number): Span {
  return { source, start: start + offset, end: start + offset + Math.max(length, 1) };
}

function problem(
  line: Line,
  code: ProblemCode,
  offset: number,
  length: number,
  message: string,
  expected: string,
): Problem {
  return { code, severity: 'error', message, span: spanOf(line, offset, length), expected };
}

function unknownTable(line: Line): Problem {
  const expected = 'a table of Services, Endpoints or Nodes';
  return problem(line, 'table-syntax', 0, line.text.length, 'this table of kubectl is not read', expected);
}

function wrongCount(line: Line, columns: readonly string[], cells: readonly TableCell[]): Problem {
  const message = `this row has ${cells.length} cells under ${columns.length} columns`;
  return problem(line, 'table-syntax', 0, line.text.length, message, columns.join(', '));
}
