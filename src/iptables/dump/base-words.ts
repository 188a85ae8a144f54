import type { Word } from '../../grammar/dump-nodes.ts';
import { want } from '../../text/expected.ts';
import type { BaseMatchOption, CommandOption } from '../rule/base-options.ts';
import type { DumpDetail } from '../rule/detail.ts';
import type { Match } from '../rule/match.ts';
import type { Counters } from '../rule/ruleset.ts';
import type { Command, Settings } from './command.ts';
import type { WordReader } from './word-reader.ts';

/** What a base option says: the word that is its value, and the matches that it stands for. */
export interface BaseReading {
  readonly text: string;
  readonly matches: readonly (Match | null)[] | undefined;
}

/** Reads `-s X` and its like; undefined where it has no value, or is not for this family. */
export function readBaseMatch(
  option: BaseMatchOption,
  word: Word,
  attached: Word | undefined,
  negated: boolean,
  reader: WordReader,
  settings: Settings,
): BaseReading | undefined {
  if (option.family && option.family !== settings.family) {
    reader.fail(word, 'option-unknown', { code: 'other-family', option: word.text, family: option.family });
    return undefined;
  }
  if (attached) {
    reader.fail(word, 'dump-syntax', { code: 'needs-space', value: attached.text });
    return undefined;
  }
  const found = option.arity === 0 ? { value: word, after: false } : valueAfter(word, reader, settings);
  if (!found) return undefined;
  const { value, after } = found;
  const { text } = value;
  const matches = reader.attempt(value, () => option.read(text, negated !== after, settings));
  return { text, matches };
}

/** The value, and whether a `!` stands before it, as old dumps have it: of today's back ends none loads that. */
function valueAfter(
  word: Word,
  reader: WordReader,
  { open }: Settings,
): { value: Word; after: boolean } | undefined {
  const value = reader.valueOf(word, undefined);
  if (value?.text !== '!' || !reader.hasArgument()) return value && { value, after: false };
  const detail: DumpDetail = { code: 'negation-before', option: word.text };
  if (open) reader.report(value.start, value.end, 'dump-encoding', detail, undefined, 'warning');
  else reader.fail(value, 'dump-syntax', detail);
  return { value: reader.next() as Word, after: true };
}

/** Reads what follows `-A` and its like. */
export function readCommand(
  { command: letter, arity }: CommandOption,
  word: Word,
  attached: Word | undefined,
  reader: WordReader,
): Pick<Command, 'letter' | 'chain' | 'argument'> {
  const chain = attached ?? (arity === 1 || reader.hasArgument() ? reader.next() : undefined);
  if (arity === 1 && !chain) reader.fail(word, 'option-missing', { code: 'needs-chain', option: word.text });
  const argument = 'IDREPZ'.includes(letter) && reader.hasArgument() ? reader.next() : undefined;
  if ('REP'.includes(letter) && !argument)
    reader.fail(word, 'option-missing', { code: 'needs-more-than-chain', option: word.text });
  return { letter, chain, argument };
}

/** Reads `PACKETS BYTES` or `PACKETS,BYTES`, of which the first word is taken already. */
export function readCounters(value: Word | undefined, word: Word, reader: WordReader): Counters | undefined {
  const isOneWord = value?.text.includes(',') === true;
  const [packets = '', bytes = ''] = isOneWord
    ? (value?.text.split(',') ?? [])
    : [value?.text, reader.next()?.text];
  const [first, last] = [packets, bytes].map((one) => /^\d+/.exec(one)?.[0]);
  if (first !== undefined && last !== undefined) return { packets: BigInt(first), bytes: BigInt(last) };
  reader.fail(word, 'option-value', { code: 'counters' }, want.written('-c PACKETS BYTES'));
  return undefined;
}
