import type { Severity } from '../proof/classes/classify.ts';
import type { DiffReport } from '../session/comparison.ts';
import { padded, widthOf } from '../text/columns.ts';
import { type Review, type ReviewGroup, reviewOf, sayFates } from './diff-review.ts';
import { printDiffWhole } from './diff-whole.ts';
import { severityColors } from './paint.ts';
import type { View } from './view.ts';
import type { DiffWords } from './words/diff.ts';
import { diffTables } from './words/diff-tables.ts';

/** A comparison for a reader who has a minute: the verdict, what changes and for whom, what was assumed. */
export function printDiffText(report: DiffReport, view: View, room?: number): string {
  if (view.verbose) return printDiffWhole(report, view);
  const w = diffTables[view.language ?? 'en'];
  const review = reviewOf(report, w, room);
  const parts = [
    [review.verdict],
    ...review.groups.map((group) => groupLines(group, view, w)),
    review.hidden > 0 ? [w.furtherChanges(review.hidden)] : [],
    doubtLines(review, w),
    [...review.notes.map((note) => `${w.labels.note}: ${note}.`), ...review.foot],
  ];
  const [head = [], ...rest] = parts;
  const body = rest.slice(0, -1).flat();
  const foot = rest.at(-1) ?? [];
  const blocks = [head, body, foot].filter((block) => block.length > 0);
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

/** The verdict in one line. */
export function sayVerdict(report: DiffReport, { language }: Pick<View, 'language'> = {}): string {
  return `${report.before.name} → ${report.after.name}: ${sayFates(report, diffTables[language ?? 'en'])}`;
}

const severityWidth: Readonly<Record<Severity, number>> = { high: 6, medium: 6, low: 6 };

function groupLines({ group, title, changes }: ReviewGroup, { color }: View, w: DiffWords): string[] {
  const { severity } = group;
  const word = w.severity[severity].toUpperCase().padEnd(severityWidth[severity]);
  const painted = color ? `\u001b[${severityColors[severity]}m${word}\u001b[0m` : word;
  return [
    `${painted} ${title}`,
    ...changes.flatMap(({ says, details }) => [
      `  ${says}`,
      ...details.map(({ label, text }) => `    ${paddedLabel(label, w)}  ${text}`),
    ]),
  ];
}

function paddedLabel(label: string, w: DiffWords): string {
  const width = Math.max(
    ...(['packets', 'before', 'after', 'packet', 'field', 'sameField'] as const).map((one) =>
      widthOf(w.labels[one]),
    ),
  );
  return padded(label, width);
}

function doubtLines({ doubts }: Review, w: DiffWords): string[] {
  if (doubts.length === 0) return [];
  return [
    w.notProvedTitle,
    ...doubts.flatMap(({ packets, because }) => [
      `  ${packets}`,
      ...(because === null ? [] : [`    ${because}`]),
    ]),
  ];
}
