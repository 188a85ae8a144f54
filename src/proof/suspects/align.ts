/** Two lists of keys laid side by side. */
export interface Alignment {
  /** Positions of equal items, in the order of the left list. */
  readonly pairs: readonly (readonly [left: number, right: number])[];
  /** Pairs whose order among the others is another on the right. */
  readonly moved: readonly (readonly [left: number, right: number])[];
  readonly onlyLeft: readonly number[];
  readonly onlyRight: readonly number[];
}

/** Pairs equal keys, each once: the first with the first, the second with the second. */
export function align(left: readonly (string | number)[], right: readonly (string | number)[]): Alignment {
  const places = new Map<string | number, number[]>();
  right.forEach((key, index) => {
    const known = places.get(key);
    if (known) known.push(index);
    else places.set(key, [index]);
  });
  const used = new Map<string | number, number>();
  const pairs: [number, number][] = [];
  const onlyLeft: number[] = [];
  left.forEach((key, index) => {
    const next = used.get(key) ?? 0;
    const place = places.get(key)?.[next];
    used.set(key, next + 1);
    if (place === undefined) onlyLeft.push(index);
    else pairs.push([index, place]);
  });
  const onlyRight = [...places].flatMap(([key, list]) => list.slice(used.get(key) ?? 0));
  return { pairs, moved: findMoved(pairs), onlyLeft, onlyRight: onlyRight.sort((a, b) => a - b) };
}

/** All pairs but a longest ascending run of them (patience sorting). */
function findMoved(pairs: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const tails: number[] = [];
  const previous = new Int32Array(pairs.length).fill(-1);
  pairs.forEach(([, place], index) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((pairs[tails[middle] as number] as readonly [number, number])[1] < place) low = middle + 1;
      else high = middle;
    }
    if (low > 0) previous[index] = tails[low - 1] as number;
    tails[low] = index;
  });
  if (tails.length === pairs.length) return [];
  const kept = new Set<number>();
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at] as number) kept.add(at);
  return pairs.filter((_, index) => !kept.has(index));
}
