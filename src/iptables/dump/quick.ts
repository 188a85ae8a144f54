import type { Match, ProtocolMatch } from '../rule/match.ts';
import { findTarget } from '../rule/options.ts';
import { isBuiltIn, type Rule } from '../rule/ruleset.ts';
import type { Target } from '../rule/target.ts';
import type { Settings } from './command.ts';
import { Form, groupEnd, wordEnd } from './form.ts';
import { everyHook, hooksOf, placedMatch, placedTarget } from './hooks.ts';
import { Parts } from './parts.ts';
import { isReserved } from './place.ts';
import type { Draft, TableBuilder } from './table.ts';

/** So many forms are tried one after the other before one is looked up. */
const mostForms = 12;

const blank = 32;
const dash = 45;
const colon = 58;

const declarationEnd = ' - [0:0]';

const protocolSlot = 4;
const matchSlot = -1;
const jumpSlot = -2;

/**
 * Reads `-A` lines by parts: a base option with its value, `-m NAME` with its options, `-j NAME` with its options. What
 * a part means was mostly learnt from one before; and each part is read by `decode`'s own code, so that a line read in
 * parts is the line read as a whole. Whatever could make a difference is left to `decode`.
 */
export class QuickReader {
  private readonly settings: Settings;
  private readonly table: TableBuilder;
  private readonly base: number;
  private readonly parts: Parts;
  /** Those that came last, the most usual first. */
  private readonly usual: Form[] = [];
  /** The chain of the rule that was read last, and the rules of its block that it does not have yet. */
  private chain: Draft | undefined;
  private readonly block: Rule[] = [];
  /** What was read last, which says what will come. */
  private last = new Form('', matchSlot, () => undefined);
  private count = 0;
  /** The chain to which the rule jumps that jumped last. */
  private jumped: Draft | undefined;
  /** Where the rules of the block jump, and the bits of the hooks at which all of them can stand. */
  private readonly next: Draft[] = [];
  private hooks = everyHook;
  private single: Draft[] = [];

  private text = '';
  private end = 0;
  private readonly slots: (Match | null | undefined)[] = [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ];
  private readonly others: Match[] = [];
  private otherCount = 0;
  private transports = 0;
  private readonly row: Match[] = [];
  private target: Target | null = null;
  /** Where the next `-p` was found, and from where it was looked for. */
  private late = { text: '', from: 0, at: 0 };
  private protocol: ProtocolMatch | undefined;

  /** Reads rules into chains of the table, from a text that begins at `base` of the dump. */
  constructor(settings: Settings, table: TableBuilder, base = 0) {
    this.settings = settings;
    this.base = base;
    this.parts = new Parts(settings);
    this.table = table;
  }

  /**
   * Takes the line from `start` to `end` of the text for a rule of its chain; false where the line is not as
   * iptables-save spells it, and `decode` has to say.
   */
  read(text: string, start: number, end: number): boolean {
    this.text = text;
    this.end = end;
    if (text.charCodeAt(start) === colon) return this.declare(start);
    if (!text.startsWith('-A ', start)) return false;
    const from = this.enter(start + 3);
    if (from === -1 || !this.readRule(from)) return false;
    this.block[this.count] = { matches: this.matches(), target: this.target, at: this.base + start };
    this.count += 1;
    this.note();
    return true;
  }

  /** `:NAME - [0:0]`, where the chain is new. */
  private declare(start: number): boolean {
    const { text, end, table } = this;
    const nameEnd = end - declarationEnd.length;
    if (!text.startsWith(declarationEnd, nameEnd)) return false;
    const name = text.slice(start + 1, nameEnd);
    return /^\w[\w-]{0,27}$/.test(name) && !isReserved(name) && table.declareNew(name);
  }

  /** Notes of the rule what the check at COMMIT has to know, while all of it is at hand. */
  private note(): void {
    const { next, jumped, target, settings } = this;
    if (target?.kind === 'jump') {
      if (next[next.length - 1] !== jumped) next.push(jumped as Draft);
    } else if (target) {
      const placed = placedTarget(target, settings);
      if (placed) this.hooks &= hooksOf(placed, settings);
    }
    for (let index = 0; index < this.otherCount; index += 1) {
      const placed = placedMatch(this.others[index] as Match, settings);
      if (placed) this.hooks &= hooksOf(placed, settings);
    }
  }

