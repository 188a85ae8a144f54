/** Whether a line stands for others that somebody left out: dots, or a word for it. */
export function isOmission(line: string): boolean {
  return /^(?:\.{2,}|…|--|\[(?:\.\.|…|snip)[^\]]*\]|<(?:snip|\.\.|…)[^>]*>|\(?(?:snip|truncated|output omitted)\)?)$/i.test(
    line,
  );
}
