import { dataKey } from '../text/data-key.ts';
import type { Content } from './content.ts';

/** What rules wrote into a packet's own bytes, by `fieldKey`: the next machine reads it there. Absent: as it set out. */
export type Kept = ReadonlyMap<string, Content>;

/** What stands in the packet's bytes. */
export const headerFields: ReadonlySet<string> = new Set([
  'tos',
  'ttl',
  'mss',
  'tcpFlags',
  'tcpOption',
  'transport',
]);

export const nothingKept: Kept = new Map();

/** What of a packet's fields leaves with it: marks, and what else a node knows of it, stay there. */
export function keptOf(contents: ReadonlyMap<string, Content>): Kept {
  const kept = [...contents].filter(([key]) => headerFields.has(nameOf(key)));
  return kept.length === 0 ? nothingKept : new Map(kept.map(([key, content]) => [key, beyond(key, content)]));
}

/** Equal for what is the same to the next machine. */
export function keptKey(kept: Kept): string {
  return dataKey([...kept].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** What is in a packet that left in one of two ways, of which nobody knows the right one. */
export function keptOfBoth(one: Kept, other: Kept): Kept {
  const keys = new Set([...one.keys(), ...other.keys()]);
  const both = new Map<string, Content>();
  for (const key of keys) {
    const [left, right] = [one.get(key), other.get(key)];
    const isSame = left && right && dataKey(left) === dataKey(right);
    both.set(key, isSame ? left : { base: `${key} either-way`, changes: [] });
  }
  return both;
}

/** What a rule left unknown is another value than one that a rule of the same place on the next node leaves so. */
function beyond(key: string, content: Content): Content {
  if ('value' in content || content.base === key) return content;
  return { ...content, base: `${key} as-it-came` };
}

function nameOf(key: string): string {
  return key.split(' ', 1)[0] as string;
}
