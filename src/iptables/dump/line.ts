import nearley from 'nearley';
import grammar from '../../grammar/dump.gen.ts';
import type { Line } from '../../grammar/dump-nodes.ts';

const compiled = nearley.Grammar.fromCompiled(grammar);

/** A line as the grammar has it; `offset` is where it cannot be read on. */
export type ParsedLine = Line | { readonly kind: 'error'; readonly offset: number };

/** Reads one line (without its end) by the grammar. Offsets are those in the line. */
export function parseLine(text: string): ParsedLine {
  const parser = new nearley.Parser(compiled);
  try {
    parser.feed(text);
  } catch (error) {
    const { token, offset } = error as { token?: { offset: number }; offset?: number };
    return { kind: 'error', offset: token?.offset ?? offset ?? 0 };
  }
  const [line, another] = parser.results as Line[];
  if (another !== undefined) throw new Error(`the grammar reads this line in two ways: ${text}`);
  return line ?? { kind: 'error', offset: text.length };
}
