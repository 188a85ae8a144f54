interface Named {
  readonly name: string;
}

interface Index {
  /** So many of the list are in the index. */
  known: number;
  readonly at: Map<string, number>;
}

const indexes = new WeakMap<readonly Named[], Index>();

/** The one of that name. Lists may grow in between, and lose some; who renames one says so (`renamed`). */
export function findNamed<T extends Named>(list: readonly T[], name: string): T | undefined {
  const index = indexes.get(list) ?? { known: 0, at: new Map<string, number>() };
  indexes.set(list, index);
  for (; index.known < list.length; index.known += 1)
    index.at.set((list[index.known] as T).name, index.known);
  const at = index.at.get(name);
  if (at === undefined) return undefined;
  const found = list[at];
  if (found?.name === name && index.known === list.length) return found;
  indexes.delete(list);
  return list.find((one) => one.name === name);
}

export function renamed(list: readonly Named[]): void {
  indexes.delete(list);
}
