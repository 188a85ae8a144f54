/** Sorts by keys of ASCII characters, of which names consist: the order of bytes. Equal keys keep their order. */
export function sortedBy<T>(values: readonly T[], keyOf: (value: T) => string): T[] {
  const keys = values.map(keyOf);
  // Most lists come in order, and then no pairs need be made.
  if (keys.every((key, index) => index === 0 || (keys[index - 1] as string) <= key)) return [...values];
  const places = keys.map((_, index) => index);
  places.sort((left, right) => compare(keys[left] as string, keys[right] as string));
  return places.map((place) => values[place] as T);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The values by their keys, in their order; no group is empty. */
export function groupedBy<T>(values: Iterable<T>, keyOf: (value: T) => string): Map<string, [T, ...T[]]> {
  const groups = new Map<string, [T, ...T[]]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

/** `a, b, c`, or the first ten and how many there are beside. */
export function shortened(
  names: readonly string[],
  sayMore = (more: number) => `, and ${more} more`,
): string {
  const most = 10;
  const rest = names.length > most ? sayMore(names.length - most) : '';
  return names.slice(0, most).join(', ') + rest;
}
