import type { Outcome } from './outcome.ts';

/** An outcome without what only a trace tells. */
export type PlainOutcome = Pick<
  Outcome,
  'verdict' | 'dnat' | 'src' | 'masqueraded' | 'delivered' | 'probability' | 'weight'
>;

/** What outcomes of many destinations have in common. `src` is null where a packet keeps its own source. */
type Shape = Omit<PlainOutcome, 'dnat'>;

/**
 * What can happen to packets of each class. Of ten thousand services nearly all are alike but for their endpoints, so
 * that is all that is kept for each, in one array: what a packet needs is then mostly in the processor's cache.
 */
export class Distributions {
  /** For each distribution the shapes of its outcomes, and after them the destination of each. */
  private readonly cells: (readonly Shape[] | string | null)[] = [];
  private readonly shapes = new Map<string, readonly Shape[]>();
  /** Where the cells of a distribution begin, by all that it says. */
  private readonly starts = new Map<string, number>();

  /** Keeps outcomes, and gives the number by which they are found again: the same for the same outcomes. */
  keep(outcomes: readonly PlainOutcome[]): number {
    const key = JSON.stringify(outcomes.map((outcome) => ({ ...outcome, src: sourceOf(outcome) })));
    const known = this.starts.get(key);
    if (known !== undefined) return known;
    const start = this.cells.length;
    this.starts.set(key, start);
    this.cells.push(this.share(outcomes), ...outcomes.map(({ dnat }) => dnat));
    return start;
  }

  private share(outcomes: readonly PlainOutcome[]): readonly Shape[] {
    const shapes = outcomes.map(({ dnat: _own, ...shape }) => ({ ...shape, src: sourceOf(shape) }));
    const key = JSON.stringify(shapes);
    const known = this.shapes.get(key);
    if (known) return known;
    this.shapes.set(key, shapes);
    return shapes;
  }

  /** What was kept, told of a packet from `source`. */
  tell(start: number, source: string): PlainOutcome[] {
    const { cells } = this;
    let cell = start;
    return (cells[start] as readonly Shape[]).map((shape) => {
      cell += 1;
      const { verdict, masqueraded, delivered, probability, weight } = shape;
      const src = verdict === 'accept' ? (shape.src ?? source) : null;
      return {
        verdict,
        dnat: cells[cell] as string | null,
        src,
        masqueraded,
        delivered,
        probability,
        weight,
      };
    });
  }
}

function sourceOf({ masqueraded, src }: Shape): string | null {
  return masqueraded ? src : null;
}
