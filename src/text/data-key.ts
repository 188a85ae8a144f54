/**
 * Data as a text: equal data, equal texts, where equal records were written in one order. As JSON writes it, and large integers with
 * an `n`: JSON itself, told to do that, takes three times as long, and a proof makes a hundred thousand keys.
 */
export function dataKey(value: unknown): string {
  return written(value) ?? '';
}

function written(value: unknown): string | undefined {
  switch (typeof value) {
    case 'bigint':
      return `"${value}n"`;
    case 'number':
      return Number.isFinite(value) ? `${value}` : 'null';
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? writtenList(value) : writtenRecord(value as Record<string, unknown>);
    default:
      return undefined;
  }
}

function writtenList(list: readonly unknown[]): string {
  let text = '';
  for (let at = 0; at < list.length; at += 1) text += `${at === 0 ? '[' : ','}${written(list[at]) ?? 'null'}`;
  return text === '' ? '[]' : `${text}]`;
}

/** What is not there, or is no data, JSON leaves out. */
function writtenRecord(record: Record<string, unknown>): string {
  let text = '';
  for (const name in record) {
    const part = written(record[name]);
    if (part !== undefined) text += `${text === '' ? '{' : ','}${quoted(name)}:${part}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

/** Names of fields are few; what else somebody takes for names need not be kept. */
const mostNames = 1_000;
const names = new Map<string, string>();

function quoted(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const fresh = JSON.stringify(name);
  if (names.size < mostNames) names.set(name, fresh);
  return fresh;
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
