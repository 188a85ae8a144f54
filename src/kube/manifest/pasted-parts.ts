import type { Source } from '../../text/source.ts';
import { looksLikeTable } from './table.ts';
import { isTyped } from './typed-line.ts';

/** What nobody types who does not ask for objects; texts without it, as most large ones are, are not looked through. */
const asks = (text: string): boolean =>
  (text.includes('get ') || text.includes('describe ')) &&
  /(?:kubectl(?:\.exe)?|\boc|\bk) /.test(text) &&
  /\b(?:get|describe) /.test(text);

/** How what kubectl prints begins. */
const begins = /^(?:apiVersion:|---|\{|Name: {2}|(?:NAMESPACE[ \t]+)?NAME[ \t])/;

/**
 * The parts of what somebody pasted with the commands: what each of them printed. The lines of the others are blank in it, so
 * that places stay. A text of tables alone is read as it is.
 */
export function pastedParts(source: Source): readonly Source[] {
  if (!asks(source.text)) return [source];
  const lines = source.text.split('\n');
  const typed = lines.flatMap((line, index) => (isCommand(lines, index, line.trimEnd()) ? [index] : []));
  if (typed.length === 0) return [source];
  const bounds = [-1, ...typed, lines.length];
  const parts = bounds.slice(1).flatMap((end, at): Source[] => {
    const from = (bounds[at] as number) + 1;
    if (lines.slice(from, end).every((line) => line.trim() === '')) return [];
    const text = lines.map((line, index) => (index >= from && index < end ? line : blank(line)));
    return [{ ...source, text: text.join('\n') }];
  });
  return parts.length === 0 || parts.every(({ text }) => looksLikeTable(text)) ? [source] : parts;
}

/** A comment of YAML looks like what root typed: it is that where what kubectl prints follows. */
function isCommand(lines: readonly string[], index: number, line: string): boolean {
  if (line === '' || !isTyped(line)) return false;
  if (!line.startsWith('#')) return true;
  const next = lines.slice(index + 1, index + 20).find((one) => one.trim() !== '');
  return next === undefined || begins.test(next);
}

const blank = (line: string): string => ' '.repeat(line.length);
