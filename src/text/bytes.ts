/** How many bytes a text has in UTF-8. */
export const byteLength: (text: string) => number = Buffer.byteLength;

/** The bytes of a text in UTF-8, as the characters 0 to 255. */
export const latin = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

/** As much of a text as its first bytes hold, whole characters only. */
export function cutBytes(text: string, most: number): string {
  if (text.length * 3 <= most || byteLength(text) <= most) return text;
  const bytes = new TextEncoder().encode(text).subarray(0, most);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true });
}
