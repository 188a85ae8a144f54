const blankOrComment = /^\s*(?:#.*)?$/;

/** What is put before every line by those who print it: numbers, a console's time stamps, the signs of a quotation. */
const decorations: readonly RegExp[] = [
  /^\s*\d+\t/,
  /^\[ *\d+\.\d{3,}\] /,
  /^\s*\d+[:|] ?(?=[*:#\-[CA-Z]|$)/,
  /^> ?/,
];

/** The lines of a text without what stands before each of them, and without blanks at their ends. */
export function undecorate(text: string): readonly string[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => line.trimEnd());
  const said = lines.filter((line) => line !== '');
  const decoration = decorations.find((one) => said.length > 0 && said.every((line) => one.test(line)));
  return decoration ? lines.map((line) => line.replace(decoration, '')) : lines;
}

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
