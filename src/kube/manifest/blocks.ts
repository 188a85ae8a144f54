import { parseAddress } from '../../address/address.ts';
import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import { InputError, type Problem } from '../../text/problem.ts';
import type { Source, Span } from '../../text/source.ts';
import { mayBeDecorated, undecorate } from '../../text/undecorate.ts';
import type { ManifestDetail } from './detail.ts';

/** What a text of a thread or a log holds, a source for each block, and what stands around them. */
export interface Blocks {
  readonly sources: readonly Source[];
  /** The first line outside of all blocks that holds something. */
  readonly around: (Problem & { readonly span: Span }) | null;
  /** There are addresses in what stands around the blocks. */
  readonly mayHold: boolean;
}

/** The lines of a source, each in its place, and the lines that are of no block. */
interface Parts {
  readonly sources: readonly Source[];
  readonly prose: readonly number[];
}

/**
 * A text without what threads and logs put around it: the signs of a quotation, time stamps, the commands that a log of CI repeats, the
 * indentation of a block in Markdown, and the fences of blocks with the prose between them. Lines stay where they were.
 */
export function blocksOf(given: Source): Blocks {
  const { sources, prose } = partsOf(given);
  const [first] = prose;
  if (first === undefined) return { sources, around: null, mayHold: false };
  const lines = given.text.split('\n');
  const mayHold = prose.some((index) => tellsOfAddress(lines[index] as string));
  return { sources, around: proseAt(given, lines, first), mayHold };
}

/** A time of day is none, which who quotes writes above it. */
const tellsOfAddress = (line: string): boolean =>
  (line.match(/[\da-fA-F:.]+/g) ?? []).some((word) => parseAddress(word.replace(/[.:]$/, '')) !== undefined);

function partsOf(given: Source): Parts {
  const source = unindented(withoutCommands(undecorated(given)));
  return quotations(source) ?? fenced(source) ?? whole(source);
}

/** Lines that follow each other, where they stood in the text: above them are as many empty ones. */
const linesAt = (source: Source, first: number, lines: readonly string[]): Source => ({
  ...source,
  text: `${'\n'.repeat(first)}${lines.join('\n')}\n`,
});

/** All but what ranges hold, where it stood in the text. */
function outside(source: Source, lines: readonly string[], ranges: readonly Range[]): Source {
  const left = [...lines];
  for (const { from, to } of ranges) left.fill('', from, to + 1);
  return { ...source, text: left.join('\n') };
}

/** Each part is read with all lines above it. */
const mostLines = 10_000_000;

/** A thread has some hundreds of parts. Throws an InputError where there are more than are read. */
function refuseMany({ name }: Source, lines: readonly string[], ranges: readonly Range[]): void {
  if (ranges.length * lines.length <= mostLines) return;
  const detail: ManifestDetail = {
    code: 'too-many-blocks',
    name,
    blocks: ranges.length,
    lines: lines.length,
  };
  throw new InputError([
    {
      code: 'file-too-large',
      severity: 'error',
      ...told<ManifestDetail>(detail),
      expected: want.thing('some-at-a-time'),
    },
  ]);
}

const whole = (source: Source): Parts => ({ sources: [source], prose: [] });

