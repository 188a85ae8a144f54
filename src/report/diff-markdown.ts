import type { DiffReport } from '../session/comparison.ts';
import { printDiffMarkdownWhole } from './diff-markdown-whole.ts';
import { printDiffMermaid } from './diff-mermaid.ts';
import { type ReviewChange, type ReviewGroup, reviewOf } from './diff-review.ts';
import { code, plain, severityMarks } from './markdown.ts';
import type { View } from './view.ts';
import { diffTables } from './words/diff-tables.ts';

/** A review comment that fits a screen: the verdict, what changes and for whom, what was assumed. */
export function printDiffMarkdown(
  report: DiffReport,
  view: Omit<View, 'color'> = {},
  share = 1,
  room?: number,
): string {
  const w = diffTables[view.language ?? 'en'];
  if (view.verbose) return printDiffMarkdownWhole(report, w, share);
  const { verdict, groups, hidden, doubts, notes, foot } = reviewOf(report, w, room);
  const body = [
    ...groups.flatMap(groupLines),
    ...(hidden > 0 ? [`- ${plain(w.furtherChanges(hidden))}`] : []),
    ...(doubts.length > 0 ? [`- **${w.notProvedTitle}**`] : []),
    ...doubts.flatMap(({ packets, because }) => [
      `  - ${plain(packets)}${because === null ? '' : `: ${plain(because)}`}`,
    ]),
  ];
  const end = [...notes.map((note) => `${w.labels.note}: ${note}.`), ...foot].map(plain).join('  \n');
  const drawing = view.graph ? printDiffMermaid(report, w) : '';
  const picture = drawing === '' ? '' : `\`\`\`mermaid\n${drawing}\`\`\``;
  const blocks = [`**${plain(verdict)}**`, body.join('\n'), picture, end].filter((block) => block !== '');
  return `${blocks.join('\n\n')}\n`;
}

function groupLines({ group, title, changes }: ReviewGroup): string[] {
  return [`- ${severityMarks[group.severity]} **${plain(title)}**`, ...changes.flatMap(changeLines)];
}

function changeLines({ says, details }: ReviewChange): string[] {
  return [
    `  - ${plain(says)}`,
    ...details.map(({ label, text, isCode }) => `    - ${label}: ${isCode ? code(text) : plain(text)}`),
  ];
}
