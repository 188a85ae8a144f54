const blankOrComment = /^\s*(?:#.*)?$/;

/** Whether a text is what iptables-save prints and nothing else, from its first table to its last COMMIT. */
export function isWholeDump(text: string): boolean {
  if (/^(?![*:#\-[\r\n]|COMMIT\r?$)./m.test(text) || askedOrWarned.test(text)) return false;
  if (/^# Generated .*\(nf_tables\)/m.test(text) && /^# Generated (?!.*\(nf_tables\))/m.test(text))
    return false;
  const first = text.split('\n', 200).find((line) => !blankOrComment.test(line));
  return first === undefined || (first.startsWith('*') && lastSaid(text) === 'COMMIT');
}

/** The last line that is no comment and not empty. */
function lastSaid(text: string): string {
  let end = text.length;
  while (end > 0) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, end).trim();
    if (!blankOrComment.test(line)) return line;
    end = start - 1;
  }
  return '';
}

/** Lines that begin as a comment, and are a command that was typed as root, or a warning of iptables-save. */
const askedOrWarned =
  /^#\s*(?:(?:sudo )?(?:\S*\/)?ip6?tables\S*(?: -[a-zA-Z]|\s*$| \|)|Table |Warning: )|^-{2,}\s*$|^-[NP] /m;
