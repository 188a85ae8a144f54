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

/** A list as the grammar builds it. */
interface Chained<Member> {
  readonly before: Chained<Member> | null;
  readonly last: Member;
}

type ChainedCell = Omit<TableCell, 'items'> & { readonly items: Chained<TableItem> };

const compiled = nearley.Grammar.fromCompiled(grammar);

/** Parses one line without blanks at its ends; for a line that is none, the offset at which it goes wrong. */
export function parseTableLine(line: string): readonly TableCell[] | number {
  const parser = new nearley.Parser(compiled);
  try {
    parser.feed(line);
  } catch (error) {
    return (error as { token?: { offset?: number } }).token?.offset ?? 0;
  }
  if (parser.results.length !== 1) return line.length;
  const cells = listOf(parser.results[0] as Chained<ChainedCell>);
  return cells.map(({ items, omitted }) => ({ items: listOf(items), omitted }));
}

function listOf<Member>(chained: Chained<Member>): readonly Member[] {
  const list: Member[] = [];
  for (let at: Chained<Member> | null = chained; at; at = at.before) list.push(at.last);
  return list.reverse();
}
