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
  const at = placeOfNamed(list, name);
  return at === undefined ? undefined : list[at];
}

/** Which of the list it is. */
export function placeOfNamed(list: readonly Named[], name: string): number | undefined {
  const index = indexes.get(list) ?? { known: 0, at: new Map<string, number>() };
  indexes.set(list, index);
  for (; index.known < list.length; index.known += 1)
    index.at.set((list[index.known] as Named).name, index.known);
  const at = index.at.get(name);
  if (at === undefined) return undefined;
  if (list[at]?.name === name && index.known === list.length) return at;
  indexes.delete(list);
  const found = list.findIndex((one) => one.name === name);
  return found === -1 ? undefined : found;
}

export function renamed(list: readonly Named[]): void {
  indexes.delete(list);
}
