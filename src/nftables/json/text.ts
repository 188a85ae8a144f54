/** What nft's JSON is made of; numbers may be wider than those of JavaScript. */
export type Json =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** As libjansson writes it: on one line, a blank after commas and colons. */
export function spellJson(value: Json): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(spellJson).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).map(([key, own]) => `${JSON.stringify(key)}: ${spellJson(own)}`);
  return `{${members.join(', ')}}`;
}

/** The members that have a value. */
export function object(members: { readonly [key: string]: Json | undefined }): {
  readonly [key: string]: Json;
} {
  const result: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(members)) if (value !== undefined) result[key] = value;
  return result;
}

/** One of a list stands alone. */
export function oneOrList(list: readonly Json[]): Json | undefined {
  return list.length > 1 ? list : list[0];
}
