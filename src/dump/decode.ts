import type { Family } from '../address/address.ts';
import type { Word } from '../grammar/dump-nodes.ts';
import type { BaseOption, CommandLetter } from '../rule/base-options.ts';
import { mergeTransports } from '../rule/extensions/transport.ts';
import type { Match, ProtocolMatch } from '../rule/match.ts';
import { baseMatchKinds } from '../rule/match.ts';
import type { BaseMatchKind } from '../rule/options.ts';
import { findMatch, findTarget, isOfOtherFamily } from '../rule/options.ts';
import { protocolName } from '../rule/protocols.ts';
import { inQuotes } from '../rule/quote.ts';
import { type Counters, isBuiltIn, type TableName } from '../rule/ruleset.ts';
import { type Backend, type Context, type Option, Refusal } from '../rule/syntax.ts';
import type { Target } from '../rule/target.ts';
import type { ProblemCode } from '../text/codes.ts';
import { type Found, findLong, findShort, type Use } from './vocabulary.ts';

/** What a line of a table, read as a command, is to do. */
export interface Command {
  readonly letter: CommandLetter;
  readonly chain: Word | undefined;
  /** The number of `-I`, `-R` and `-D`, the policy of `-P`, the new name of `-E`. */
  readonly argument: Word | undefined;
  /** Several where `-s a,b` stands for several rules. */
  readonly rules: readonly DecodedRule[];
  /** The chain that the rules jump to, and where it is named. */
  readonly jump: Word | undefined;
  readonly counters: Counters | undefined;
}

export interface DecodedRule {
  readonly matches: readonly Match[];
  readonly target: Target | null;
}

export interface Settings {
  readonly family: Family;
  readonly backend: Backend;
  readonly table: TableName;
  isChain(name: string): boolean;
}

/** Says what is wrong from `start` to `end`, offsets in the line. */
export type Report = (
  start: number,
  end: number,
  code: ProblemCode,
  message: string,
  expected?: string,
  severity?: 'error' | 'warning',
) => void;

/** Reads the words of one line. Null where the line is of the other family, or of no use after what was reported. */
export function decode(words: readonly Word[], settings: Settings, report: Report): Command | null {
  return new Decoder(words, settings, report).run();
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
  return new Decoder(words, settings, silent).runPart(protocol);
}

const silent: Report = () => undefined;

/** One line's words and what has been understood of them; getopt(3) is of this kind, which is why this is a class. */
class Decoder {
  private readonly words: readonly Word[];
  private readonly settings: Settings;
  private readonly report: Report;
  private next = 0;
  private negation: Word | undefined;
  private failed = false;
  private otherFamily = false;
  private command: { letter: CommandLetter; chain: Word | undefined; argument: Word | undefined } | undefined;
  private counters: Counters | undefined;
  private protocol = { number: 0, name: '', negated: false, loaded: false };
  private jump: { word: Word; returns: boolean; use: Use | undefined } | undefined;
  private readonly base = new Map<BaseMatchKind | string, readonly (Match | null)[]>();
  private readonly uses: Use[] = [];
  private readonly matchUses: Use[] = [];

  constructor(words: readonly Word[], settings: Settings, report: Report) {
    this.words = words;
    this.settings = settings;
    this.report = report;
  }

  run(): Command | null {
    while (this.next < this.words.length && !this.otherFamily) this.readOne(this.words[this.next++] as Word);
    if (this.otherFamily) return null;
    if (this.negation) this.fail(this.negation, 'dump-syntax', 'nothing follows the !');
    return this.finish();
  }

  /** The words are `-m NAME` or `-j NAME` with what belongs to it, and nothing else. */
  runPart(protocol: ProtocolMatch | undefined): DecodedRule | undefined {
    if (protocol) {
      const { protocol: number, negated } = protocol;
      this.protocol = { number, name: protocolName(number), negated, loaded: true };
    }
    while (this.next < this.words.length) this.readOne(this.words[this.next++] as Word);
    if (this.negation || this.command || this.counters || this.otherFamily || this.base.size > 0)
      return undefined;
    if (this.matchUses.length !== (this.jump ? 0 : 1)) return undefined;
    const matches = this.matchUses.flatMap((use) => this.build(use) ?? []) as Match[];
    const target = this.target();
    return this.failed ? undefined : { matches, target };
  }

