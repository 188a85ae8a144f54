import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';

/** A dash of a word processor with which an option begins: `–p`, `—dport`, `––dport`. */
const dashes = /(?<=^|[ \t])[–—]{1,2}(?=[A-Za-z])/gm;
const quotes = /[“”„]/g;
const quoted = /"[^"\n]*"/g;

/**
 * A text that went through a word processor, with the dashes and quotes that rules are written with; null: it did not. What stands in
 * quotes that are as they should be is somebody's comment, and stays.
 */
export function asTyped({
  name,
  text,
}: Source): { readonly source: Source; readonly problem: Problem } | null {
  if (!/[–—]/.test(text)) return null;
  const shown = text.replace(quoted, (comment) => '"'.repeat(comment.length));
  const found = [...shown.matchAll(dashes)];
  const [first] = found;
  if (!first) return null;
  const marks = [
    ...found.map(({ index, 0: written }) => {
      const isShort = !/[A-Za-z-]/.test(shown.charAt(index + written.length + 1));
      return { index, written, meant: isShort ? '-' : '--' };
    }),
    ...[...shown.matchAll(quotes)].map(({ index, 0: written }) => ({ index, written, meant: '"' })),
  ].sort((one, other) => one.index - other.index);
  let typed = '';
  let end = 0;
  for (const { index, written, meant } of marks) {
    typed += text.slice(end, index) + meant;
    end = index + written.length;
  }
  return {
    source: { name, text: typed + text.slice(end) },
    problem: {
      code: 'rules-missing',
      severity: 'warning',
      message: 'these are dashes and quotes of a word processor: they are read as - and "',
      span: { source: { name, text }, start: first.index, end: first.index + first[0].length },
      expected: 'what iptables-save prints, as it printed it',
    },
  };
}
