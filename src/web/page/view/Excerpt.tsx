import { visible } from '../../../text/excerpt.ts';

interface Props {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const around = 2;

/** A few lines of a text with one place marked. */
export function Excerpt({ text, start, end }: Props) {
  let from = start;
  for (let lines = 0; lines <= around && from !== -1; lines += 1)
    from = from === 0 ? -1 : text.lastIndexOf('\n', from - 1);
  let to = end;
  for (let lines = 0; lines <= around && to !== -1; lines += 1)
    to = text.indexOf('\n', to + (lines === 0 ? 0 : 1));
  const [first, last] = [from + 1, to === -1 ? text.length : to];
  return (
    <pre class="excerpt">
      {show(text.slice(Math.max(first, start - 300), start))}
      <mark>{show(text.slice(start, Math.min(end, start + 400)))}</mark>
      {show(text.slice(end, Math.min(last, end + 300)))}
    </pre>
  );
}

function show(text: string): string {
  return text.split('\n').map(visible).join('\n');
}
