import type { Source, Span } from '../../text/source.ts';

/**
 * What a token is. Words begin with a letter and may hold slashes, dots and dashes, as nft's do; a number, an address of IPv4, an address of IPv6
 * or of Ethernet, and a time (`1h30m`) begin with a digit or a colon. Marks are told by their text. A quote that none closes is `open`.
 */
export type TokenKind =
  | 'word'
  | 'number'
  | 'ip4'
  | 'colons'
  | 'time'
  | 'string'
  | 'open'
  | 'mark'
  | 'newline'
  | 'end';

// By character codes: letters and digits 1 and 2, other characters of words 4, hexadecimal digits 8.
const letter = 1;
const digit = 2;
const inner = 4;
const hexadecimal = 8;
const classes = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  let own = /[0-9a-fA-F]/.test(character) ? hexadecimal : 0;
  if (/[a-zA-Z]/.test(character)) own |= letter | inner;
  if (/[0-9]/.test(character)) own |= digit | inner;
  return /[/\-_.*\\]/.test(character) ? own | inner : own;
});
const classOf = (code: number) => (code < 128 ? (classes[code] as number) : 0);

const tab = 9;
const newline = 10;
const carriageReturn = 13;
const blank = 32;
const hash = 35;
const quote = 34;
const dot = 46;
const colon = 58;
const star = 42;
const backslash = 92;

const twoCharacters: ReadonlySet<string> = new Set(['!=', '==', '<=', '>=', '<<', '>>', '&&']);
const addressOfColons = /[0-9a-fA-F]*(?::[0-9a-fA-F]*){2,}(?:(?<=:[0-9]{1,3})(?:\.[0-9]{1,3}){3})?/y;
const timeText = /^(?:\d+(?:ms|[dhms]))+$/;
const digitWord = /^8021(?:q|ad)$/;

/** Cuts a text into nft's tokens, one at a time. */
export class Scanner {
  kind: TokenKind = 'newline';
  start = 0;
  end = 0;
  /** The handle that a comment before the token told (`# handle 4`). */
  handle: number | undefined;
  readonly source: Source;
  private readonly text: string;
  private readonly limit: number;
  private cached: string | null = null;

  constructor(source: Source, start = 0, limit = source.text.length) {
    this.source = source;
    this.text = source.text;
    this.limit = limit;
    this.end = start;
    this.next();
  }

  /** The text of the token; of a string without its quotes. */
  get value(): string {
    if (this.cached === null) {
      this.cached =
        this.kind === 'string'
          ? this.text.slice(this.start + 1, this.end - 1)
          : this.text.slice(this.start, this.end);
    }
    return this.cached;
  }

  get span(): Span {
    return { source: this.source, start: this.start, end: Math.max(this.end, this.start + 1) };
  }

  /** Goes on to the next token. */
  next(): void {
    this.cached = null;
    this.start = this.skipBlanks(this.end);
    if (this.start >= this.limit) {
      this.kind = 'end';
      this.start = this.limit;
      this.end = this.limit;
      return;
    }
    const code = this.text.charCodeAt(this.start);
    const own = classOf(code);
    if (own & letter || (code === backslash && this.text.charCodeAt(this.start + 1) === star))
      this.scanWord();
    else if (own & digit) this.scanNumber();
    else if (code === newline) this.take('newline', this.start + 1);
    else if (code === quote) this.scanString();
    else if (code === colon && this.scanColons()) return;
    else this.scanMark();
  }

  /** Goes on to the token that follows a place. */
  jump(end: number): void {
    this.end = end;
    this.next();
  }

  /** Ends the token after so many characters of it. */
  cut(length: number): void {
    this.end = this.start + length;
    this.cached = null;
  }

  private take(kind: TokenKind, end: number): void {
    this.kind = kind;
    this.end = end;
  }

  private skipBlanks(from: number): number {
    const { text, limit } = this;
    let at = from;
    while (at < limit) {
      const code = text.charCodeAt(at);
      if (code === blank || code === tab || code === carriageReturn) at += 1;
      else if (code === hash) at = this.skipComment(at);
      else if (code === backslash && text.charCodeAt(at + 1) === newline) at += 2;
      else if (code === backslash && text.startsWith('\r\n', at + 1)) at += 3;
      else break;
    }
    return at;
  }

  private skipComment(at: number): number {
    const end = this.text.indexOf('\n', at);
    const stop = end === -1 || end > this.limit ? this.limit : end;
    const handle = /^# handle (\d+)/.exec(this.text.slice(at, Math.min(stop, at + 40)));
    if (handle) this.handle = Number(handle[1]);
    return stop;
  }

  private scanWord(): void {
    if (classOf(this.text.charCodeAt(this.start)) & hexadecimal && this.scanColons()) return;
    let at = this.start + 1;
    while (at < this.limit && classOf(this.text.charCodeAt(at)) & inner) {
      // A backslash at the end of a line continues it.
      if (this.text.charCodeAt(at) === backslash && this.text.charCodeAt(at + 1) !== star) break;
      at += 1;
    }
    this.take('word', at);
  }

  /** An address with colons, where one stands here. */
  private scanColons(): boolean {
    const { text } = this;
    let at = this.start;
    while (at < this.start + 5 && classOf(text.charCodeAt(at)) & hexadecimal) at += 1;
    if (text.charCodeAt(at) !== colon) return false;
    addressOfColons.lastIndex = this.start;
    const found = addressOfColons.exec(text);
    if (!found || found[0].length < 2) return false;
    this.take('colons', this.start + found[0].length);
    return true;
  }

  private scanNumber(): void {
    const { text } = this;
    if (this.scanColons()) return;
    let at = this.start + 1;
    while (classOf(text.charCodeAt(at)) & digit) at += 1;
    const code = text.charCodeAt(at);
    if (code === dot && classOf(text.charCodeAt(at + 1)) & digit) {
      while (classOf(text.charCodeAt(at)) & digit || text.charCodeAt(at) === dot) at += 1;
      this.take('ip4', text.charCodeAt(at - 1) === dot ? at - 1 : at);
      return;
    }
    if (classOf(code) & letter) this.scanUnit(at);
    else this.take('number', at);
  }

  /** What follows digits immediately: a hexadecimal number, a time, or a word of its own. */
  private scanUnit(digits: number): void {
    let at = digits;
    while (classOf(this.text.charCodeAt(at)) & (letter | digit)) at += 1;
    const text = this.text.slice(this.start, at);
    if (/^0[xX][0-9a-fA-F]+$/.test(text)) this.take('number', at);
    else if (timeText.test(text)) this.take('time', at);
    else if (digitWord.test(text)) this.take('word', at);
    else this.take('number', digits);
  }

  private scanString(): void {
    const end = this.text.indexOf('"', this.start + 1);
    if (end === -1 || end >= this.limit) this.take('open', this.start + 1);
    else this.take('string', end + 1);
  }

  private scanMark(): void {
    const two = this.text.slice(this.start, this.start + 2);
    this.take('mark', this.start + (twoCharacters.has(two) ? 2 : 1));
  }
}
