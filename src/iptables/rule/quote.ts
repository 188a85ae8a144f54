/** A word of a dump as iptables-save prints it: bare where only these signs are in it, else in double quotes. */
export function quoteWord(text: string): string {
  return /^[A-Za-z0-9_-]+$/.test(text) ? text : inQuotes(text);
}

/** In double quotes, with a backslash before what would end them or be taken for an escape. */
export function inQuotes(text: string): string {
  return /["\\']/.test(text) ? `"${text.replace(/["\\']/g, '\\$&')}"` : `"${text}"`;
}
