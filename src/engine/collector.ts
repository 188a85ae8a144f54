import { add, type Fraction, isLess, subtract, zero } from '../sets/fraction.ts';

/** Something that can be the end of a way, with what tells equal ends apart. */
export interface End {
  readonly key: string;
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
    if (known) this.ends.set(end.key, { end: known.end, weight: add(known.weight, weight) });
    else this.ends.set(end.key, { end, weight });
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
      for (const { end, weight } of yes.ends.values()) {
        const other = no.ends.get(end.key)?.weight ?? zero;
        const common = isLess(weight, other) ? weight : other;
        if (common.n !== 0n) this.put(end, common);
        if (isLess(common, weight)) this.put(unknown, subtract(weight, common));
      }
    }
  }
}