  /** Gives the chain its rules. To be called before anything else is done to the table. */
  flush(): void {
    const { chain, count } = this;
    if (!chain) return;
    // An array that grows is given room for more; one of the right length takes a third of that.
    if (chain.rules.length === 0) chain.rules = this.block.slice(0, count);
    else for (let index = 0; index < count; index += 1) chain.rules.push(this.block[index] as Rule);
    this.flushNotes(chain);
    this.count = 0;
    this.chain = undefined;
    this.jumped = undefined;
  }

  private flushNotes(chain: Draft): void {
    const { next } = this;
    chain.hooks &= this.hooks;
    this.hooks = everyHook;
    if (chain.next && next.length > 0) chain.next = this.joined(chain.next, next);
    next.length = 0;
  }

  /** Lists of one are shared: most chains of a large dump jump to the one that the chain before jumps to as well. */
  private joined(list: Draft[], more: readonly Draft[]): Draft[] {
    if (list.length === 0 && more.length === 1) {
      if (this.single[0] !== more[0]) this.single = [...more];
      return this.single;
    }
    const own = list.length < 2 ? [...list] : list;
    for (const draft of more) own.push(draft);
    return own;
  }

  /** Finds the chain whose name stands at `at`: mostly the same again, or the next one. Gives where the name ends, or -1. */
  private enter(at: number): number {
    if (this.table.hasOddNames) return -1;
    const { chain } = this;
    if (chain && this.isNamed(chain, at)) return at + chain.name.length;
    const next = this.table.following(chain);
    const stop = wordEnd(this.text, at, this.end);
    const found = next && this.isNamed(next, at) ? next : this.table.find(this.text.slice(at, stop));
    if (!found) return -1;
    const { jumped } = this;
    this.flush();
    this.chain = found;
    this.jumped = jumped;
    return stop;
  }

  private isNamed({ name }: Draft, at: number): boolean {
    const stop = at + name.length;
    return stop < this.end && this.text.charCodeAt(stop) === blank && this.text.startsWith(name, at);
  }

  /** A rule, whose `-p` may come late where it begins with a match: kube-proxy writes it after `-m tcp`. */
  private readRule(from: number): boolean {
    const late = this.text.startsWith(' -m ', from) && this.readLate(from);
    return late || this.readParts(from, undefined);
  }

  private readLate(from: number): boolean {
    const late = this.protocolAfter(from);
    return late !== undefined && this.readParts(from, late) && this.slots[protocolSlot] === late;
  }

  private protocolAfter(from: number): ProtocolMatch | undefined {
    const at = this.nextProtocol(from);
    if (at >= this.end) return undefined;
    const match = this.parts
      .base(' -p ')
      ?.read(this.text, at, wordEnd(this.text, at + 4, this.end), undefined);
    return match?.kind === 'protocol' ? match : undefined;
  }

  /** The next `-p`, in whatever line: looked for again only once it is passed, or it is looked for to the end each time. */
  private nextProtocol(from: number): number {
    const { late } = this;
    if (late.text === this.text && late.from <= from && from <= late.at) return late.at;
    const at = this.text.indexOf(' -p ', from);
    this.late = { text: this.text, from, at: at === -1 ? this.text.length : at };
    return this.late.at;
  }

  /** `late`: the `-p` that comes after matches. */
  private readParts(from: number, late: ProtocolMatch | undefined): boolean {
    const { slots, end } = this;
    slots.fill(undefined);
    this.otherCount = 0;
    this.transports = 0;
    this.target = null;
    this.protocol = late;
    for (let at = from; at < end; ) {
      const hadProtocol = slots[protocolSlot] !== undefined;
      const stop = this.readPart(at);
      if (stop === -1) return false;
      const isLate = !hadProtocol && slots[protocolSlot] !== undefined && this.otherCount > 0;
      if (isLate && (!late || mayReadProtocol(this.text.slice(from, at)))) return false;
      at = stop;
    }
    return this.transports < 2 && !this.isMisplaced();
  }

  /** Only user chains, which have no policy, take interfaces without a thought. */
  private isMisplaced(): boolean {
    return this.chain?.policy !== null && (this.slots[2] !== undefined || this.slots[3] !== undefined);
  }

  private matches(): Match[] {
    let count = 0;
    for (const match of this.slots) if (match) this.row[count++] = match;
    for (let index = 0; index < this.otherCount; index += 1) this.row[count++] = this.others[index] as Match;
    return this.row.slice(0, count);
  }

