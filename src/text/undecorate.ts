/** What is put before every line by those who print it: numbers, time stamps of a console, a log or CI, the signs of a quotation. */
const decorations: readonly RegExp[] = [
  /^\s*\d+\t/,
  /^\[ *\d+\.\d{3,}\] /,
  /^\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d)(?: |$)/,
  /^\[\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?\](?: |$)/,
  // BuildKit counts steps, and tells of their beginning and end beside what they print.
  /^#\d+ (?:\d+\.\d+(?: |$)|(?:DONE|CACHED|\[).*$)/,
  /^[A-Z][a-z]{2} [ \d]\d [\d:]{8} [\w.-]+ [\w.@/-]+(?:\[\d+\])?:(?: |$)/,
  /^\s*\d+[:|] ?(?=[*:#\-[CA-Z]|$)/,
  /^> ?/,
];

/** As `grep --color` and others have a terminal colour words. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: with this sign such a sequence begins.
const colours = /\x1b\[[\d;]*[mK]/g;

/** The lines of a text without colours, without what stands before each of them, and without blanks at their ends. */
export function undecorate(text: string): readonly string[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replaceAll(colours, '')
    .split('\n')
    .map((line) => line.trimEnd());
  const decoration = decorationOf(lines, decorations);
  return decoration ? lines.map((line) => line.replace(decoration, '')) : lines;
}

function decorationOf(lines: readonly string[], all: readonly RegExp[]): RegExp | undefined {
  const said = lines.filter((line) => line !== '');
  return all.find((one) => said.length > 0 && said.every((line) => one.test(line)));
}

/** Numbers as `grep -n` puts them before lines. */
const numbers = /^\s*\d+ *[:|-](?=[\s\w#}]|$)/;

/**
 * A text of a language that minds no blanks, with blanks instead of colours, of what stands before each line, and of the fences of Markdown:
 * every word stays at its place.
 */
export function blankDecorations(text: string): string {
  const blank = (found: string) => ' '.repeat(found.length);
  const uncoloured = text.includes('\u001b[') ? text.replaceAll(colours, blank) : text;
  const isFenced = uncoloured.includes('```') || uncoloured.includes('~~~');
  const plain = isFenced ? uncoloured.replace(/^[ \t]*(?:```|~~~)\w*[ \t\r]*$/gm, blank) : uncoloured;
  const [first = ''] = /\S[^\n]*/.exec(plain) ?? [];
  const all = [...decorations, numbers];
  if (!all.some((one) => one.test(first))) return plain;
  const lines = plain.split('\n');
  const decoration = decorationOf(
    lines.map((line) => line.trimEnd()),
    all,
  );
  return decoration ? lines.map((line) => line.replace(decoration, blank)).join('\n') : plain;
}

/** Whether the first line that holds something begins with one of these: a quick look, before all lines are. */
export function mayBeDecorated(text: string): boolean {
  const [first = ''] = /\S[^\n]*/.exec(text) ?? [];
  return first.search(colours) !== -1 || decorations.some((one) => one.test(first));
}
