const commands = { error: 'error', warning: 'warning', note: 'notice' } as const;

/** What a workflow of GitHub Actions shows at a line; null: nowhere in particular. */
export interface Annotated {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly title: string;
  readonly message: string;
}

/** A command of a workflow, with a line end. */
export function annotation(severity: keyof typeof commands, at: Annotated): string {
  const { file, line, column, title, message } = at;
  const properties = [
    ['file', file],
    ['line', line],
    ['col', column],
    ['title', title],
  ].flatMap(([name, value]) => (value === null ? [] : [`${name}=${property(String(value))}`]));
  return `::${commands[severity]} ${properties.join(',')}::${data(message)}\n`;
}

/** As escapeData of actions/toolkit does it. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** As escapeProperty does. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
