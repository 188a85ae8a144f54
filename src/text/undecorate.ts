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

/** Whether the first line that holds something begins with one of these: a quick look, before all lines are. */
export function mayBeDecorated(text: string): boolean {
  const [first = ''] = /\S[^\n]*/.exec(text) ?? [];
  return decorations.some((one) => one.test(first));
}
