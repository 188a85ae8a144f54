import { byteLength } from '../../../text/bytes.ts';
import { want } from '../../../text/expected.ts';
import { quoteWord } from '../quote.ts';
import { type Codec, type Context, refuseValue } from '../syntax.ts';

/** A text of at most `longest` characters (bytes, for iptables). */
export function text(longest: number, shortest = 0): Codec<string> {
  return {
    read(word) {
      const length = byteLength(word);
      if (length > longest || length < shortest) {
        return refuseValue(word, want.counted(shortest, longest, 'characters'));
      }
      return word;
    },
    print: quoteWord,
  };
}

/** A text of which iptables keeps only so many bytes, without a word. */
export function cutText(longest: number, shortest = 0): Codec<string> {
  return {
    read: (word) =>
      word.length < shortest
        ? refuseValue(word, want.atLeast(shortest, 'characters'))
        : cutBytes(word, longest),
    print: quoteWord,
  };
}

/** One of some words. */
export function oneOf<W extends string>(words: readonly W[]): Codec<W> {
  return {
    read(word) {
      return (words as readonly string[]).includes(word) ? (word as W) : refuseValue(word, want.oneOf(words));
    },
    print: (word) => word,
  };
}

/**
 * Some of some words, in any case, separated by commas; a beginning of a word stands for the first that has it. Kept in
 * the order of `words`, looked for in the order of `search`; `none` is the word for none of them.
 */
export function someOf<W extends string>(
  words: readonly W[],
  search = words,
  none?: string,
): Codec<readonly W[]> {
  return {
    read(word) {
      const names: readonly string[] = none === undefined ? search : [none, ...search];
      const asked = word.split(',').map((part) => {
        const found = names.find((one) => one.startsWith(part.toUpperCase()));
        return part === '' || found === undefined ? refuseValue(word, want.someOf(names)) : found;
      });
      return words.filter((one) => asked.includes(one));
    },
    print: (some) => (some.length === 0 && none !== undefined ? none : some.join()),
  };
}

/** Some of some words, in any case, each whole, separated by commas; kept in the order of `words`. */
export function wholeWords<W extends string>(words: readonly W[]): Codec<readonly W[]> {
  return {
    read(text) {
      const asked = new Set(text.toUpperCase().split(','));
      const known = words.filter((word) => asked.delete(word.toUpperCase()));
      asked.delete('');
      return asked.size === 0 ? known : refuseValue(text, want.someOf(words));
    },
    print: (some) => some.join(),
  };
}

/** One of some words, in any case; the beginning of one stands for the first that has it. */
export function wordOf<W extends string>(words: readonly W[]): Codec<W> {
  return {
    read: (word) =>
      words.find((one) => one.toLowerCase() === word.toLowerCase()) ??
      refuseValue(word, want.either(...words)),
    print: (word) => word,
  };
}

/** A value whose canonical spelling is all that is kept of it. */
export function spelling(read: (word: string, context: Context) => string): Codec<string> {
  return { read, print: (word) => word };
}

/** As written. */
export const word = spelling((text) => text);

/** As much of a text as its first bytes hold, whole characters only. */
function cutBytes(text: string, most: number): string {
  if (text.length * 3 <= most || byteLength(text) <= most) return text;
  const bytes = new TextEncoder().encode(text).subarray(0, most);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true });
}
