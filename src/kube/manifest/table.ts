import { parseTableLine, type TableCell } from '../../grammar/services.ts';
import type { ProblemCode } from '../../text/codes.ts';
import { told } from '../../text/detail.ts';
import { type Expected, want } from '../../text/expected.ts';
import { isOmission } from '../../text/omission.ts';
import type { Problem } from '../../text/problem.ts';
import type { Source, Span } from '../../text/source.ts';
import { type Column, columnsOf, cutRow, type Piece } from './columns.ts';
import type { ManifestDetail } from './detail.ts';
import { failedAnswer, kubectlFails } from './refused-listing.ts';
import { readEndpointsRow, readNodeRow, readPodRow, readServiceRow } from './row-readers.ts';
import type { TableRow, UnreadRow } from './rows.ts';
import { isTyped } from './typed-line.ts';

/** The header with which kubectl begins a table, after prompts and commands if somebody copied those, too. */
export function looksLikeTable(text: string): boolean {
  for (const line of text.slice(0, 20_000).split('\n')) {
    if (line.trim() !== '' && !isTyped(line.trim())) return header.test(line.trim());
  }
  return false;
}

const header = /^(?:NAMESPACE[ \t]+)?NAME[ \t]+[A-Z]/;

/** A row by the names of its columns, with what is needed to speak about it. */
export interface Row {
  cell(column: string): TableCell | undefined;
  readonly span: Span;
  /** `offset` and `length` within the line. */
  fail(code: ProblemCode, offset: number, length: number, detail: ManifestDetail, expected: Expected): void;
}

interface Line {
  readonly source: Source;
  readonly text: string;
  readonly start: number;
}

type ReadRow = (row: Row) => TableRow | undefined;

/** A kind of table by its columns, and how its rows are read, or why not and what to give instead. */
interface Form {
  readonly columns: readonly string[];
  readonly without?: readonly string[];
  readonly read?: ReadRow;
  /** Why it is not read, and what says more. */
  readonly why?: ManifestDetail;
  readonly instead?: Expected;
  /** It is of what services have for endpoints. */
  readonly endpoints?: true;
}

const asYaml = (what: string) => want.written(`kubectl get ${what} -o yaml`);

/** Looked through from above: the first that has the columns. */
const forms: readonly Form[] = [
  { columns: ['CLUSTER-IP', 'PORT(S)'], read: readServiceRow },
  { columns: ['ROLES', 'VERSION'], read: readNodeRow },
  {
    columns: ['ADDRESSTYPE', 'ENDPOINTS'],
    why: { code: 'ready-untold' },
    instead: asYaml('endpointslices'),
    endpoints: true,
  },
  { columns: ['ENDPOINTS'], read: readEndpointsRow },
  { columns: ['READY', 'STATUS', 'IP', 'NODE'], read: readPodRow, endpoints: true },
  {
    columns: ['READY', 'STATUS', 'RESTARTS'],
    why: { code: 'addresses-untold' },
    instead: want.orElse('kubectl get pods -o wide', '-o yaml'),
    endpoints: true,
  },
  { columns: ['UP-TO-DATE', 'AVAILABLE'], instead: asYaml('pods'), endpoints: true },
  { columns: ['DESIRED', 'CURRENT', 'READY'], instead: asYaml('pods'), endpoints: true },
  { columns: ['READY', 'AGE'], without: ['STATUS'], instead: asYaml('pods'), endpoints: true },
  { columns: ['CLASS', 'HOSTS'], instead: asYaml('ingresses') },
];

function formOf(columns: readonly Column[]): Form | undefined {
  const names = new Set(columns.map(({ name }) => name));
  return forms.find(
    (form) => form.columns.every((name) => names.has(name)) && !form.without?.some((name) => names.has(name)),
  );
}

/** What the tables of a text hold. */
export interface Tables {
  readonly rows: readonly TableRow[];
  readonly problems: readonly Problem[];
  /** One for each table that is not read, with what to give instead. */
  readonly refused: readonly Problem[];
}

