import { add, type Fraction, isLess, subtract } from '../sets/fraction.ts';
import type { Memory } from './memory.ts';

/** Something that can be the end of a way, with what tells equal ends apart. */
export interface End {
  readonly key: string;
  /** The same for ends that only differ in what the node remembers afterwards. */
  readonly plainKey?: string;
  /** What the node remembers afterwards. */
  readonly memory?: Memory;
  /** Of what is not known: all that the node may remember afterwards, where that differs. */
  readonly memories?: readonly Memory[];
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

  constructor(parent?: Collector<T>) {
    this.all = parent ? parent.all : [];
    this.all.push(this);
  }

  put(end: T, weight: Fraction): void {
    const known = this.ends.get(end.key);
    if (known) {
      const open = known.end.memories || end.memories;
      const joined = open ? { ...known.end, memories: memoriesOf([known.end, end]) } : known.end;
      this.ends.set(end.key, { end: joined, weight: add(known.weight, weight) });
    } else this.ends.set(end.key, { end, weight });
  }

  /** Parts the ways. `unknown` is the end that stands for what they do not have in common. */
  part(unknown: T): { readonly yes: Collector<T>; readonly no: Collector<T> } {
    const parting = { yes: new Collector<T>(this), no: new Collector<T>(this), unknown };
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
      for (const { left, weight } of same.pairs) this.put(left, weight);
      // What happens is the same, only what is remembered of it is not.
      const alike = pairUp(same.left, same.right, ({ plainKey, key }) => plainKey ?? key);
      for (const { left, right, weight } of alike.pairs)
        this.put({ ...left, key: `${left.key} | ${right.key}`, memories: memoriesOf([left, right]) }, weight);
      const lost = [...alike.left, ...alike.right].map(({ end }) => end);
      const memories = memoriesOf(lost);
      for (const { weight } of alike.left)
        this.put(memories.length > 1 ? { ...unknown, memories } : unknown, weight);
    }
  }
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

function memoriesOf(ends: readonly End[]): readonly Memory[] {
  return [...new Set(ends.flatMap(({ memories, memory }) => memories ?? (memory ? [memory] : [])))];
}
