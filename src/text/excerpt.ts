import { withoutSecrets } from './sensitive.ts';
import { positionAt, type Source, type Span } from './source.ts';

/** A longer line is shown as a window of this many characters around the place. */
const widest = 120;

/** Stands where the line goes on: a quotation that breaks off would look like the fault. */
const cut = '…';

/** The line of a span and a caret line below it, both with a gutter. Control characters are shown, not sent. */
export function printExcerpt(span: Span): string[] {
  const { text } = span.source;
  const { line, column } = positionAt(span.source, span.start);
  const lineStart = span.start - column + 1;
  const newline = text.indexOf('\n', lineStart);
  const end = newline === -1 ? text.length : newline;
  const lineEnd = text[end - 1] === '\r' ? end - 1 : end;
  const from = column - 1 > widest - 20 ? span.start - Math.floor(widest / 2) : lineStart;
  const to = from + widest < lineEnd ? from + widest : lineEnd;
  const window = showable(span.source, lineStart, lineEnd).slice(from - lineStart, to - lineStart);
  const begun = from > lineStart ? `${cut}${window.slice(1)}` : window;
  const shown = to < lineEnd ? `${begun.slice(0, -1)}${cut}` : begun;
  const carets = Math.max(1, Math.min(span.end, to < lineEnd ? to - 1 : to) - span.start);
  const gutter = String(line);
  return [
    `  ${gutter} | ${visible(shown)}`,
    `  ${' '.repeat(gutter.length)} | ${' '.repeat(span.start - from)}${'^'.repeat(carets)}`,
  ];
}

function showable(source: Source, start: number, end: number): string {
  return withoutSecrets(source, start, source.text.slice(start, end));
}

/** What a terminal would act on: C0 and C1 controls, line separators, and marks that turn the writing direction. */
const acting = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** One column for one UTF-16 unit: whatever a terminal would act on becomes a sign for it, a tab a blank. */
export function visible(text: string): string {
  return text.replaceAll('\t', ' ').replace(acting, signOf);
}

/** Lines, each as `visible` shows it. */
export function visibleLines(text: string): string {
  // Nearly all texts are, and then there is nothing to do.
  return plain.test(text) ? text : text.split('\n').map(visible).join('\n');
}

const plain = /^[\n\x20-\x7e]*$/;

/** Unicode has pictures of the ASCII controls: ␛ for ESC. */
function signOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 32) return String.fromCharCode(0x2400 + code);
  return code === 127 ? '\u2421' : '\ufffd';
}
