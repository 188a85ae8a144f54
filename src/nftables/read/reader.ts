import { type Expected, want } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import type { Source, Span } from '../../text/source.ts';
import type { Thing } from '../../text/things.ts';
import type { NftFamily, NftRule, NftSet, Place } from '../model.ts';
import type { Statement } from '../statement.ts';
import { NftSyntaxError } from './error.ts';
import type { Molds } from './molds.ts';
import { reserved } from './reserved.ts';
import { Scanner } from './scanner.ts';

/** A definition: the text that stands for `$NAME`, read anew wherever it is used. */
interface Definition {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** What a rule says, wherever it stands. */
export interface RuleBody {
  readonly statements: readonly Statement[];
  readonly comment?: string;
  /** What it says of the network, of which what follows may be. */
  readonly network: 'ip' | 'ip6' | undefined;
}

/** How deep definitions may stand in each other. */
const deepest = 32;

export interface Reading {
  readonly start?: number;
  readonly end?: number;
  readonly leavesRules?: boolean;
}

/** Reads tokens, and knows what was defined so far. */
export class Reader {
  scanner: Scanner;
  family: NftFamily = 'ip';
  /** The name of the table that a rule is of. */
  table = '';
  /** The network protocol that a rule is about, as far as it said. */
  network: 'ip' | 'ip6' | undefined;
  readonly problems: Problem[] = [];
  /** Named sets, by family, table and name: their types say how elements are read. */
  readonly sets = new Map<string, Pick<NftSet, 'key' | 'data'>>();
  /** What rules of a family look like that were read. */
  rules = new Map<NftFamily, Molds<RuleBody>>();
  /** Whether rules that are like others are left for whoever asks for them. */
  readonly leavesRules: boolean;
  private readonly definitions: Map<string, Definition>[] = [new Map()];
  /** Where the token before this one ended. */
  lastEnd = 0;
  private depth = 0;
  /** How many chains rules hold so far: the kernel numbers them, too. */
  heldChains = 0;
  /** Those whose commands are still to be made. */
  readonly held: { readonly name: string; readonly rules: readonly NftRule[] }[] = [];
  /** Whether it reads the rules of such a chain. */
  isHeld = false;

  private readonly main: Source;

  /** From `start` to `end` of the text. */
  constructor(source: Source, { start, end, leavesRules = false }: Reading = {}) {
    this.main = source;
    this.leavesRules = leavesRules;
    this.scanner = new Scanner(source, start, end);
  }

  /** Whether it reads the text itself, and none that is included or defined. */
  get isInMain(): boolean {
    return this.scanner.source === this.main && this.depth === 0;
  }

  get value(): string {
    return this.scanner.value;
  }

  /** Past anything but a quote that none closes: what follows that is not known. */
  next(): void {
    if (this.scanner.kind === 'open') this.refuse(`unexpected ${this.describe()}`);
    this.lastEnd = this.scanner.end;
    this.scanner.next();
  }

  /** Whether the token is this word or mark; a string between quotes is none. */
  is(text: string): boolean {
    const { kind } = this.scanner;
    return kind !== 'string' && this.scanner.value === text;
  }

  isMark(text: string): boolean {
    return this.scanner.kind === 'mark' && this.scanner.value === text;
  }

  /** Goes on where the token is this word or mark. */
  take(text: string): boolean {
    if (!this.is(text)) return false;
    this.next();
    return true;
  }

  takeMark(text: string): boolean {
    if (!this.isMark(text)) return false;
    this.next();
    return true;
  }

  /** The text that follows the token. */
  ahead(length = 8): string {
    const { source, end } = this.scanner;
    return source.text.slice(end, end + length);
  }

  /** The first of the words that the token is. */
  takeOneOf<T extends string>(words: readonly T[]): T | undefined {
    const found = words.find((word) => this.is(word));
    if (found !== undefined) this.next();
    return found;
  }

  expect(text: string): void {
    if (!this.take(text)) this.refuse(`unexpected ${this.describe()}`, want.written(text));
  }

  /** Goes past a text that was read otherwise. */
  jump(end: number): void {
    this.lastEnd = end;
    this.scanner.jump(end);
  }

  /** A name: of a table, chain, set or object. */
  name(what: Thing): string {
    const { kind } = this.scanner;
    if (kind === 'mark' && this.value === '$') return this.definedName(what);
    if (kind !== 'word' && kind !== 'string') this.refuse(`unexpected ${this.describe()}`, want.thing(what));
    if (kind === 'word' && reserved.has(this.value))
      this.refuse(`${this.value} is a word of nft's own`, want.thing(what));
    return this.takeValue();
  }

  private definedName(what: Thing): string {
    return this.within(() => this.name(what));
  }