/** Something that is read stands there, too: it is not passed over. */
const content = /^(?:apiVersion:|kind:|\{ *(?:"|$)|(?:NAMESPACE[ \t]+)?NAME[ \t]+[A-Z])/m;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The parts that the ranges hold, with what is around them, which may hold blocks of its own. */
function split(
  source: Source,
  lines: readonly string[],
  ranges: readonly Range[],
  within: (range: Range) => Parts,
): Parts {
  refuseMany(source, lines, ranges);
  const rest = outside(source, lines, ranges);
  const around =
    fenced(rest) ?? (content.test(rest.text) ? whole(rest) : { sources: [], prose: saying(rest) });
  const parts = [...ranges.map(within), around];
  return {
    sources: parts.flatMap(({ sources }) => sources),
    prose: parts.flatMap(({ prose }) => prose).sort((left, right) => left - right),
  };
}

const saying = ({ text }: Source): number[] =>
  text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [index]));

/** How something that is read begins in a quotation: behind a prompt of `>` no such thing is typed. */
const quotedContent = /^> ?(?:apiVersion:|kind:|\{ *(?:"|$)|```|~~~|(?:NAMESPACE[ \t]+)?NAME[ \t]+[A-Z])/;

/** What is quoted, and what is written around it, where the quotation holds something that is read. */
function quotations(source: Source): Parts | undefined {
  if (!source.text.includes('>')) return undefined;
  const lines = source.text.split('\n');
  if (!lines.some((line) => quotedContent.test(line))) return undefined;
  const ranges = rangesOf(lines, (line) => line.startsWith('>'));
  return split(source, lines, ranges, ({ from, to }) => {
    const own = linesAt(source, from, lines.slice(from, to + 1));
    const text = own.text.replace(/^> ?/gm, '');
    const isRead = content.test(text) || /^(?:```|~~~|>)/m.test(text);
    return isRead ? partsOf({ ...own, text }) : { sources: [], prose: saying(own) };
  });
}

/** The runs of lines that are of one kind. */
function rangesOf(lines: readonly string[], isOwn: (line: string) => boolean): Range[] {
  const ranges: Range[] = [];
  lines.forEach((line, index) => {
    if (!isOwn(line)) return;
    const last = ranges.at(-1);
    if (last?.to === index - 1) ranges[ranges.length - 1] = { from: last.from, to: index };
    else ranges.push({ from: index, to: index });
  });
  return ranges;
}

/** In a list a block stands below its text. */
const fence = /^( {0,12})(```|~~~)/;

/** A manifest with a fence within a value says its kind outside of it. */
const manifest = /^[ \t]*(?:- )?(?:apiVersion|kind) *:|^[ \t]*\{/m;

function fenced(source: Source): Parts | undefined {
  if (!source.text.includes('```') && !source.text.includes('~~~')) return undefined;
  const lines = source.text.split('\n');
  if (!lines.some((line) => fence.test(line))) return undefined;
  const isFirst = lines.some((line) => /^(?:```|~~~)/.test(line));
  const ranges = fencesOf(lines, isFirst ? 0 : 12);
  refuseMany(source, lines, ranges);
  const rest = outside(source, lines, ranges);
  if (!isFirst && manifest.test(rest.text)) return undefined;
  const sources = ranges.map(({ from, to }) => {
    const [indent = ''] = /^ */.exec(lines[from] as string) ?? [];
    const own = lines.slice(from + 1, to);
    return linesAt(
      source,
      from + 1,
      own.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line)),
    );
  });
  return { sources, prose: saying(rest) };
}

/** From each fence to the next of its kind, or to the end. */
function fencesOf(lines: readonly string[], deepest: number): Range[] {
  const ranges: Range[] = [];
  let open: { readonly from: number; readonly mark: string } | undefined;
  lines.forEach((line, index) => {
    const [, indent = '', mark] = fence.exec(line) ?? [];
    if (mark === undefined || indent.length > deepest) return;
    if (!open) open = { from: index, mark };
    else if (open.mark === mark) {
      ranges.push({ from: open.from, to: index });
      open = undefined;
    }
  });
  return open ? [...ranges, { from: open.from, to: lines.length }] : ranges;
}

function proseAt(source: Source, lines: readonly string[], index: number): Problem & { readonly span: Span } {
  const start = lines.slice(0, index).join('\n').length + (index === 0 ? 0 : 1);
  const span = { source, start, end: start + (lines[index] as string).length };
  const detail: ManifestDetail = { code: 'outside-blocks' };
  return { code: 'not-kubernetes', severity: 'note', ...told<ManifestDetail>(detail), span };
}

function undecorated(source: Source): Source {
  if (!mayBeDecorated(source.text)) return source;
  return { ...source, text: undecorate(source.text).join('\n') };
}

/** GitHub's runner repeats what it is told to run in a group; what the others hold was printed. */
function withoutCommands(source: Source): Source {
  if (!source.text.includes('##[') || !/^##\[/m.test(source.text)) return source;
  let isCommand = false;
  const lines = source.text.split('\n').map((line) => {
    if (line.startsWith('##[group]')) isCommand = line.startsWith('##[group]Run ');
    const isOwn = !isCommand && !line.startsWith('##[');
    if (line.startsWith('##[endgroup]')) isCommand = false;
    return isOwn ? line : '';
  });
  return { ...source, text: lines.join('\n') };
}

/** A document's marker has to stand in the first column. */
function unindented(source: Source): Source {
  if (!source.text.includes('---') || !/^ +---\s*$/m.test(source.text)) return source;
  const lines = source.text.split('\n');
  const said = lines.filter((line) => line.trim() !== '');
  // Of very many lines: too many for the arguments of a call.
  const shared = said.reduce((least, line) => Math.min(least, line.search(/\S/)), Number.POSITIVE_INFINITY);
  return shared === 0 ? source : { ...source, text: lines.map((line) => line.slice(shared)).join('\n') };
}
