import type { Word } from '../../grammar/dump-nodes.ts';
import { want } from '../../text/expected.ts';
import type { BaseMatchOption, BaseOption } from '../rule/base-options.ts';
import type { Match, ProtocolMatch } from '../rule/match.ts';
import { findMatch, findTarget, isOfOtherFamily } from '../rule/options.ts';
import { protocolName } from '../rule/protocols.ts';
import { Refusal } from '../rule/syntax.ts';
import { buildRule, contextOf, finish, Said } from './assemble.ts';
import { readBaseMatch, readCommand, readCounters } from './base-words.ts';
import type { Command, DecodedRule, Report, Settings } from './command.ts';
import { isVerdict } from './place.ts';
import { type ForeignPart, giveForeign, giveOption, newUse, useOf } from './use.ts';
import { type Found, findLong, findShort, type Use } from './vocabulary.ts';
import { WordReader } from './word-reader.ts';

/** Nothing of a rule is taken as it came. */
const none: ReadonlyMap<Word, ForeignPart> = new Map();

/**
 * Reads the words of one line. Null where the line is of the other family, or of no use after what was reported. `foreign`: parts of the rule
 * that are taken as they came, by the `-m` or `-j` with which each begins.
 */
export function decode(
  words: readonly Word[],
  settings: Settings,
  report: Report,
  foreign: ReadonlyMap<Word, ForeignPart> = none,
): Command | null {
  return new Decoder(words, settings, report, foreign).run();
}

