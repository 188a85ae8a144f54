import { printDiffMarkdown } from './diff-markdown.ts';
import { type GoldenEntry, goldenTables, reportOf } from './golden-text.ts';
import type { Language } from './words/language.ts';

/** A review comment: a table of the files that are not as expected, then what changes in each. */
export function printGoldenMarkdown(entries: readonly GoldenEntry[], language: Language = 'en'): string {
  const w = goldenTables[language];
  const others = entries.filter(({ result }) => result.status !== 'same');
  const same = w.asExpected(entries.length - others.length, entries.length);
  if (others.length === 0) return `${same}\n`;
  const rows = others.map(
    ({ path, result }) => `| \`${path.replaceAll('`', "'")}\` | ${w.statuses[result.status]} |`,
  );
  const changes = others.flatMap(({ result }) =>
    result.status === 'changed'
      ? ['', printDiffMarkdown(reportOf(result.change), { verbose: true, language }).trimEnd()]
      : [],
  );
  return `${[same, '', `| ${w.file} | |`, '|---|---|', ...rows, ...changes].join('\n')}\n`;
}
