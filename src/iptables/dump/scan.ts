import { type Line, unquote, type Word } from '../../grammar/dump-nodes.ts';

const blank = 32;
const tab = 9;
const dash = 45;
const quote = 34;
const backslash = 92;

/**
 * The words from `start` to `end`, with offsets from `origin`, as the grammar splits them; undefined where a quote is
 * left open.
 */
export function scanWords(text: string, start: number, end: number, origin: number): Word[] | undefined {
  const words: Word[] = [];
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === blank || code === tab) {
      at += 1;
      continue;
    }
    const stop = wordEnd(text, at, end);
    if (stop === -1) return undefined;
    words.push({ text: unquote(text.slice(at, stop)), start: at - origin, end: stop - origin });
    at = stop;
  }
  return words;
}

/** Where the word that begins at `at` ends: before a blank, or behind its closing quote. */
function wordEnd(text: string, at: number, end: number): number {
  for (let index = at; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code === blank || code === tab) return index;
    if (code === quote) return closingQuote(text, index + 1, end);
    if (code > 32 && code < 128) continue;
    if (/\s/.test(text[index] as string)) return -1;
  }
  return end;
}

function closingQuote(text: string, at: number, end: number): number {
  for (let index = at; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code === backslash) index += 1;
    else if (code === quote) return index + 1;
  }
  return -1;
}

/**
 * The line from `start` to `end` where it is a command, which most are; undefined where it is another, or unusual, and
 * the grammar has to say. What it gives is what the grammar would give.
 */
export function scanLine(text: string, start: number, end: number): Line | undefined {
  if (text.charCodeAt(start) !== dash) return undefined;
  const words = scanWords(text, start, end, start);
  return words && { kind: 'rule', counters: undefined, words };
}
