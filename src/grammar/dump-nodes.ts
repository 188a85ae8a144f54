import type { Token } from 'moo';

/** A word of a line, without its quotes. Offsets of all of it, in the line. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface LineCounters {
  readonly packets: bigint;
  readonly bytes: bigint;
}

/** One line of a dump. */
export type Line =
  | { readonly kind: 'blank' }
  | { readonly kind: 'table'; readonly name: Word }
  | { readonly kind: 'commit' }
  | {
      readonly kind: 'chain';
      readonly name: Word;
      readonly policy: Word;
      readonly counters: LineCounters | undefined;
    }
  | { readonly kind: 'rule'; readonly counters: LineCounters | undefined; readonly words: readonly Word[] };

export const blank = (): Line => ({ kind: 'blank' });
export const commitLine = (): Line => ({ kind: 'commit' });
export const tableLine = (name: Word): Line => ({ kind: 'table', name });

export function chainLine(name: Word, policy: Word, rest: readonly (LineCounters | undefined)[]): Line {
  return { kind: 'chain', name, policy, counters: rest[0] };
}

export function ruleLine(counters: LineCounters | undefined, words: readonly Word[]): Line {
  return { kind: 'rule', counters, words };
}

/** What follows `*` or `:` ends before a blank, and a quote is a sign like others there. */
export function nameOf({ text, offset }: Token): Word {
  return { text, start: offset, end: offset + text.length };
}

export function wordOf({ text, offset }: Token): Word {
  return { text: unquote(text), start: offset, end: offset + text.length };
}

/** A word may begin bare and go on in quotes, in which a backslash takes the next sign as it is. */
export function unquote(text: string): string {
  const quote = text.indexOf('"');
  return quote === -1 ? text : text.slice(0, quote) + text.slice(quote + 1, -1).replace(/\\([\s\S])/g, '$1');
}

export function countersOf({ text }: Token): LineCounters {
  const [packets = '', bytes = ''] = text.slice(1, -1).split(':');
  return { packets: BigInt(packets), bytes: BigInt(bytes) };
}
