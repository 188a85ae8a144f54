import type { Value } from '../expression.ts';
import { bitsOf, spellValue } from '../print/values.ts';
import { type TypeName, typeOf } from '../types.ts';
import type { Json } from './text.ts';

/** Types whose values are texts even where they are numbers. */
const texts: ReadonlySet<TypeName> = new Set<TypeName>([
  'ipv4_addr',
  'ipv6_addr',
  'ether_addr',
  'classid',
  'hour',
  'date',
  'iface_index',
  'realm',
]);

const unquoted = (text: string) => text.replace(/^"|"$/g, '');

/** A value as `nft -j` prints it: its name where it has one, or a number. */
export function valueJson({ type, value }: Value, isInRange = false): Json {
  if (type === 'boolean') return BigInt(value) !== 0n;
  if (type === 'time') return Math.floor(Number(value) / 1000);
  if (texts.has(type)) return unquoted(spellValue(type, value, {}));
  if (type === 'ct_label') return integer(BigInt(spellValue(type, value, {})));
  const name = nameOf(type, value, isInRange);
  return name ?? integer(value);
}

function nameOf(type: TypeName, value: number | bigint, isInRange: boolean): string | null {
  const { symbols } = typeOf(type);
  if (!symbols || (isInRange && type === 'inet_proto')) return null;
  const text = unquoted(spellValue(type, value, {}));
  return /^(?:\d|0x)/.test(text) && !symbols.some(([name]) => name === text) ? null : text;
}

/** Numbers of 64 bits have a sign, and wider ones are texts. */
function integer(value: number | bigint): Json {
  if (typeof value === 'number') return value;
  return value >> 64n === 0n ? BigInt.asIntN(64, value) : `0x${value.toString(16)}`;
}

/** Without a name; labels are numbers as it is. */
export const numberJson = (value: Value): Json =>
  value.type === 'ct_label' ? valueJson(value) : integer(value.value);

/** Several bits of a mask, each by its name. */
export function bitsJson(value: Value, spell: (value: Value) => Json = valueJson): readonly Json[] {
  const bits = bitsOf(value.value);
  if (bits.length < 2) return [spell(value)];
  return bits.map((bit) => spell({ ...value, value: bit }));
}

/** Several bits joined by `|`, the first two innermost. */
export function maskJson(value: Value, spell?: (value: Value) => Json): Json {
  const [first, ...others] = bitsJson(value, spell);
  return others.reduce<Json>((left, right) => ({ '|': [left, right] }), first as Json);
}
