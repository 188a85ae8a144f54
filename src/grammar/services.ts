import nearley from 'nearley';
import grammar from './services.gen.ts';

/** A line of a table, cell by cell. Offsets count from the beginning of the line. */
export interface TableCell {
  readonly items: readonly TableItem[];
  /** How many more items there are that kubectl did not print. */
  readonly omitted: number;
}

export type TableItem =
  | { readonly kind: 'word' | 'absent'; readonly text: string; readonly offset: number }
  | {
      readonly kind: 'port';
      readonly port: number;
      readonly nodePort: number | null;
      readonly protocol: 'TCP' | 'UDP' | 'SCTP';
      readonly text: string;
      readonly offset: number;
    };

const compiled = nearley.Grammar.fromCompiled(grammar);

/** Parses one line without blanks at its ends; for a line that is none, the offset at which it goes wrong. */
export function parseTableLine(line: string): readonly TableCell[] | number {
  const parser = new nearley.Parser(compiled);
  try {
    parser.feed(line);
  } catch (error) {
    return (error as { token?: { offset?: number } }).token?.offset ?? 0;
  }
  return parser.results.length === 1 ? (parser.results[0] as TableCell[]) : line.length;
}
