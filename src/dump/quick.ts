import type { Match } from '../rule/match.ts';
import { findTarget } from '../rule/options.ts';
import { isBuiltIn, type Rule } from '../rule/ruleset.ts';
import type { Target } from '../rule/target.ts';
import { decodeBase, decodePart, type Settings } from './decode.ts';
import { scanWords } from './scan.ts';
import { fill, type Shape, shapeOf } from './shape.ts';

/** More entries than this are forgotten: a dump repeats itself nearby, and memory is dear in a large one. */
const mostEntries = 4096;

const blank = 32;
const dash = 45;
const bang = 33;
const quote = 34;
const backslash = 92;

/** The base options in the order of their matches. */
const baseLetters = 'sdiop';

/**
 * Reads `-A` lines by parts: a base option with its value, `-m NAME` with its options, `-j NAME` with its options. A
 * part that was seen before need not be read again; and each part is read by `decode`'s own code, so that a line read
 * in parts is the line read as a whole. Whatever could make a difference is left to `decode`.
 */
export class QuickReader {
  private readonly settings: Settings;
  private readonly bases = new Map<string, Match | null | undefined>();
  /** By the `-p` before them, then by their text. */
  private readonly parts = new Map<string, Parts>();
  private readonly shapes = new Map<string, Shape | null>();
  private readonly slots: (Match | null | undefined)[] = [];
  private chain = '';
  /** Of the chain of the rule that was read last. */
  private rules: Rule[] | undefined;
  private text = '';
  private end = 0;

  private readonly rulesOf: (chain: string) => Rule[];

  /** `rulesOf` gives the rules of a chain that is there, to which what is read is added. */
  constructor(settings: Settings, rulesOf: (chain: string) => Rule[]) {
    this.settings = settings;
    this.rulesOf = rulesOf;
  }

  /**
   * Adds the rule of the line from `start` to `end` of the text to its chain; false where the line is not as
   * iptables-save spells it, and `decode` has to say.
   */
  read(text: string, start: number, end: number): boolean {
    if (!text.startsWith('-A ', start)) return false;
    this.text = text;
    this.end = end;
    const known = start + 3 + this.chain.length;
    const isKnown = text.charCodeAt(known) === blank && text.startsWith(this.chain, start + 3);
    const isSame = isKnown && known < end && this.chain !== '';
    const chainEnd = isSame ? known : this.wordEnd(start + 3);
    if (!isSame && !this.enter(text.slice(start + 3, chainEnd))) return false;
    const rule = this.readParts(start, chainEnd);
    if (!rule) return false;
    this.rules ??= this.rulesOf(this.chain);
    this.rules.push(rule);
    return true;
  }

  /** To be called when chains came or went otherwise. */
  forget(): void {
    this.chain = '';
  }

  private enter(chain: string): boolean {
    if (!/^\w[\w-]*$/.test(chain) || !this.settings.isChain(chain)) return false;
    this.chain = chain;
    this.rules = undefined;
    return true;
  }

  private readParts(start: number, from: number): Rule | undefined {
    const { text, end, slots } = this;
    slots.fill(undefined);
    const groups: string[] = [];
    let protocol = '';
    let target: Target | null = null;
    let at = from;
    while (at < end) {
      const negated = text.charCodeAt(at + 1) === bang && text.charCodeAt(at + 2) === blank ? 2 : 0;
      const flag = at + negated + 1;
      if (text.charCodeAt(flag) !== dash || text.charCodeAt(flag + 2) !== blank) return undefined;
      const letter = text[flag + 1] as string;
      const slot = baseLetters.indexOf(letter);
      if (slot !== -1) {
        const stop = this.wordEnd(flag + 3);
        const part = text.slice(at, stop);
        const match = slots[slot] === undefined ? this.base(part, letter, negated > 0) : undefined;
        if (match === undefined) return undefined;
        slots[slot] = match;
        if (letter === 'p') {
          if (groups.some(mayReadProtocol)) return undefined;
          protocol = part;
        }
        at = stop;
      } else if (letter === 'm' && negated === 0) {
        const stop = this.groupEnd(flag + 3);
        if (stop === -1) return undefined;
        groups.push(text.slice(at, stop));
        at = stop;
      } else if (letter === 'j' && negated === 0) {
        const found = this.target(text.slice(at, end), flag + 3, protocol);
        if (!found) return undefined;
        target = found;
        at = end;
      } else return undefined;
    }
    if (this.isMisplaced()) return undefined;
    const matches = this.matches(groups, protocol);
    return matches && { matches, target, at: start };
  }

  private isMisplaced(): boolean {
    const { slots, chain } = this;
    const hasInterface = (slots[2] ?? null) !== null || (slots[3] ?? null) !== null;
    return (
      (hasInterface || slots[2] === null || slots[3] === null) &&
      /^(?:PREROUTING|INPUT|OUTPUT|POSTROUTING)$/.test(chain)
    );
  }

  private matches(groups: readonly string[], protocol: string): Match[] | undefined {
    const matches: Match[] = [];
    for (const match of this.slots) if (match) matches.push(match);
    let transports = 0;
    for (const group of groups) {
      const found = this.group(group, protocol);
      if (!found) return undefined;
      for (const match of found) {
        if (match.kind === 'tcp' || match.kind === 'udp') transports += 1;
        matches.push(match);
      }
    }
    return transports > 1 ? undefined : matches;
  }

