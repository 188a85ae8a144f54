import type { SilentNeighbour } from '../host/model.ts';
import { add, type Fraction, isLess, multiply, one, subtract, zero } from '../sets/fraction.ts';
import { matchedOnBoth } from './both-ways.ts';
import type { CopyEnd, Header, Matched } from './branch.ts';
import { type Kept, keptOfBoth } from './kept.ts';
import { type Memory, memoryKey } from './memory.ts';
import { type Passage, passedOnBoth } from './passage.ts';

/** Something that can be the end of a way, with what tells equal ends apart. */
export interface End {
  readonly key: string;
  /** The same for ends that only differ in what the node remembers afterwards. */
  readonly plainKey?: string;
  /** What the node remembers afterwards. */
  readonly memory?: Memory;
  /** The last rule that was matched on the way. */
  readonly last?: Matched | null;
  /** The last place where it came by. */
  readonly passed?: Passage | null;
  /** Of a packet: its ends as it left. Ends that are merged may differ in ports, which are not known then. */
  readonly left?: Header;
  /** Of what the node sends to many: what becomes of its own copy. */
  readonly copy?: CopyEnd;
  /** The next hop that did not answer; null: of ends that are one, not all have it. */
  readonly silent?: SilentNeighbour | null;
  /** What the packet has in it as it leaves. Of ends that are one because nobody knows which is right, what both have. */
  readonly kept?: Kept;
  /** Of what is not known: all that the node may remember afterwards, where that differs. */
  readonly memories?: readonly Memory[];
  /** Of what is not known, where it is listed: what it may be. */
  readonly possible?: readonly PossibleEnd[];
}

/** One of several ends of which nobody knows the right one. The shares' sum is 1 where each answer counts the same. */
export interface PossibleEnd<T extends End = End> {
  readonly end: T;
  readonly share: Fraction;
}

export interface Weighed<T> {
  readonly end: T;
  readonly weight: Fraction;
}

/**
 * Ends of a packet's ways, merged. Where the walk met a question that has no answer it went both ways, into two
 * collectors of their own: what both have in common is certain, the rest is unknown for the reason given.
 */
export class Collector<T extends End = End> {
  private readonly ends = new Map<string, Weighed<T>>();
  private readonly partings: {
    readonly yes: Collector<T>;
    readonly no: Collector<T>;
    readonly unknown: T;
  }[] = [];
  /** Every collector of one packet, parents before children. */
  private readonly all: Collector<T>[];

  /** Somebody sends packets after this one: what may be remembered of it is not lost. Else of as many ways as there are, each would be kept. */
  private readonly remembers: boolean;

  constructor(remembers = false, parent?: Collector<T>) {
    this.remembers = remembers;
    this.all = parent ? parent.all : [];
    this.all.push(this);
  }

  put(end: T, weight: Fraction): void {
    const known = this.ends.get(end.key);
    if (known) {
      const both = joined(known, { end, weight });
      const all = this.remembers ? withMemories(both, end) : both;
      this.ends.set(end.key, { end: all, weight: add(known.weight, weight) });
    } else this.ends.set(end.key, { end, weight });
  }

  /** Parts the ways. `unknown` is the end that stands for what they do not have in common. */
  part(unknown: T): { readonly yes: Collector<T>; readonly no: Collector<T> } {
    const { remembers } = this;
    const parting = {
      yes: new Collector<T>(remembers, this),
      no: new Collector<T>(remembers, this),
      unknown,
    };
    this.partings.push(parting);
    return parting;
  }

  /** All ends with their weights. Children were made after their parents, so going backwards needs no recursion. */
  result(): readonly Weighed<T>[] {
    for (const collector of [...this.all].reverse()) collector.settle();
    return [...this.ends.values()];
  }

  private settle(): void {
    for (const { yes, no, unknown } of this.partings.splice(0)) {
      const same = pairUp([...yes.ends.values()], [...no.ends.values()], ({ key }) => key);
      const merged = (left: T, right: T) =>
        this.remembers ? withMemories(onBoth(left, right), right) : onBoth(left, right);
      for (const { left, right, weight } of same.pairs) this.put(merged(left, right), weight);
      // What happens is the same, only what is remembered of it is not.
      const alike = pairUp(same.left, same.right, ({ plainKey, key }) => plainKey ?? key);
      for (const { left, right, weight } of alike.pairs)
        this.put({ ...merged(left, right), key: `${left.key} | ${right.key}` }, weight);
      const lost = [...alike.left, ...alike.right].map(({ end }) => end);
      const told = {
        ...unknown,
        ...(this.remembers && remembered(memoriesOf(lost))),
        ...(unknown.possible && { possible: possibleOf([...alike.left, ...alike.right]) }),
      };
      for (const { weight } of alike.left) this.put(told, weight);
    }
  }
}