/** Reads a single base option; undefined where it is none, or is refused, or says more than one thing. */
export function decodeBase(
  letter: string,
  word: string,
  negated: boolean,
  settings: Settings,
): Match | null | undefined {
  const option = findShort(letter);
  if (option?.role !== 'match') return undefined;
  try {
    const [match, ...more] = option.read(word, negated, settings);
    return more.length > 0 ? undefined : match;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Reads `-m NAME …` or `-j NAME …` alone, after the `-p` that is given; undefined where anything is wrong with it. */
export function decodePart(
  words: readonly Word[],
  protocol: ProtocolMatch | undefined,
  settings: Settings,
): DecodedRule | undefined {
  return new Decoder(words, settings, silent, none).runPart(protocol);
}

const silent: Report = () => undefined;

/** The roles of options that say something of a rule; `-m` alone says nothing. */
const ruleRoles: ReadonlySet<BaseOption['role']> = new Set(['match', 'jump', 'goto', 'counters']);

/** One line's words and what has been understood of them; getopt(3) is of this kind, which is why this is a class. */
class Decoder {
  private readonly reader: WordReader;
  private readonly settings: Settings;
  private readonly said = new Said();
  private negation: Word | undefined;
  private otherFamily = false;
  private protocolLoaded = false;
  private readonly uses: Use[] = [];
  private readonly foreign: ReadonlyMap<Word, ForeignPart>;

  constructor(
    words: readonly Word[],
    settings: Settings,
    report: Report,
    foreign: ReadonlyMap<Word, ForeignPart>,
  ) {
    this.reader = new WordReader(words, report);
    this.settings = settings;
    this.foreign = foreign;
  }

  run(): Command | null {
    for (let word = this.reader.next(); word && !this.otherFamily; word = this.reader.next())
      this.readOne(word);
    if (this.otherFamily) return null;
    if (this.negation) this.reader.fail(this.negation, 'dump-syntax', { code: 'negates-nothing' });
    return finish(this.said, this.reader, this.settings);
  }

  /** The words are `-m NAME` or `-j NAME` with what belongs to it, and nothing else. */
  runPart(protocol: ProtocolMatch | undefined): DecodedRule | undefined {
    if (protocol) {
      const { protocol: number, negated } = protocol;
      this.said.protocol = { number, name: protocolName(number), negated };
      this.protocolLoaded = true;
    }
    for (let word = this.reader.next(); word; word = this.reader.next()) this.readOne(word);
    const { command, counters, base, matchUses, jump } = this.said;
    if (this.negation || command || counters || this.otherFamily || base.size > 0) return undefined;
    if (matchUses.length !== (jump ? 0 : 1)) return undefined;
    return buildRule(this.said, this.reader, this.settings);
  }

  private readOne(word: Word): void {
    const { text } = word;
    const part = this.foreign.get(word);
    if (part) this.takePart(part, word);
    else if (text === '!') {
      if (this.negation) this.reader.fail(word, 'dump-syntax', { code: 'negated-twice' });
      this.negation = word;
    } else if (text.startsWith('--') && text.length > 2) {
      this.readLong(word);
    } else if (text.startsWith('-') && text.length > 1 && text !== '--') {
      this.readShort(word, 1);
    } else {
      this.reader.fail(word, 'dump-syntax', { code: 'belongs-to-none', word: text }, want.thing('option'));
    }
  }

  /** `-s X`, `-sX`, and several letters in one word of which only the last may have a value. */
  private readShort(word: Word, at: number): void {
    const option = findShort(word.text[at] as string);
    if (!option) {
      this.reader.fail(word, 'option-unknown', { code: 'short-option', letter: word.text.charAt(at) });
      this.negation = undefined;
      return;
    }
    const rest = word.text.slice(at + 1);
    if (option.arity === 0 && rest !== '' && option.role !== 'command') {
      this.applyBase(option, word, undefined);
      this.readShort(word, at + 1);
    } else {
      this.applyBase(
        option,
        word,
        rest === '' ? undefined : { text: rest, start: word.end - rest.length, end: word.end },
      );
    }
  }

  private readLong(word: Word): void {
    const equals = word.text.indexOf('=');
    const name = equals === -1 ? word.text.slice(2) : word.text.slice(2, equals);
    const value =
      equals === -1
        ? undefined
        : { text: word.text.slice(equals + 1), start: word.start + equals + 1, end: word.end };
    const found = this.find(name);
    if (!found || (this.hasForeign() && isShortened(found, name))) this.unknown(word, name);
    else if (found.kind === 'ambiguous')
      this.reader.fail(word, 'option-unknown', { code: 'option-ambiguous', option: name });
    else if (found.kind === 'base') this.applyBase(found.option, word, value);
    else giveOption(found, word, value, this.negation, this.reader, contextOf(this.said, this.settings));
    this.negation = undefined;
  }

  /** Of a match or target that iptables does not know, nobody knows which options are its own. */
  private hasForeign(): boolean {
    const { jump } = this.said;
    return (
      this.uses.some((use) => use.extension === undefined) ||
      (jump !== undefined && !jump.use && this.mayBeForeign(jump.word.text))
    );
  }

  /** As iptables does, an unknown option makes it look at the match that has the protocol's name. */
  private find(name: string): Found | undefined {
    const found = findLong(name, this.uses);
    const { number, name: protocol } = this.said.protocol;
    if (found || this.protocolLoaded || number === 0) return found;
    const extension = findMatch(protocol, this.settings.family);
    if (!extension) return undefined;
    const use = newUse(extension.name, extension, { start: 0, end: 0 });
    const implied = findLong(name, [use]);
    if (!implied) return undefined;
    this.protocolLoaded = true;
    this.addMatch(use);
    return implied;
  }

  private addMatch(use: Use): void {
    this.uses.push(use);
    this.said.matchUses.push(use);
  }

  private unknown(word: Word, name: string): void {
    const foreign = this.foreignUse();
    if (foreign) {
      giveForeign(foreign, word, this.negation, this.reader);
      return;
    }
    const needs =
      /^(?:[sd]port|source-port|destination-port|syn|tcp-|icmp)/.test(name) &&
      this.said.protocol.number === 0;
    if (needs) this.reader.fail(word, 'option-needs', { code: 'option-protocol', option: name });
    else this.reader.fail(word, 'option-unknown', { code: 'option-lacks', option: name });
    while (this.reader.hasArgument()) this.reader.next();
  }

  /** The last `-m` or `-j` with a name that iptables does not know: an unknown option is taken for its. */
  private foreignUse(): Use | undefined {
    const foreign = this.uses.findLast((use) => use.extension === undefined);
    const { jump } = this.said;
    if (!jump || jump.use || !this.mayBeForeign(jump.word.text)) return foreign;
    if (foreign && foreign.start > jump.word.start) return foreign;
    jump.use = newUse(jump.word.text, undefined, jump.word);
    this.uses.push(jump.use);
    return jump.use;
  }

  /** Whether `-j NAME` can be a target that iptables does not know. */
  private mayBeForeign(name: string): boolean {
    const { family, isChain } = this.settings;
    return !isChain(name) && !isVerdict(name) && !isOfOtherFamily(name, family);
  }

  /** A match or target as it came, whoever's it is. */
  private takePart(part: ForeignPart, word: Word): void {
    const name = this.reader.next() as Word;
    const use = useOf(part, name, word.start);
    for (const _ of part.options) this.reader.next();
    if (word.text.startsWith('-m') || word.text === '--match') this.addMatch(use);
    else if (this.said.jump) this.reader.fail(word, 'option-conflict', { code: 'one-target' });
    else this.said.jump = { word: name, returns: true, use };
  }

  private applyBase(option: BaseOption, word: Word, attached: Word | undefined): void {
    const negation = this.negation;
    this.negation = undefined;
    if (negation && option.role !== 'match') {
      this.reader.fail(negation, 'option-negation', { code: 'not-negatable', option: word.text });
    }
    if (ruleRoles.has(option.role)) this.said.ruleWords.push(word);
    switch (option.role) {
      case 'match':
        this.applyMatch(option, word, attached, negation !== undefined);
        break;
      case 'command':
        if (this.said.command) this.reader.fail(word, 'option-conflict', { code: 'one-command' });
        this.said.command = readCommand(option, word, attached, this.reader);
        break;
      case 'extension':
        this.load(this.reader.valueOf(word, attached), word);
        break;
      case 'jump':
        if (attached) this.reader.fail(word, 'dump-syntax', { code: 'needs-space', value: attached.text });
        this.applyJump(this.reader.valueOf(word, attached), word, true);
        break;
      case 'goto':
        this.applyJump(this.reader.valueOf(word, attached), word, false);
        break;
      case 'counters':
        this.said.counters =
          readCounters(this.reader.valueOf(word, attached), word, this.reader) ?? this.said.counters;
        break;
      case 'family':
        this.otherFamily = option.family !== this.settings.family;
        break;
      case 'ignored':
        if (option.arity === 1) this.reader.valueOf(word, attached);
        break;
      case 'refused':
        this.reader.fail(word, 'dump-syntax', { code: 'not-for-dumps', option: word.text });
    }
  }

  private applyMatch(
    option: BaseMatchOption,
    word: Word,
    attached: Word | undefined,
    negated: boolean,
  ): void {
    const reading = readBaseMatch(option, word, attached, negated, this.reader, this.settings);
    if (!reading) return;
    const { text, matches } = reading;
    const [key = ''] = option.long;
    if (this.said.base.has(key))
      this.reader.fail(word, 'option-conflict', { code: 'given-twice', option: word.text });
    if (matches) this.said.base.set(key, matches);
    if (matches && matches.length > 1) this.said.several = word;
    const [only] = matches ?? [];
    if (key === 'protocol' && only?.kind === 'protocol') {
      this.said.protocol.number = only.protocol;
      this.said.protocol.name = /^\d/.test(text) ? protocolName(only.protocol) : text.toLowerCase();
      this.said.protocol.negated = only.negated;
    }
  }

  private load(name: Word | undefined, word: Word): void {
    if (!name) return;
    const extension = findMatch(name.text, this.settings.family);
    if (!extension && isOfOtherFamily(name.text, this.settings.family)) {
      this.reader.fail(name, 'option-unknown', {
        code: 'no-match',
        name: name.text,
        family: this.settings.family,
      });
    }
    this.addMatch(newUse(name.text, extension, { start: word.start, end: name.end }));
  }

  private applyJump(name: Word | undefined, word: Word, returns: boolean): void {
    if (!name) return;
    if (this.said.jump) this.reader.fail(word, 'option-conflict', { code: 'one-target' });
    const extension =
      returns && !this.settings.isChain(name.text) ? findTarget(name.text, this.settings.family) : undefined;
    const use = extension && newUse(name.text, extension, { start: word.start, end: name.end });
    if (use) this.uses.push(use);
    this.said.jump = { word: name, returns, use };
  }
}

/** Whether an option is the beginning of a name alone. */
function isShortened(found: Found, name: string): boolean {
  return found.kind === 'ambiguous' || (found.kind === 'base' && !found.option.long.includes(name));
}
