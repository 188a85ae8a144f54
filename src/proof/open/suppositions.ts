import { type IntervalSet, intersect, isEmpty, sameSet, subtract } from '../../sets/intervals.ts';

/** A test of something that no packet of a box says by itself: a field beyond the dimensions, or a state. */
export interface OpenTest {
  /** What is asked: the same question has the same name. */
  readonly field: string;
  readonly domain: IntervalSet;
  /** The values for which the test holds. */
  readonly set: IntervalSet;
  /** For readers: `-m limit --limit 5/sec`. */
  readonly says: string;
}

/** Of a question that has two answers. */
export const yesOrNo: IntervalSet = [0, 1];
export const yes: IntervalSet = [1, 1];

/** Every test that was made, by a name that is its own, by which the answers of boxes call it. */
export class TestsMade {
  private readonly known = new Map<string, OpenTest>();

  get(name: string): OpenTest | undefined {
    return this.known.get(name);
  }

  /** `-m limit --limit 5/sec #2`: the second question that is asked in these words. */
  nameOf(test: OpenTest): string {
    for (let number = 1; ; number += 1) {
      const name = `${test.says} #${number}`;
      const known = this.known.get(name);
      if (!known) this.known.set(name, test);
      if (!known || (known.field === test.field && sameSet(known.set, test.set))) return name;
    }
  }
}

interface Saved {
  readonly open: number;
  readonly left: ReadonlyMap<string, IntervalSet>;
}

/**
 * What is supposed while the packet of a box is walked: the answers of the box, and no wherever they leave one open.
 * The walks of all sides share them, so that the same question has the same answer on each.
 */
export class Suppositions {
  /** Tests that the answers of the box left open, in the order in which they were made; no was taken. */
  readonly open: string[] = [];
  private readonly tests: TestsMade;
  private readonly left = new Map<string, IntervalSet>();

  constructor(answers: ReadonlyMap<string, boolean>, tests: TestsMade) {
    this.tests = tests;
    for (const [name, answer] of answers) {
      const test = tests.get(name);
      if (test) this.limit(test, answer);
    }
  }

  holds(test: OpenTest): boolean {
    const values = this.left.get(test.field) ?? test.domain;
    const inside = intersect(values, test.set);
    if (isEmpty(inside)) return false;
    if (isEmpty(subtract(values, test.set))) return true;
    this.open.push(this.tests.nameOf(test));
    this.limit(test, false);
    return false;
  }

  /** What was supposed so far, to come back to. */
  save(): Saved {
    return { open: this.open.length, left: new Map(this.left) };
  }

  restore({ open, left }: Saved): void {
    this.open.length = open;
    this.left.clear();
    for (const [field, values] of left) this.left.set(field, values);
  }

  private limit({ field, domain, set }: OpenTest, answer: boolean): void {
    const values = this.left.get(field) ?? domain;
    this.left.set(field, answer ? intersect(values, set) : subtract(values, set));
  }
}
