import { printDiffMarkdown } from './diff-markdown.ts';
import { type GoldenEntry, reportOf } from './golden-text.ts';

const said = {
  same: 'as expected',
  changed: 'changed',
  missing: 'missing',
  stale: 'stale',
  unreadable: 'no dump',
} as const;

/** A review comment: a table of the files that are not as expected, then what changes in each. */
export function printGoldenMarkdown(entries: readonly GoldenEntry[]): string {
  const others = entries.filter(({ result }) => result.status !== 'same');
  const same = `${entries.length - others.length} of ${entries.length} golden files are as expected.`;
  if (others.length === 0) return `${same}\n`;
  const rows = others.map(
    ({ path, result }) => `| \`${path.replaceAll('`', "'")}\` | ${said[result.status]} |`,
  );
  const changes = others.flatMap(({ result }) =>
    result.status === 'changed'
      ? ['', printDiffMarkdown(reportOf(result.change), { verbose: true }).trimEnd()]
      : [],
  );
  return `${[same, '', '| file | |', '|---|---|', ...rows, ...changes].join('\n')}\n`;
}
