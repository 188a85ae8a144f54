const signs = /[#$>%❯λ»]/;

/** An arrow, and the directory behind it, as oh-my-zsh begins its lines: `➜  shop git:(main) ✗ `. */
const arrow = /^➜ +\S+(?: git:\(\S*\))?(?: [✗✔])?(?: +|$)/;

/**
 * What was typed after the prompt of a shell (`root@node:~# `, `[me@node dir]$ `, `~/dir % `, `$ `, `PS C:\me> `), without blanks before
 * it; null where a line begins with no prompt.
 */
export function afterPrompt(line: string): string | null {
  const [pointed] = arrow.exec(line) ?? [];
  if (pointed !== undefined) return line.slice(pointed.length);
  const at = line.search(signs);
  if (at === -1 || !isPrompt(line.slice(0, at).trimEnd())) return null;
  const after = line.slice(at + 1);
  return after === '' || /^\s/.test(after) ? after.trimStart() : null;
}

/** What stands before the sign: nothing, user and host, something in brackets, a path, a shell's version, a directory of Windows. */
function isPrompt(before: string): boolean {
  const [venv = ''] = /^\([\w.-]+\) /.exec(before) ?? [];
  const rest = before.slice(venv.length);
  return (
    rest === '' ||
    /^[\w.~-]+@[\w.-]|^\[[^\]]*\]$|^[~/][\w/.-]*$|^(?:ba|da|k|z)?sh(?:-[\d.]+)?$|^(?:PS )?[A-Z]:\\/.test(rest)
  );
}