/** One end of two ways, of which nobody knows the right one. */
function onBoth<T extends End>(left: T, right: T): T {
  const end = left.last || right.last ? matchedOnBoth(left.last ?? null, right.last ?? null) : null;
  const passed = left.passed && right.passed ? { passed: passedOnBoth(left.passed, right.passed) } : {};
  const both = withCommon(end ? { ...left, last: end, ...passed } : left, right);
  return left.kept && right.kept ? { ...both, kept: keptOfBoth(left.kept, right.kept) } : both;
}

/** One end of two, with what is the same in both. */
function withCommon<T extends End>(end: T, other: T): T {
  const both = withCopyOf(withPortsOf(end, other), other);
  return both.silent && both.silent !== other.silent ? { ...both, silent: null } : both;
}

/** The copy of a packet that comes to the same in both need not. */
function withCopyOf<T extends End>(end: T, { copy: other }: T): T {
  const { copy } = end;
  if (!copy || !other || copy.verdict === other.verdict) return end;
  return { ...end, copy: { ...copy, verdict: 'unknown' } };
}

/** Ports that are not the same in both are not known. */
function withPortsOf<T extends End>(end: T, { left: other }: T): T {
  const { left } = end;
  if (!left || !other || left === other) return end;
  const sourcePort = left.sourcePort === other.sourcePort ? left.sourcePort : null;
  const destinationPort = left.destinationPort === other.destinationPort ? left.destinationPort : null;
  if (sourcePort === left.sourcePort && destinationPort === left.destinationPort) return end;
  return { ...end, left: { ...left, sourcePort, destinationPort } };
}

/** Equal ends, with all that nobody knows of either. */
function joined<T extends End>(left: Weighed<T>, right: Weighed<T>): T {
  const known = withCommon(left.end, right.end);
  const possible = known.possible && right.end.possible ? possibleOf([left, right]) : undefined;
  return possible ? { ...known, possible } : known;
}

/** What several ends may be, each with its part of all of them. */
function possibleOf(ends: readonly Weighed<End>[]): readonly PossibleEnd[] {
  const total = ends.reduce((sum, { weight }) => add(sum, weight), zero);
  const found = new Map<string, PossibleEnd>();
  for (const { end, weight } of ends) {
    const part = multiply(weight, { n: total.d, d: total.n });
    for (const { end: own, share } of end.possible ?? [{ end, share: one }]) {
      const key = own.plainKey ?? own.key;
      found.set(key, { end: own, share: add(found.get(key)?.share ?? zero, multiply(share, part)) });
    }
  }
  return [...found.values()];
}

interface Paired<T> {
  readonly pairs: readonly { readonly left: T; readonly right: T; readonly weight: Fraction }[];
  /** What is left over on either side. */
  readonly left: readonly Weighed<T>[];
  readonly right: readonly Weighed<T>[];
}

/** What two sides have in common, by a key. */
function pairUp<T>(
  left: readonly Weighed<T>[],
  right: readonly Weighed<T>[],
  keyOf: (end: T) => string,
): Paired<T> {
  const rest = right.map(({ end, weight }) => ({ end, weight, key: keyOf(end) }));
  const pairs: { left: T; right: T; weight: Fraction }[] = [];
  const over: Weighed<T>[] = [];
  for (const { end, weight } of left) {
    let open = weight;
    const key = keyOf(end);
    for (const other of rest) {
      if (other.key !== key || other.weight.n === 0n || open.n === 0n) continue;
      const common = isLess(open, other.weight) ? open : other.weight;
      pairs.push({ left: end, right: other.end, weight: common });
      other.weight = subtract(other.weight, common);
      open = subtract(open, common);
    }
    if (open.n !== 0n) over.push({ end, weight: open });
  }
  return { pairs, left: over, right: rest.filter(({ weight }) => weight.n !== 0n) };
}

/** Ends that are one to who asks for the packet may differ in what is remembered: of what is not known, the key does not tell it. */
function withMemories<T extends End>(end: T, other: T): T {
  if (!end.memories && !other.memories && end.memory === other.memory) return end;
  return { ...end, ...remembered(memoriesOf([end, other])) };
}

/** What is remembered afterwards, where one thing is; and all that may be, where several. */
function remembered([first, ...others]: readonly Memory[]): Pick<End, 'memory' | 'memories'> {
  if (!first) return {};
  return others.length === 0 ? { memory: first } : { memory: first, memories: [first, ...others] };
}

function memoriesOf(ends: readonly End[]): readonly Memory[] {
  const all = new Set(ends.flatMap(({ memories, memory }) => memories ?? (memory ? [memory] : [])));
  return all.size < 2 ? [...all] : [...new Map([...all].map((one) => [memoryKey(one), one])).values()];
}
