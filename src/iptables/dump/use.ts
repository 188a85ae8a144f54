import type { Word } from '../../grammar/dump-nodes.ts';
import type { Match } from '../rule/match.ts';
import type { KnownExtension } from '../rule/options.ts';
import { inQuotes } from '../rule/quote.ts';
import type { Context, Option } from '../rule/syntax.ts';
import { notRead, notShown, type Target } from '../rule/target.ts';
import type { Found, Use } from './vocabulary.ts';
import type { Place, WordReader } from './word-reader.ts';

type FoundOption = Extract<Found, { kind: 'extension' }>;

export function newUse(name: string, extension: KnownExtension | undefined, { start, end }: Place): Use {
  return { name, extension, given: {}, places: {}, words: [], start, end };
}

/** A match or target of which not all is understood: all words behind its name. */
export interface ForeignPart {
  readonly options: readonly Word[];
  /** The words say all that there is to it. */
  readonly isWhole: boolean;
}

export function useOf({ options, isWhole }: ForeignPart, { text, end }: Word, start: number): Use {
  const words = options.map((word) => spelled(word.text));
  return { ...newUse(text, undefined, { start, end }), words, ...(!isWhole && { obscured: true }) };
}

const spelled = (text: string) => (/^[^\s"'\\]+$/.test(text) ? text : inQuotes(text));

/** Gives an extension an option, with what follows it. */
export function giveOption(
  found: FoundOption,
  word: Word,
  attached: Word | undefined,
  negation: Word | undefined,
  reader: WordReader,
  context: Context,
): void {
  const { use, key, option } = found;
  if (negation && !option.negatable)
    reader.fail(negation, 'option-negation', { code: 'not-negatable', option: word.text });
  const values = valuesOf(option, word, attached, reader);
  if (!values) return;
  checkTurn(found, word, reader);
  const [first = word] = values;
  const at = { start: first.start, end: values.at(-1)?.end ?? word.end };
  use.places[key] = { start: word.start, end: at.end };
  const words = values.map(({ text }) => text);
  const read = reader.attempt(at, () => ({ value: option.read(words, context) }));
  if (!read) return;
  const value = option.separates ? separate(use, key, option.separates) : read.value;
  use.given[key] = { value, negated: negation !== undefined };
}

/** The words that are an option's value; undefined where one is missing. */
function valuesOf(
  { arity, optional }: Option<unknown>,
  word: Word,
  attached: Word | undefined,
  reader: WordReader,
): Word[] | undefined {
  if (attached && arity === 0) {
    reader.fail(attached, 'dump-syntax', { code: 'takes-no-value' });
    return undefined;
  }
  const values: Word[] = attached ? [attached] : [];
  while (values.length < arity) {
    if (optional && !reader.hasArgument()) break;
    const value = reader.next();
    if (!value) {
      reader.fail(word, 'option-missing', {
        code: arity === 1 ? 'needs-value' : 'needs-two-values',
        option: word.text,
      });
      return undefined;
    }
    values.push(value);
  }
  return values;
}

/** Whether the option may come now: after those that it goes on from, and once. */
function checkTurn({ use, key, option }: FoundOption, word: Word, reader: WordReader): void {
  const lack = option.after?.find((other) => !use.given[other]);
  if (lack) {
    const name = use.extension?.options[lack]?.names[0] ?? lack;
    reader.fail(word, 'option-needs', { code: 'must-follow', option: word.text, other: name });
  }
  if (use.given[key] && !option.repeatable)
    reader.fail(word, 'option-conflict', { code: 'given-twice', option: word.text });
}

/** Takes away what the options have that this one ends, and adds it to what was ended before. */
function separate(use: Use, key: string, ended: readonly string[]): unknown[] {
  const part: Record<string, unknown> = {};
  for (const other of ended) {
    if (use.given[other]) part[other] = use.given[other];
    delete use.given[other];
  }
  return [...((use.given[key]?.value as unknown[] | undefined) ?? []), part];
}

/** Whatever follows a foreign extension is its own until the next option that is known. */
export function giveForeign(use: Use, word: Word, negation: Word | undefined, reader: WordReader): void {
  if (negation) use.words.push('!');
  use.words.push(word.text);
  for (let next = reader.peek(); next; next = reader.peek()) {
    const { text } = next;
    if (text === '!' || (text.startsWith('-') && text.length > 1)) return;
    use.words.push(spelled(text));
    reader.next();
  }
}

/** What an extension makes of its options, once it is sure that they go together. */
export function buildUse(use: Use, reader: WordReader, context: Context): Match | Target | undefined {
  const { extension, given, name, words, obscured } = use;
  if (!extension) {
    const isObscured = obscured || name === notShown || name === notRead;
    return { kind: 'other', name, words, understood: false, ...(isObscured && { obscured: true }) };
  }
  for (const [key, option] of Object.entries(extension.options)) checkOption(use, key, option, reader);
  if (reader.failed) return undefined;
  return reader.attempt(use, () => extension.build(given, context) as Match | Target);
}

/** Whether an option is there that must be, and goes together with the others. One whose value is bad was given all the same. */
function checkOption(use: Use, key: string, option: Option<unknown>, reader: WordReader): void {
  const { given, places } = use;
  const nameOf = (other: string) => `--${use.extension?.options[other]?.names[0]}`;
  if (!given[key]) {
    if (option.required && !places[key])
      reader.fail(use, 'option-missing', { code: 'needs', option: use.name, other: nameOf(key) });
    return;
  }
  const at = places[key] ?? use;
  const clash = option.excludes?.find((other) => other in given && other !== key);
  if (clash)
    reader.fail(at, 'option-conflict', {
      code: 'exclude-each-other',
      option: nameOf(key),
      other: nameOf(clash),
    });
  const lack = option.needs?.find((other) => !(other in given));
  if (lack && !(reader.failed && places[lack]))
    reader.fail(at, 'option-needs', { code: 'needs', option: nameOf(key), other: nameOf(lack) });
}
