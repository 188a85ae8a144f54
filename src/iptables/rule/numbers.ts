/**
 * Reads a number as strtoul(3) does with base 0: decimal, 0x hexadecimal, leading 0 octal; nothing may follow. Undefined
 * where the text is none.
 */
export function readInteger(text: string): number | undefined {
  if (/^(?:0|[1-9][0-9]*)$/.test(text)) return Number(text);
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return Number.parseInt(text.slice(2), 16);
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return /^\+\d/.test(text) ? readInteger(text.slice(1)) : undefined;
}

/** The same, of any size. */
export function readWide(text: string): bigint | undefined {
  const digits = text.startsWith('+') ? text.slice(1) : text;
  if (/^(?:0|[1-9]\d*|0[xX][0-9a-fA-F]+)$/.test(digits)) return BigInt(digits);
  return /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : undefined;
}
