import { widthOf } from './columns.ts';

/**
 * What has a meaning as one line: rules, which begin with the line or behind a colon, commands, the lines of inputs, and rows of tables,
 * which have several gaps. A sentence may name a part of a rule.
 */
const whole = /^\s*(?:! )?-\w |: (?:! )?-\w |^\s*\$ |^\s*\d* \| |\S {2,}\S.*\S {2,}\S/;

/** Colours (`ESC[31m`) take no place. */
function unpainted(word: string): string {
  const [first = '', ...painted] = word.split('\u001b');
  return first + painted.map((part) => part.slice(part.indexOf('m') + 1)).join('');
}

/** A text for a terminal of so many columns: sentences go on in the next line, below where they begin. */
export function wrapped(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => (line.length <= columns && widthOf(line) <= columns ? line : wrappedLine(line, columns)))
    .join('\n');
}

function wrappedLine(line: string, columns: number): string {
  if (whole.test(line)) return line;
  const indent = ' '.repeat(Math.min(hangOf(line), Math.floor(columns / 2)));
  const lines: string[] = [];
  let row = '';
  let used = 0;
  for (const word of line.split(/(?<=\S)(?= \S)/)) {
    const width = widthOf(unpainted(word));
    if (row !== '' && used + width > columns) {
      lines.push(row);
      row = indent + word.slice(1);
      used = indent.length + width - 1;
    } else {
      row += word;
      used += width;
    }
  }
  return [...lines, row].join('\n');
}

/** Behind the gap that parts a short head from what is said of it, else a little behind where the line begins. */
function hangOf(line: string): number {
  const [head = ''] = /^ *\S.{0,16}?\S {2,}(?=\S)/.exec(line) ?? [];
  return head === '' ? line.length - line.trimStart().length + 2 : head.length;
}
