const signs = /[#$>%❯]/;

/**
 * What was typed after the prompt of a shell (`root@node:~# `, `[me@node dir]$ `, `~/dir % `, `$ `), without blanks before
 * it; null where a line begins with no prompt.
 */
export function afterPrompt(line: string): string | null {
  const at = line.search(signs);
  if (at === -1 || !isPrompt(line.slice(0, at).trimEnd())) return null;
  const after = line.slice(at + 1);
  return after === '' || /^\s/.test(after) ? after.trimStart() : null;
}

/** What stands before the sign: nothing, user and host, something in brackets, or a path. */
function isPrompt(before: string): boolean {
  return before === '' || /^[\w.~-]+@[\w.-]|^\[[^\]]*\]$|^[~/][\w/.-]*$/.test(before);
}