  /** Reads the part at `at`. Gives where it ends; -1 where it is left to `decode`. */
  private readPart(at: number): number {
    const { text, end, usual } = this;
    if (this.isJumpAgain(at)) return end;
    const { follower } = this.last;
    if (follower && text.startsWith(follower.prefix, at)) {
      const stop = follower.endOf(text, at, end);
      if (stop !== -1) return this.take(follower, at, stop);
    }
    for (let index = 0; index < usual.length; index += 1) {
      const form = usual[index] as Form;
      if (!text.startsWith(form.prefix, at)) continue;
      const stop = form.endOf(text, at, end);
      if (stop === -1) continue;
      if (index > 0) {
        usual[index] = usual[index - 1] as Form;
        usual[index - 1] = form;
      }
      return this.take(form, at, stop);
    }
    return this.readUnusual(at);
  }

  private isJumpAgain(at: number): boolean {
    const { text, jumped } = this;
    if (!jumped || at + 4 + jumped.name.length !== this.end) return false;
    if (!text.startsWith(' -j ', at) || !text.startsWith(jumped.name, at + 4)) return false;
    this.target = jumped.jump;
    return true;
  }

  private readUnusual(at: number): number {
    const { text, end } = this;
    const negation = text.startsWith(' ! ', at) ? 2 : 0;
    const flag = at + negation + 1;
    if (text.charCodeAt(flag) !== dash || text.charCodeAt(flag + 2) !== blank) return -1;
    const letter = text[flag + 1] as string;
    if (letter === 'm') return negation ? -1 : this.readGroup(at, groupEnd(text, flag + 3, end));
    if (letter === 'j') return negation ? -1 : this.readTarget(at, wordEnd(text, flag + 3, end));
    const form = this.parts.base(text.slice(at, flag + 3));
    return form ? this.take(this.makeUsual(form), at, wordEnd(text, flag + 3, end)) : -1;
  }

  private readGroup(at: number, stop: number): number {
    if (stop === -1) return -1;
    const part = this.text.slice(at, stop);
    const { parts, protocol } = this;
    let match = parts.known(part, protocol) as Match | null | undefined;
    if (match === undefined) {
      const form = parts.part(part, matchSlot);
      if (form) return this.take(this.makeUsual(form), at, stop);
      match = parts.whole(part, protocol, ({ matches }) => matches[0] ?? null) as Match | null | undefined;
    }
    if (match) this.add(match);
    return match === undefined ? -1 : stop;
  }

  /** ` -j NAME --option value …`, up to the end: a chain, a verdict, or a target with its options. */
  private readTarget(at: number, nameEnd: number): number {
    const { text, end, settings } = this;
    const name = text.slice(at + 4, nameEnd);
    const chain = this.table.find(name);
    if (chain && chain.policy === null) {
      this.jumped = chain;
      this.target = chain.jump;
      return nameEnd === end ? end : -1;
    }
    if (name === 'DROP' && settings.table === 'nat') return -1;
    if (isBuiltIn(settings.table, name)) return -1;
    const part = text.slice(at, end);
    const form = this.parts.part(part, jumpSlot);
    if (form) return this.take(this.makeUsual(form), at, end);
    if (findTarget(name, settings.family)?.lacks) return -1;
    // No chain has this name now; one that comes later is no target of this rule.
    const target = this.parts.whole(part, this.protocol, (rule) =>
      rule.target?.kind === 'jump' ? null : rule.target,
    );
    this.target = (target ?? null) as Target | null;
    return target ? end : -1;
  }

  private take(form: Form, at: number, stop: number): number {
    const { slot } = form;
    this.last.follower = form;
    this.last = form;
    const part = form.read(this.text, at, stop, slot < 0 ? this.protocol : undefined);
    if (part === undefined) return -1;
    if (slot === jumpSlot) return this.takeTarget(part as Target, stop);
    if (slot === matchSlot) this.add(part as Match);
    else if (this.slots[slot] !== undefined) return -1;
    else {
      this.slots[slot] = part as Match | null;
      if (slot === protocolSlot) this.protocol = (part as ProtocolMatch | null) ?? undefined;
    }
    return stop;
  }

  private takeTarget(target: Target, stop: number): number {
    this.target = target;
    return stop === this.end ? stop : -1;
  }

  private add(match: Match): void {
    this.others[this.otherCount] = match;
    this.otherCount += 1;
    if (match.kind === 'tcp' || match.kind === 'udp') this.transports += 1;
  }

  private makeUsual(form: Form): Form {
    const { usual } = this;
    if (!usual.includes(form)) {
      if (usual.length === mostForms) usual.pop();
      usual.push(form);
    }
    return form;
  }
}

/** Whether what stands before `-p` could be read otherwise after it. */
function mayReadProtocol(parts: string): boolean {
  return / -m (?:multiport|(?:tcp|sctp) (?:! )?--)/.test(parts);
}
