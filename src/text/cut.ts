import { byteLength } from './bytes.ts';

/** As much of a text as its first bytes hold, whole characters only. */
export function cutBytes(text: string, most: number): string {
  if (text.length * 3 <= most || byteLength(text) <= most) return text;
  const bytes = new TextEncoder().encode(text).subarray(0, most);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true });
}
