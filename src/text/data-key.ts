/** Whether large integers came: a process that asks about IPv6 has them, one that does not is spared the look at each part. */
let large = false;

const withLarge = (_name: string, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part);

/** Data as a text: equal data, equal texts, where equal records were written in one order. Large integers have an `n`. */
export function dataKey(value: unknown): string {
  if (!large) {
    try {
      return JSON.stringify(value) ?? '';
    } catch {
      large = true;
    }
  }
  return JSON.stringify(value, withLarge) ?? '';
}

/** Data, each once, in their order. */
export function uniqueData<T>(values: Iterable<T>): T[] {
  const byKey = new Map<string, T>();
  for (const value of values) {
    const key = dataKey(value);
    if (!byKey.has(key)) byKey.set(key, value);
  }
  return [...byKey.values()];
}