  private base(part: string, letter: string, negated: boolean): Match | null | undefined {
    const known = this.bases.get(part);
    if (known !== undefined || this.bases.has(part)) return known;
    const value = part.slice(negated ? 6 : 4);
    const match = isPlain(value) ? decodeBase(letter, value, negated, this.settings) : undefined;
    return remember(this.bases, part, match);
  }

  /** ` -m NAME --option value …`, with the `-p` before it. */
  private group(part: string, protocol: string): readonly Match[] | undefined {
    const parts = this.partsAfter(protocol);
    const known = parts.get(part);
    if (known !== undefined || parts.has(part)) return known as readonly Match[] | undefined;
    const filled = this.filled(part, protocol) as Match | undefined;
    if (filled) return remember(parts, part, [filled]) as readonly Match[];
    const words = scanWords(part, 0, part.length, 0);
    const read = words && decodePart(words, this.protocolOf(protocol), this.settings);
    return remember(parts, part, read?.matches) as readonly Match[] | undefined;
  }

  /** A part with one value, by the shape that it shares with others. */
  private filled(part: string, protocol: string): Match | Target | undefined {
    const isQuoted = part.endsWith('"');
    const cut = isQuoted ? part.indexOf(' "') : part.lastIndexOf(' ');
    if (cut === -1) return undefined;
    const value = isQuoted ? part.slice(cut + 2, -1) : part.slice(cut + 1);
    if (isQuoted ? /["\\]/.test(value) : !isPlain(value)) return undefined;
    const prefix = part.slice(0, cut);
    let shape = this.shapes.get(prefix);
    if (shape === undefined) shape = remember(this.shapes, prefix, shapeOf(prefix, this.settings.family));
    if (!shape) return undefined;
    const match = this.protocolOf(protocol);
    const { family, backend, table } = this.settings;
    const context = {
      family,
      backend,
      table,
      protocol: match?.protocol ?? 0,
      protocolNegated: match?.negated ?? false,
    };
    return fill(shape, value, context);
  }

  private partsAfter(protocol: string): Parts {
    const known = this.parts.get(protocol);
    if (known) return known;
    const parts: Parts = new Map();
    this.parts.set(protocol, parts);
    return parts;
  }

  private protocolOf(part: string) {
    const match = part === '' ? undefined : this.bases.get(part);
    return match?.kind === 'protocol' ? match : undefined;
  }

  /** ` -j NAME --option value …`: a chain, a verdict, or a target with its options. */
  private target(part: string, nameStart: number, protocol: string): Target | undefined {
    const { text, end, settings } = this;
    const nameEnd = this.wordEnd(nameStart);
    const name = text.slice(nameStart, nameEnd);
    const chain = settings.chainName(name);
    if (chain !== undefined && nameEnd === end && !isBuiltIn(settings.table, name))
      return { kind: 'jump', chain, returns: true };
    if (settings.isChain(name) || (name === 'DROP' && settings.table === 'nat')) return undefined;
    const parts = this.partsAfter(protocol);
    const known = parts.get(part);
    if (known !== undefined || parts.has(part)) return known as Target | undefined;
    const filled = this.filled(part, protocol) as Target | undefined;
    if (filled) return remember(parts, part, filled) as Target;
    const extension = findTarget(name, settings.family);
    const words = extension?.lacks ? undefined : scanWords(part, 0, part.length, 0);
    const read = words && decodePart(words, this.protocolOf(protocol), settings);
    // No chain has this name now; one that comes later is no target of this rule.
    const target = read?.target?.kind === 'jump' ? undefined : read?.target;
    return remember(parts, part, target ?? undefined) as Target | undefined;
  }

  private wordEnd(from: number): number {
    const stop = this.text.indexOf(' ', from);
    return stop === -1 || stop > this.end ? this.end : stop;
  }

  /** Where the options of `-m NAME` end: before a short option, perhaps with its `!`. -1 where a quote is unusual. */
  private groupEnd(from: number): number {
    const { text, end } = this;
    let at = this.wordEnd(from);
    while (at < end) {
      const code = text.charCodeAt(at + 1);
      if (code === dash && text.charCodeAt(at + 2) !== dash) return at;
      if (code === bang && text.charCodeAt(at + 3) === dash && text.charCodeAt(at + 4) !== dash) return at;
      if (code === quote) {
        const close = text.indexOf('"', at + 2);
        if (close === -1 || close >= end || text.charCodeAt(close - 1) === backslash) return -1;
        if (close + 1 < end && text.charCodeAt(close + 1) !== blank) return -1;
        at = close + 1;
      } else at = this.wordEnd(at + 1);
    }
    return at;
  }
}

type Parts = Map<string, readonly Match[] | Target | undefined>;

/** Values that need no thought: no quotes, lists, blanks or signs of options in them. */
function isPlain(value: string): boolean {
  return /^[\w.:/+][\w.:/+-]*$/.test(value);
}

/** Whether what stands before `-p` could be read otherwise after it. */
function mayReadProtocol(group: string): boolean {
  return group.startsWith(' -m multiport') || /^ -m (?:tcp|sctp) ./.test(group);
}

function remember<V>(map: Map<string, V>, key: string, value: V): V {
  if (map.size >= mostEntries) map.clear();
  map.set(key, value);
  return value;
}
