import { told } from '../../text/detail.ts';
import { want } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import { respelled, type Source } from '../../text/source.ts';
import type { DumpDetail } from '../rule/detail.ts';

/** A dash of a word processor with which an option begins: `–p`, `—dport`, `––dport`; or, by itself, the `--` of a listing. */
const dashes = /(?<=^|[ \t])[–—]{1,2}(?=[A-Za-z \t])/gm;
const quotes = /[“”„]/g;
/** A blank of a web page at which no line is broken. */
const blanks = /\u00a0/g;
const quoted = /"[^"\n]*"/g;
const quotedSo = /([“„])([^“”„\n]*)(?=[“”])/g;
const comments = /^[ \t]*#.*$/gm;

type Sign = 'web-blanks' | 'word-processor';

/**
 * A text that went through a word processor, with the dashes and quotes that rules are written with; null: it did not. What stands in
 * quotes that are as they should be is somebody's comment, and stays, as do lines that are comments.
 */
export function asTyped(
  source: Source,
): { readonly source: Source; readonly problem: Problem; readonly sign: Sign } | null {
  const { text } = source;
  if (!/[–—“”„\u00a0]/.test(text)) return null;
  const shown = text
    .replace(quoted, (comment) => '"'.repeat(comment.length))
    .replace(quotedSo, (_, mark, comment) => mark + ' '.repeat(comment.length))
    .replace(comments, (comment) => ' '.repeat(comment.length));
  const marks = [
    ...[...shown.matchAll(dashes)].map(({ index, 0: written }) => {
      const isShort = /^[A-Za-z](?![A-Za-z-])/.test(
        shown.slice(index + written.length, index + written.length + 2),
      );
      return { index, written, meant: isShort ? '-' : '--' };
    }),
    ...[...shown.matchAll(blanks)].map(({ index, 0: written }) => ({ index, written, meant: ' ' })),
    ...[...shown.matchAll(quotes)].map(({ index, 0: written }) => ({ index, written, meant: '"' })),
  ].sort((one, other) => one.index - other.index);
  const [first] = marks;
  if (!first) return null;
  let typed = '';
  let end = 0;
  for (const { index, written, meant } of marks) {
    typed += text.slice(end, index) + meant;
    end = index + written.length;
  }
  const sign = first.meant === ' ' ? 'web-blanks' : 'word-processor';
  return {
    sign,
    source: respelled(source, typed + text.slice(end)),
    problem: {
      code: 'rules-missing',
      severity: 'warning',
      ...told<DumpDetail>({ code: sign, isRead: true }),
      span: { source, start: first.index, end: first.index + first.written.length },
      expected: want.thing('save-as-printed'),
    },
  };
}