/** Reads the tables that `kubectl get` prints of Services, Endpoints, Nodes and Pods; several may follow each other. */
export function readTables(source: Source): Tables {
  const rows: TableRow[] = [];
  const problems: Problem[] = [];
  const refused: Problem[] = [];
  let columns: readonly Column[] = [];
  let form: Form | undefined;
  /** Where the rows of the table at hand stand among all. */
  const shown = new Map<string, number>();
  for (const line of linesOf(source)) {
    if (header.test(line.text.trim())) {
      columns = columnsOf(line.text);
      shown.clear();
      form = formOf(columns);
      if (!form?.read) {
        refused.push(unknownTable(line, form));
        // Columns that nobody knows may be of anything.
        rows.push(unreadRow(spanOf(line, 0, line.text.length), form && !form.endpoints ? null : 'listed'));
      }
    } else if (isOmission(line.text.trim())) {
      const span = spanOf(line, 0, line.text.length);
      problems.push(rowsLeftOut(span));
      rows.push(unreadRow(span, 'listed'));
    } else if (kubectlFails.test(line.text)) {
      const span = spanOf(line, 0, line.text.length);
      refused.push(failedAnswer(span));
      rows.push(unreadRow(span, 'listed'));
    } else if (form?.read) {
      const cells = cutRow(line.text, columns);
      const row = cells && form.read(rowOf(line, columns, cells, problems));
      if (!cells) problems.push(wrongCount(line, columns));
      if (row) addRow(row, rows, shown, problems);
    }
  }
  return { rows, problems, refused };
}

/** `kubectl get --watch` shows an object again when it changes. */
function addRow(row: TableRow, rows: TableRow[], shown: Map<string, number>, problems: Problem[]): void {
  const key = `${row.namespace}/${row.name}`;
  const known = shown.get(key);
  if (known === undefined) {
    shown.set(key, rows.length);
    rows.push(row);
    return;
  }
  rows[known] = row;
  const detail: ManifestDetail = { code: 'row-again', name: row.name };
  problems.push({
    code: 'duplicate',
    severity: 'warning',
    ...told<ManifestDetail>(detail),
    span: row.span,
    expected: want.thing('each-object-once'),
  });
}

/** Whoever pastes a part of a table says so with dots. */
function rowsLeftOut(span: Span): Problem {
  const said = told<ManifestDetail>({ code: 'rows-left-out' });
  return {
    code: 'table-syntax',
    severity: 'warning',
    ...said,
    span,
    expected: want.thing('object-of-kubectl'),
  };
}

/** Stands for something that is not read; `endpoints`: it may say what services have for endpoints. */
export function unreadRow(span: Span, endpoints: UnreadRow['endpoints']): TableRow {
  const name = `${span.source.name}:${span.start}`;
  return { kind: 'UnreadRow', namespace: '', name, span, endpoints };
}

function rowOf(
  line: Line,
  columns: readonly Column[],
  cells: readonly (Piece | undefined)[],
  problems: Problem[],
): Row {
  const fail: Row['fail'] = (...rest) => problems.push(problem(line, ...rest));
  return {
    cell(column) {
      const piece = cells[columns.findIndex(({ name }) => name === column)];
      return piece && cellOf(piece, fail);
    },
    span: spanOf(line, 0, line.text.length),
    fail,
  };
}

/** The cell that a piece is, with offsets in the line. */
function cellOf({ text, offset }: Piece, fail: Row['fail']): TableCell | undefined {
  const parsed = parseTableLine(text);
  if (typeof parsed === 'number') {
    fail('table-syntax', offset + parsed, 1, { code: 'not-in-cell' }, want.thing('cells'));
    return undefined;
  }
  const [cell] = parsed;
  if (!cell) return undefined;
  return { ...cell, items: cell.items.map((item) => ({ ...item, offset: item.offset + offset })) };
}

function* linesOf(source: Source): Generator<Line> {
  let start = 0;
  for (const whole of source.text.split('\n')) {
    const text = whole.trimEnd();
    if (text !== '' && !isTyped(text.trim())) yield { source, text, start };
    start += whole.length + 1;
  }
}

function spanOf({ source, start }: Line, offset: number, length: number): Span {
  return { source, start: start + offset, end: start + offset + Math.max(length, 1) };
}

function problem(
  line: Line,
  code: ProblemCode,
  offset: number,
  length: number,
  detail: ManifestDetail,
  expected: Expected,
): Problem {
  return {
    code,
    severity: 'error',
    ...told<ManifestDetail>(detail),
    span: spanOf(line, offset, length),
    expected,
  };
}

function unknownTable(line: Line, form: Form | undefined): Problem {
  const why = form?.why ?? { code: 'table-not-read' };
  const expected = form?.instead ?? want.thing('kubectl-tables');
  return problem(line, 'table-syntax', 0, line.text.length, why, expected);
}

function wrongCount(line: Line, columns: readonly Column[]): Problem {
  const count = line.text.trim().split(/\s+/).length;
  const detail: ManifestDetail = { code: 'cells', cells: count, columns: columns.length };
  return problem(
    line,
    'table-syntax',
    0,
    line.text.length,
    detail,
    want.written(columns.map(({ name }) => name).join(', ')),
  );
}
