import { want } from '../../text/expected.ts';
import type { Problem } from '../../text/problem.ts';
import type { Source } from '../../text/source.ts';

/** No terminal is narrower. */
const narrowest = 60;

/** With what a line may begin at the margin, in what nft lists and in what people write. */
const begins =
  /^(?:[\s#}]|$|(?:table|chain|rule|element|flowtable|add|create|insert|flush|define|redefine|undefine|delete|destroy|include|replace|rename|list|reset)\b)/;

/**
 * One problem for all, where a terminal broke the lines of a text at its width: each of them is nothing by itself, and whether a blank stood
 * where a line was cut, nothing tells.
 */
export function withoutWall(problems: readonly Problem[], source: Source): readonly Problem[] {
  // What is cut in the middle is read as nothing; a rule that is read and refused was whole.
  if (!problems.some(({ severity, code }) => severity === 'error' && code === 'nft-syntax')) return problems;
  const lines = source.text.split('\n').map((line) => line.replace(/\r$/, ''));
  const widths = lines.map((line) => line.replaceAll('\t', ' '.repeat(8)).length);
  const width = Math.max(...widths.slice(0, 100_000));
  const broken = lines.flatMap((line, at) => (at > 0 && !begins.test(line) ? [at] : []));
  const [first] = broken;
  if (first === undefined || width < narrowest) return problems;
  const fits = (at: number) =>
    (widths[at - 1] as number) + 1 + ((lines[at] as string).match(/^\S+/)?.[0].length ?? 0) >= width;
  if (!broken.every(fits)) return problems;
  const start = source.text.split('\n', first).reduce((sum, line) => sum + line.length + 1, 0);
  return [
    {
      code: 'nft-syntax',
      severity: 'error',
      message: `lines are broken at ${width} columns`,
      span: { source, start, end: start + (lines[first] as string).length },
      expected: want.thing('ruleset-as-printed'),
    },
  ];
}
