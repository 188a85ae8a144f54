import { type Line, unquote, type Word } from '../grammar/dump-nodes.ts';

const blank = 32;
const tab = 9;
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
    const isQuoted = text.charCodeAt(stop - 1) === quote;
    const word = text.slice(at, stop);
    words.push({ text: isQuoted ? unquote(word) : word, start: at - origin, end: stop - origin });
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

const noCounters = { packets: 0n, bytes: 0n };

/**
 * The line from `start` to `end`, for the two kinds that a dump has by the hundred thousand; undefined where it is
 * another, or unusual, and the grammar has to say. What it gives is what the grammar would give.
 */
export function scanLine(text: string, start: number, end: number): Line | undefined {
  const code = text.charCodeAt(start);
  if (code === 45) {
    const words = scanWords(text, start, end, start);
    return words && { kind: 'rule', counters: undefined, words };
  }
  return code === 58 ? scanChain(text, start, end) : undefined;
}

/** `:NAME - [0:0]`. */
function scanChain(text: string, start: number, end: number): Line | undefined {
  const nameEnd = end - usualEnd.length;
  if (nameEnd <= start + 1 || !text.startsWith(usualEnd, nameEnd)) return undefined;
  const name = text.slice(start + 1, nameEnd);
  if (!/^[\w-]+$/.test(name)) return undefined;
  const policyStart = nameEnd + 1 - start;
  return {
    kind: 'chain',
    name: { text: name, start: 1, end: nameEnd - start },
    policy: { text: '-', start: policyStart, end: policyStart + 1 },
    counters: noCounters,
  };
}

const usualEnd = ' - [0:0]';
