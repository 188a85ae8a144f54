/** Data as a text: equal data, equal texts, where equal records were written in one order. Large integers have an `n`. */
export function dataKey(value: unknown): string {
  return JSON.stringify(value, (_name, part) => (typeof part === 'bigint' ? `${part}n` : part)) ?? '';
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
