import { positionAt, type Span } from '../../../text/source.ts';

interface Props {
  readonly span: Span;
}

const around = 2;
/** Of a place of many lines, the first. */
const mostLines = 12;
/** Of a longer line, what is near the place. */
const longest = 400;

/** A few lines of a text, with their numbers, and one place marked. */
export function Excerpt({ span: { source, start, end } }: Props) {
  const { text } = source;
  const { line, column } = positionAt(source, start);
  return (
    <pre class="excerpt">
      {linesFrom(text, start - column + 1, line, end).map(({ number, from, to }) => {
        const [left, right] = [clamp(start, from, to), clamp(end, from, to)];
        return (
          <span class="line" data-line={number} key={number}>
            {text.slice(Math.max(from, left - longest), left)}
            {right > left && <mark>{text.slice(left, Math.min(right, left + longest))}</mark>}
            {text.slice(right, Math.min(to, right + longest))}
            {'\n'}
          </span>
        );
      })}
    </pre>
  );
}

interface Line {
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

/** The lines of the place, and a few before and after; `at` begins the line of that number. */
function linesFrom(text: string, at: number, number: number, end: number): Line[] {
  let [from, first] = [at, number];
  while (first > Math.max(1, number - around)) {
    from = lineStart(text, from - 1);
    first -= 1;
  }
  const lines: Line[] = [];
  let after = 0;
  for (let next = first; from <= text.length && after <= around && lines.length < mostLines; next += 1) {
    const newline = text.indexOf('\n', from);
    const to = newline === -1 ? text.length : newline;
    if (from < text.length) lines.push({ number: next, from, to });
    if (to >= end) after += 1;
    from = to + 1;
  }
  return lines;
}

const lineStart = (text: string, at: number): number => (at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1);

const clamp = (at: number, from: number, to: number): number => Math.min(to, Math.max(from, at));
