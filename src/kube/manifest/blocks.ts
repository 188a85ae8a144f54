import type { Problem } from '../../text/problem.ts';
import type { Source, Span } from '../../text/source.ts';
import { mayBeDecorated, undecorate } from '../../text/undecorate.ts';

/** What a text of a thread or a log holds, a source for each block, and what stands around them. */
export interface Blocks {
  readonly sources: readonly Source[];
  /** The first line outside of all blocks that holds something. */
  readonly around: (Problem & { readonly span: Span }) | null;
  /** There are addresses in what stands around the blocks. */
  readonly mayHold: boolean;
}

/** In the first column, where neither YAML nor a table has anything like it. */
const fence = /^```/;

/**
 * A text without what threads and logs put around it: the signs of a quotation, time stamps, the indentation of a block in Markdown, and
 * the fences of blocks with the prose between them. Lines stay where they were.
 */
export function blocksOf(given: Source): Blocks {
  const source = unindented(undecorated(given));
  if (!/^```/m.test(source.text)) return { sources: [source], around: null, mayHold: false };
  const lines = source.text.split('\n');
  const fences = lines.flatMap((line, index) => (fence.test(line) ? [index] : []));
  const inside = new Set<number>();
  const sources: Source[] = [];
  for (let at = 0; at < fences.length; at += 2) {
    const [from, to] = [fences[at] as number, fences[at + 1] ?? lines.length];
    const text = lines.map((line, index) => (index > from && index < to ? line : ' '.repeat(line.length)));
    sources.push({ ...source, text: text.join('\n') });
    for (let index = from; index <= to; index += 1) inside.add(index);
  }
  const prose = lines.flatMap((line, index) => (inside.has(index) || line.trim() === '' ? [] : [index]));
  const [first] = prose;
  if (first === undefined) return { sources, around: null, mayHold: false };
  const mayHold = prose.some((index) =>
    /\d+\.\d+\.\d+\.\d+|[\da-f]*:[\da-f]*:[\da-f:]+/.test(lines[index] as string),
  );
  return { sources, around: proseAt(source, lines, first), mayHold };
}

function proseAt(source: Source, lines: readonly string[], index: number): Problem & { readonly span: Span } {
  const start = lines.slice(0, index).join('\n').length + (index === 0 ? 0 : 1);
  const span = { source, start, end: start + (lines[index] as string).length };
  const message = 'what stands outside of the blocks between ``` is not read';
  return { code: 'not-kubernetes', severity: 'note', message, span };
}

function undecorated(source: Source): Source {
  if (!mayBeDecorated(source.text)) return source;
  return { ...source, text: undecorate(source.text).join('\n') };
}

/** A document's marker has to stand in the first column. */
function unindented(source: Source): Source {
  if (!/^ +---\s*$/m.test(source.text)) return source;
  const lines = source.text.split('\n');
  const said = lines.filter((line) => line.trim() !== '');
  const shared = Math.min(...said.map((line) => line.search(/\S/)));
  return shared === 0 ? source : { ...source, text: lines.map((line) => line.slice(shared)).join('\n') };
}
