import type { Match, ProtocolMatch } from '../rule/match.ts';
import type { Target } from '../rule/target.ts';

export type Part = Match | Target | null;

const blank = 32;
const dash = 45;
const bang = 33;
const quote = 34;
const backslash = 92;

/**
 * A part of a line up to its one value, as ` -s ` or ` -m comment --comment "`, and what the value that came last has
 * become: neighbours often have the same.
 */
export class Form {
  readonly prefix: string;
  /** Where a base option's match stands among the others; -1 for `-m`, -2 for `-j`. */
  readonly slot: number;
  /** The form that followed last time. */
  follower: Form | undefined;
  private readonly quoted: boolean;
  private readonly make: (value: string, protocol: ProtocolMatch | undefined) => Part | undefined;
  private text = '';
  private protocol: ProtocolMatch | undefined;
  private part: Part | undefined;

  /** `make` gives undefined where the value is refused. The prefix ends with the quote where the value stands in quotes. */
  constructor(
    prefix: string,
    slot: number,
    make: (value: string, protocol: ProtocolMatch | undefined) => Part | undefined,
  ) {
    this.prefix = prefix;
    this.slot = slot;
    this.quoted = prefix.charCodeAt(prefix.length - 1) === quote;
    this.make = make;
  }

  /** Where the part ends that begins at `at` with the prefix; -1 where it does not end with its value. */
  endOf(text: string, at: number, end: number): number {
    const from = at + this.prefix.length;
    if (!this.quoted) {
      return text.charCodeAt(from) === quote ? -1 : partEnd(text, wordEnd(text, from, end), end);
    }
    const close = text.indexOf('"', from);
    return close === -1 || close >= end ? -1 : partEnd(text, close + 1, end);
  }

  /** What the part from `at` to `end` means after that `-p`; undefined where that is not known. */
  read(text: string, at: number, end: number, protocol: ProtocolMatch | undefined): Part | undefined {
    const from = at + this.prefix.length;
    const isSame = end - from === this.text.length && this.protocol === protocol;
    if (isSame && text.startsWith(this.text, from)) return this.part;
    const value = text.slice(from, end);
    const bare = this.quoted ? value.slice(0, -1) : value;
    this.part = this.accepts(bare) ? this.make(bare, protocol) : undefined;
    this.text = value;
    this.protocol = protocol;
    return this.part;
  }

  private accepts(value: string): boolean {
    return this.quoted ? !/["\\]/.test(value) : isPlain(value);
  }
}

/** Values that need no thought: no quotes, blanks or signs of options in them. */
function isPlain(value: string): boolean {
  return /^[\w.:/+[][\w.:/+,[\]-]*$/.test(value);
}

export function wordEnd(text: string, from: number, end: number): number {
  const stop = text.indexOf(' ', from);
  return stop === -1 || stop > end ? end : stop;
}

/** `at` where a part can end: at the end of the line, or before a short option, perhaps with its `!`. Else -1. */
function partEnd(text: string, at: number, end: number): number {
  return at === end || isShortOption(text, at) ? at : -1;
}

function isShortOption(text: string, at: number): boolean {
  if (text.charCodeAt(at) !== blank) return false;
  const flag = text.charCodeAt(at + 1) === bang ? at + 3 : at + 1;
  return text.charCodeAt(flag) === dash && text.charCodeAt(flag + 1) !== dash;
}

/** Where the options of `-m NAME` end: before a short option, perhaps with its `!`. -1 where a quote is unusual. */
export function groupEnd(text: string, from: number, end: number): number {
  let at = wordEnd(text, from, end);
  while (at < end && !isShortOption(text, at)) {
    if (text.charCodeAt(at + 1) === quote) {
      const close = text.indexOf('"', at + 2);
      if (close === -1 || close >= end || text.charCodeAt(close - 1) === backslash) return -1;
      if (close + 1 < end && text.charCodeAt(close + 1) !== blank) return -1;
      at = close + 1;
    } else at = wordEnd(text, at + 1, end);
  }
  return at;
}