  /** The text of a string or word, gone past. */
  takeValue(): string {
    const { value } = this.scanner;
    this.next();
    return value;
  }

  number(what: Thing): number {
    if (this.isMark('$')) return this.within(() => this.number(what));
    if (this.scanner.kind !== 'number') this.refuse(`unexpected ${this.describe()}`, want.thing(what));
    return Number(this.takeValue());
  }

  skipNewlines(): void {
    while (this.scanner.kind === 'newline') this.scanner.next();
  }

  isSeparator(): boolean {
    const { kind } = this.scanner;
    return kind === 'newline' || kind === 'end' || (kind === 'mark' && this.scanner.value === ';');
  }

  /** As nft wants it after most parts of a block: even before the brace that closes the block. */
  expectSeparator(): void {
    if (!this.isSeparator()) this.refuse(`unexpected ${this.describe()}`, want.thing('end-of-line'));
  }

  skipSeparators(): void {
    while (this.scanner.kind !== 'end' && this.isSeparator()) this.scanner.next();
  }

  /** The place from there to the end of what was read last. */
  since(start: number): Place {
    return this.placed(start, this.lastEnd);
  }

  /** In an included file the place names the file. */
  placed(start: number, end: number): Place {
    const { source } = this.scanner;
    return source === this.main ? { start, end } : { start, end, source };
  }

  describe(): string {
    const { kind } = this.scanner;
    if (kind === 'end') return 'end of the text';
    if (kind === 'newline') return 'end of the line';
    return kind === 'string' ? `"${this.value}"` : this.value;
  }

  refuse(message: string, expected?: Expected, span?: Span): never {
    if (!span && this.scanner.kind === 'open')
      throw new NftSyntaxError('a string has no end', this.scanner.span, want.thing('double-quote'));
    throw new NftSyntaxError(message, span ?? this.scanner.span, expected);
  }

  /** Opens a scope of definitions, as each block of a table and chain is one. */
  scoped<T>(read: () => T): T {
    this.definitions.push(new Map());
    try {
      return read();
    } finally {
      this.definitions.pop();
    }
  }

  define(name: string, definition: Definition, isNew: boolean): void {
    const own = this.definitions.at(-1) as Map<string, Definition>;
    if (isNew && own.has(name)) this.refuse(`${name} is defined twice`, want.written('redefine'));
    own.set(name, definition);
  }

  undefine(name: string): void {
    if (!this.definitions.at(-1)?.delete(name)) this.refuse(`${name} is not defined`);
  }

  /** Reads another text in between. */
  inside(source: Source, read: () => void): void {
    const outer = this.scanner;
    this.scanner = new Scanner(source);
    try {
      read();
    } finally {
      this.scanner = outer;
    }
  }

  /** Whether the elements that follow are those of a map: then each has data after a colon that stands by itself. */
  mapsElements(): boolean {
    return /^[^}]*\s:\s/.test(this.ahead(400));
  }

  /** Whether the name at which the text stands (`$NAME`) was defined as a set. */
  standsForSet(): boolean {
    const name = /^\$\s*([\w/.-]+)/.exec(
      this.scanner.source.text.slice(this.scanner.start, this.scanner.start + 200),
    )?.[1];
    const definition = this.definitions.findLast((scope) => scope.has(name ?? ''))?.get(name ?? '');
    return (
      definition !== undefined &&
      /^[\s\\]*[{$]/.test(definition.source.text.slice(definition.start, definition.end)) &&
      this.leadsToSet(definition)
    );
  }

  private leadsToSet(definition: Definition): boolean {
    const outer = this.scanner;
    this.scanner = new Scanner(definition.source, definition.start, definition.end);
    try {
      return this.isMark('{') || (this.isMark('$') && this.standsForSet());
    } finally {
      this.scanner = outer;
    }
  }

  /** At `$NAME`: reads what the name stands for, which must be all of it. */
  within<T>(read: () => T): T {
    this.expect('$');
    const { span } = this.scanner;
    const name = this.takeValue();
    const definition = this.definitions.findLast((scope) => scope.has(name))?.get(name);
    if (!definition) this.refuse(`unknown identifier ${name}`, want.thing('defined-name'), span);
    if (this.depth >= deepest) this.refuse(`${name} is defined by itself`, undefined, span);
    const outer = this.scanner;
    this.scanner = new Scanner(definition.source, definition.start, definition.end);
    this.depth += 1;
    try {
      const result = read();
      if (this.scanner.kind !== 'end') this.refuse(`unexpected ${this.describe()}`);
      return result;
    } finally {
      this.scanner = outer;
      this.lastEnd = outer.start;
      this.depth -= 1;
    }
  }
}
