/** In place of src/text/bytes.ts, which asks Node. */
const encoder = new TextEncoder();

export const byteLength = (text: string): number =>
  /[^\0-\x7f]/.test(text) ? encoder.encode(text).length : text.length;

export const latin = (text: string): string => String.fromCharCode(...encoder.encode(text));