  private fail(
    at: { start: number; end: number },
    code: ProblemCode,
    message: string,
    expected?: string,
  ): void {
    this.failed = true;
    this.report(at.start, at.end, code, message, expected);
  }

  private attempt<T>(at: { start: number; end: number }, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.fail(at, error.code, error.message, error.expected);
      return undefined;
    }
  }

  private readOne(word: Word): void {
    const { text } = word;
    if (text === '!') {
      if (this.negation) this.fail(word, 'dump-syntax', 'one ! follows another');
      this.negation = word;
    } else if (text.startsWith('--') && text.length > 2) {
      this.readLong(word);
    } else if (text.startsWith('-') && text.length > 1 && text !== '--') {
      this.readShort(word, 1);
    } else {
      this.fail(word, 'dump-syntax', `'${text}' belongs to no option`, 'an option that begins with -');
    }
  }

  /** `-s X`, `-sX`, and several letters in one word of which only the last may have a value. */
  private readShort(word: Word, at: number): void {
    const option = findShort(word.text[at] as string);
    if (!option) {
      this.fail(word, 'option-unknown', `there is no option -${word.text[at]}`);
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
    if (!found) this.unknown(word, name);
    else if (found.kind === 'ambiguous')
      this.fail(word, 'option-unknown', `--${name} is the beginning of several options`);
    else if (found.kind === 'base') this.applyBase(found.option, word, value);
    else this.applyExtension(found, word, value);
    this.negation = undefined;
  }

  /** As iptables does, an unknown option makes it look at the match that has the protocol's name. */
  private find(name: string): Found | undefined {
    const found = findLong(name, this.uses);
    if (found || this.protocol.loaded || this.protocol.number === 0) return found;
    const extension = findMatch(this.protocol.name, this.settings.family);
    if (!extension) return undefined;
    const use = { name: extension.name, extension, given: {}, places: {}, words: [], start: 0, end: 0 };
    const implied = findLong(name, [use]);
    if (!implied) return undefined;
    this.protocol.loaded = true;
    this.addMatch(use);
    return implied;
  }

  private addMatch(use: Use): void {
    this.uses.push(use);
    this.matchUses.push(use);
  }

  private unknown(word: Word, name: string): void {
    const foreign = this.foreignUse();
    if (foreign) {
      this.takeForeign(foreign, word);
      return;
    }
    const needs =
      /^(?:[sd]port|source-port|destination-port|syn|tcp-|icmp)/.test(name) && this.protocol.number === 0;
    if (needs) this.fail(word, 'option-needs', `--${name} needs -p with a protocol that has it`);
    else this.fail(word, 'option-unknown', `there is no option --${name} here`);
    while (this.next < this.words.length && !/^[-!]/.test((this.words[this.next] as Word).text))
      this.next += 1;
  }

  /** The last `-m` or `-j` with a name that iptables does not know: an unknown option is taken for its. */
  private foreignUse(): Use | undefined {
    const foreign = this.uses.findLast((use) => use.extension === undefined);
    const { jump } = this;
    if (!jump || jump.use || !this.mayBeForeign(jump.word.text)) return foreign;
    const { text: name, start, end } = jump.word;
    if (foreign && foreign.start > start) return foreign;
    jump.use = { name, extension: undefined, given: {}, places: {}, words: [], start, end };
    this.uses.push(jump.use);
    return jump.use;
  }

  /** Whether `-j NAME` can be a target that iptables does not know. */
  private mayBeForeign(name: string): boolean {
    const { family, isChain } = this.settings;
    return !isChain(name) && !verdicts.has(name) && !isOfOtherFamily(name, family);
  }

  /** Whatever follows a foreign extension is its own until the next option that is known. */
  private takeForeign(use: Use, word: Word): void {
    if (this.negation) use.words.push('!');
    use.words.push(word.text);
    while (this.next < this.words.length) {
      const { text } = this.words[this.next] as Word;
      if (text === '!' || (text.startsWith('-') && text.length > 1)) return;
      use.words.push(/^[^\s"'\\]+$/.test(text) ? text : inQuotes(text));
      this.next += 1;
    }
  }

  /** The value of an option: what was written in the same word, or the word after it. */
  private valueOf(word: Word, attached: Word | undefined): Word | undefined {
    const value = attached ?? this.words[this.next++];
    if (!value) this.fail(word, 'option-missing', `${word.text} needs a value`);
    return value;
  }

  private applyBase(option: BaseOption, word: Word, attached: Word | undefined): void {
    const negation = this.negation;
    this.negation = undefined;
    if (negation && option.role !== 'match') {
      this.fail(negation, 'option-negation', `${word.text} cannot be negated`);
    }
    switch (option.role) {
      case 'match':
        this.applyMatch(option, word, attached, negation !== undefined);
        break;
      case 'command':
        this.applyCommand(option.command, option.arity, word, attached);
        break;
      case 'extension':
        this.load(this.valueOf(word, attached), word);
        break;
      case 'jump':
      case 'goto':
        this.applyJump(this.valueOf(word, attached), word, option.role === 'jump');
        break;
      case 'counters':
        this.applyCounters(this.valueOf(word, attached), word);
        break;
      case 'family':
        this.otherFamily = option.family !== this.settings.family;
        break;
      case 'ignored':
        if (option.arity === 1) this.valueOf(word, attached);
        break;
      case 'refused':
        this.fail(word, 'dump-syntax', `${word.text} is not for a dump`);
    }
  }

  private applyMatch(
    option: Extract<BaseOption, { role: 'match' }>,
    word: Word,
    attached: Word | undefined,
    negated: boolean,
  ): void {
    if (option.family && option.family !== this.settings.family) {
      this.fail(word, 'option-unknown', `${word.text} is for ${option.family} only`);
      return;
    }
    let value: Word | undefined = word;
    let after = false;
    if (attached) {
      this.fail(word, 'dump-syntax', `iptables wants a blank after ${word.text.slice(0, 2)}`);
      return;
    }
    if (option.arity === 1) {
      value = this.valueOf(word, attached);
      if (value?.text === '!' && !attached && this.hasArgument()) {
        this.report(
          value.start,
          value.end,
          'dump-encoding',
          `! stands before ${word.text} nowadays`,
          undefined,
          'warning',
        );
        after = true;
        value = this.words[this.next++];
      }
    }
    if (!value) return;
    const [key = ''] = option.long;
    if (this.base.has(key)) this.fail(word, 'option-conflict', `${word.text} is given twice`);
    const { text } = value;
    const matches = this.attempt(value, () => option.read(text, negated !== after, this.settings));
    if (matches) this.base.set(key, matches);
    const [only] = matches ?? [];
    if (key === 'protocol' && only?.kind === 'protocol') {
      this.protocol.number = only.protocol;
      this.protocol.name = /^\d/.test(text) ? protocolName(only.protocol) : text.toLowerCase();
      this.protocol.negated = only.negated;
    }
  }

  private applyCommand(letter: CommandLetter, arity: number, word: Word, attached: Word | undefined): void {
    if (this.command) this.fail(word, 'option-conflict', 'a line has one command');
    const chain = attached ?? (arity === 1 || this.hasArgument() ? this.words[this.next++] : undefined);
    if (arity === 1 && !chain) this.fail(word, 'option-missing', `${word.text} needs a chain`);
    const argument = 'IDREPZ'.includes(letter) && this.hasArgument() ? this.words[this.next++] : undefined;
    if ('REP'.includes(letter) && !argument)
      this.fail(word, 'option-missing', `${word.text} needs more than a chain`);
    this.command = { letter, chain, argument };
  }

  private hasArgument(): boolean {
    const word = this.words[this.next];
    return word !== undefined && !/^[-!]/.test(word.text);
  }

  private load(name: Word | undefined, word: Word): void {
    if (!name) return;
    const extension = findMatch(name.text, this.settings.family);
    const { start } = word;
    const { end } = name;
    if (!extension && isOfOtherFamily(name.text, this.settings.family)) {
      this.fail(name, 'option-unknown', `there is no match ${name.text} for ${this.settings.family}`);
    }
    this.addMatch({ name: name.text, extension, given: {}, places: {}, words: [], start, end });
  }

  private applyJump(name: Word | undefined, word: Word, returns: boolean): void {
    if (!name) return;
    if (this.jump) this.fail(word, 'option-conflict', 'a rule has one target');
    const extension =
      returns && !this.settings.isChain(name.text) ? findTarget(name.text, this.settings.family) : undefined;
    const use = extension && {
      name: name.text,
      extension,
      given: {},
      places: {},
      words: [],
      start: word.start,
      end: name.end,
    };
    if (use) this.uses.push(use);
    this.jump = { word: name, returns, use };
  }

  private applyCounters(value: Word | undefined, word: Word): void {
    const [packets = '', bytes = this.words[this.next]?.text ?? ''] = value?.text.split(',') ?? [];
    if (!value?.text.includes(',')) this.next += 1;
    if (!/^\d+$/.test(packets) || !/^\d+$/.test(bytes)) {
      this.fail(word, 'option-value', 'counters are two numbers', '-c PACKETS BYTES');
      return;
    }
    this.counters = { packets: BigInt(packets), bytes: BigInt(bytes) };
  }

  private applyExtension(
    { use, key, option }: Extract<Found, { kind: 'extension' }>,
    word: Word,
    attached: Word | undefined,
  ): void {
    const negated = this.negation !== undefined;
    if (negated && !option.negatable)
      this.fail(this.negation as Word, 'option-negation', `${word.text} cannot be negated`);
    const values: Word[] = attached && option.arity > 0 ? [attached] : [];
    while (values.length < option.arity) {
      if (option.optional && !this.hasArgument()) break;
      const value = this.words[this.next++];
      if (!value) {
        this.fail(
          word,
          'option-missing',
          `${word.text} needs ${option.arity === 1 ? 'a value' : 'two values'}`,
        );
        return;
      }
      values.push(value);
    }
    const lack = option.after?.find((other) => !use.given[other]);
    if (lack) {
      const name = use.extension?.options[lack]?.names[0];
      this.fail(word, 'option-needs', `${word.text} must come after --${name}`);
    }
    if (use.given[key] && !option.repeatable)
      this.fail(word, 'option-conflict', `${word.text} is given twice`);
    const [first = word] = values;
    const at = { start: first.start, end: values.at(-1)?.end ?? word.end };
    use.places[key] = { start: word.start, end: at.end };
    const given = this.attempt(at, () => ({
      value: option.read(
        values.map((value) => value.text),
        this.context(),
      ),
    }));
    if (!given) return;
    const value = option.separates ? this.separate(use, key, option.separates) : given.value;
    use.given[key] = { value, negated };
  }

  /** Takes away what the options have that this one ends, and adds it to what was ended before. */
  private separate(use: Use, key: string, ended: readonly string[]): unknown[] {
    const part: Record<string, unknown> = {};
    for (const other of ended) {
      if (use.given[other]) part[other] = use.given[other];
      delete use.given[other];
    }
    return [...((use.given[key]?.value as unknown[] | undefined) ?? []), part];
  }

  private context(): Context {
    const { family, backend, table } = this.settings;
    return { family, backend, table, protocol: this.protocol.number, protocolNegated: this.protocol.negated };
  }

  private finish(): Command | null {
    if (!this.command) {
      if (!this.failed)
        this.fail(
          this.words[0] ?? { start: 0, end: 0 },
          'dump-syntax',
          'the line has no command',
          '-A CHAIN',
        );
      return null;
    }
    const { letter, chain, argument } = this.command;
    const built = this.matchUses.flatMap((use) => this.build(use) ?? []) as Match[];
    const matches = this.settings.backend === 'nft' ? mergeTransports(built) : built;
    this.checkPlace();
    const target = this.target();
    const lack = this.jump?.use?.extension?.lacks?.(matches, this.settings.backend);
    if (lack && this.jump) this.fail(this.jump.word, 'option-needs', lack);
    if (this.failed) return null;
    return {
      letter,
      chain,
      argument,
      rules: this.combinations().map((base) => ({ matches: [...base, ...matches], target })),
      jump: this.jump && !this.jump.use ? this.jump.word : undefined,
      counters: this.counters,
    };
  }

  /** A jump must lead to a chain that is there already, and that no hook begins with. */
  private checkJump(word: Word, returns: boolean): void {
    const { settings } = this;
    const { text } = word;
    if (returns && isVerdict(text)) return;
    if (isBuiltIn(settings.table, text)) {
      this.fail(word, 'chain-missing', `${text} is a built-in chain: no rule can jump to it`);
    } else if (!settings.isChain(text)) {
      this.fail(word, 'chain-missing', `there is no chain '${text}' in table ${settings.table}`);
    }
  }

  /** What the command refuses by the names of chains and tables, before the kernel sees it. */
  private checkPlace(): void {
    const chain = this.command?.chain?.text;
    const inward = chain === 'PREROUTING' || chain === 'INPUT';
    const outward = chain === 'POSTROUTING' || chain === 'OUTPUT';
    const wrong =
      inward && this.base.has('out-interface') ? '-o' : outward && this.base.has('in-interface') ? '-i' : '';
    if (wrong) this.fail(this.words[0] as Word, 'target-place', `${wrong} cannot be used in ${chain}`);
    const { jump } = this;
    if (jump && !jump.use) this.checkJump(jump.word, jump.returns);
    if (jump?.word.text === 'DROP' && this.settings.table === 'nat') {
      this.fail(jump.word, 'target-place', 'nat is not for filtering: DROP is refused there');
    }
  }

  /** What an extension makes of its options, once it is sure that they go together. */
  private build(use: Use): Match | Target | undefined {
    const { extension } = use;
    if (!extension) return { kind: 'other', name: use.name, words: use.words, understood: false };
    const { given } = use;
    for (const key in extension.options) {
      const option: Option<unknown> | undefined = extension.options[key];
      const one = given[key];
      if (!one) {
        if (option?.required && !use.places[key])
          this.fail(use, 'option-missing', `${use.name} needs --${option.names[0]}`);
        continue;
      }
      const name = `--${option?.names[0]}`;
      const at = use.places[key] ?? use;
      const clash = option?.excludes?.find((other) => other in given && other !== key);
      if (clash)
        this.fail(
          at,
          'option-conflict',
          `${name} and --${extension.options[clash]?.names[0]} exclude each other`,
        );
      const lack = option?.needs?.find((other) => !(other in given));
      if (lack) this.fail(at, 'option-needs', `${name} needs --${extension.options[lack]?.names[0]}`);
    }
    if (this.failed) return undefined;
    return this.attempt(use, () => extension.build(given, this.context()) as Match | Target);
  }

  private target(): Target | null {
    if (!this.jump) return null;
    const { word, returns, use } = this.jump;
    if (use) return (this.build(use) as Target | undefined) ?? null;
    const { text } = word;
    if (returns && isVerdict(text)) return { kind: 'verdict', verdict: text };
    return { kind: 'jump', chain: text, returns };
  }

  /** The base matches in their order; several lists where an option named several addresses. */
  private combinations(): (readonly Match[])[] {
    let lists: (readonly Match[])[] = [[]];
    for (const key of baseKeys) {
      const choices = this.base.get(key);
      if (!choices) continue;
      lists = lists.flatMap((list) => choices.map((choice) => (choice ? [...list, choice] : list)));
    }
    return lists;
  }
}

const verdicts: ReadonlySet<string> = new Set(['ACCEPT', 'DROP', 'RETURN']);

export function isVerdict(name: string): name is 'ACCEPT' | 'DROP' | 'RETURN' {
  return verdicts.has(name);
}

/** The long names of the base matches, in the order in which they are printed. */
const baseKeys = baseMatchKinds.map((kind) => (kind === 'fragment' ? 'fragments' : kind));
