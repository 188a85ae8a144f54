/** Thrown where a text has something that the fast reader leaves to the full one. */
export class Unusual extends Error {}

export function unusual(): never {
  throw new Unusual();
}

const newline = 10;
const space = 32;
const hash = 35;
const dash = 45;

/** The lines of a YAML text that hold something, one at a time: comments and blank lines are passed over. */
export class YamlLines {
  readonly text: string;
  /** Where the content of the line begins and ends (exclusive), without blanks around it. */
  start = 0;
  end = 0;
  /** The column of the content; -1 at the end of a document. */
  indent = -1;
  /** A `---` ended the document, and the next one begins behind it. */
  atMarker = false;
  #next = 0;

  constructor(text: string, offset = 0) {
    this.text = text;
    this.#next = offset;
  }

  /** Where the next line begins. */
  get next(): number {
    return this.#next;
  }

  /** Whether the document has ended. */
  get ended(): boolean {
    return this.indent === -1;
  }

  /** Where the current line begins. */
  get lineStart(): number {
    return this.start - this.indent;
  }

  /** Goes to the first line that holds something from the beginning of a line on. */
  goTo(lineStart: number): void {
    this.#next = lineStart;
    this.advance();
  }

  /** Goes to the next line that holds something. */
  advance(): void {
    const { text } = this;
    for (let line = this.#next; line < text.length; ) {
      let end = text.indexOf('\n', line);
      if (end === -1) end = text.length;
      let start = line;
      while (text.charCodeAt(start) === space) start += 1;
      const first = text.charCodeAt(start);
      if (first !== newline && start < end && first !== hash) {
        this.#next = end + 1;
        this.#show(line, start, end);
        return;
      }
      line = end + 1;
    }
    this.#next = text.length;
    this.indent = -1;
    this.atMarker = false;
  }

  /** Takes the line's rest, from `start` on, for a line of its own: what follows the dash of a list. */
  descend(start: number): void {
    this.indent += start - this.start;
    this.start = start;
  }

  /**
   * The lines of a literal (`|`), which are indented deeper than `parent`, as they are; the next line is then the one
   * behind it.
   */
  literal(parent: number, strip: boolean): string {
    const { text } = this;
    const lines: string[] = [];
    let indent = -1;
    let line = this.#next;
    for (; line < text.length; ) {
      const end = text.indexOf('\n', line);
      if (end === -1) unusual();
      let start = line;
      while (text.charCodeAt(start) === space) start += 1;
      const isBlank = start === end;
      if (!isBlank && start - line <= parent) break;
      if (isBlank && (indent === -1 || start - line > indent)) unusual();
      if (indent === -1) indent = start - line;
      if (!isBlank && start - line < indent) unusual();
      lines.push(text.slice(Math.min(line + indent, end), end));
      line = end + 1;
    }
    if (lines.length === 0) unusual();
    while (lines.at(-1)?.trim() === '') lines.pop();
    this.#next = line;
    this.advance();
    return lines.join('\n') + (strip ? '' : '\n');
  }

  #show(line: number, start: number, lineEnd: number): void {
    let end = lineEnd;
    while (this.text.charCodeAt(end - 1) === space) end -= 1;
    this.start = start;
    this.end = end;
    this.indent = start - line;
    this.atMarker = false;
    if (this.indent === 0 && this.text.charCodeAt(start) === dash && this.text.startsWith('---', start)) {
      if (end !== start + 3) unusual();
      this.atMarker = true;
      this.indent = -1;
    }
  }
}
