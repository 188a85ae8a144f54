/** The result of one part of a shared run, as its JSON has it. */
export interface PartResult {
  /** The file. */
  readonly name: string;
  readonly command: 'diff' | 'check' | 'migrate';
  readonly shard: {
    /** From 1. */
    readonly part: number;
    readonly of: number;
    /** Nodes or files of this part, in the order in which the whole has them. */
    readonly all: readonly string[];
    /** Of check: the notes of each of the files, in sentences and as data. */
    readonly notes?: readonly (readonly string[])[];
    readonly noted?: readonly (readonly unknown[])[];
  };
  readonly value: Readonly<Record<string, unknown>>;
}

/** What one run would have said, and its status. */
export interface Merged {
  readonly text: string;
  readonly status: 0 | 1;
}

/** The place of each name in the whole: parts are made of every n-th. */
export function placesOf(parts: readonly PartResult[]): (name: string) => number {
  const places = new Map<string, number>();
  for (const { shard } of parts)
    for (const [at, name] of shard.all.entries()) places.set(name, at * shard.of + shard.part - 1);
  return (name) => places.get(name) ?? -1;
}

/** A list that all parts have, put together in the order of the whole. */
export function joined<T>(
  parts: readonly PartResult[],
  field: string,
  placeOf: (one: T) => number,
): readonly T[] {
  const all = parts.flatMap(({ value }) => (value[field] ?? []) as readonly T[]);
  return all.toSorted((left, right) => placeOf(left) - placeOf(right));
}
