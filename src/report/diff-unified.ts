import type { DiffReport } from '../session/comparison.ts';
import { hunkLines } from './diff-class.ts';

/** The canonical texts as a unified diff. The suffix stands behind the names of the sides. */
export function printDiffUnified(report: DiffReport, suffix = ''): string {
  const { before, after, text } = report;
  if (text !== null && text.length === 0) return '';
  const head = [`--- ${before.name}${suffix}`, `+++ ${after.name}${suffix}`];
  return `${[...head, ...(text === null ? ['# too different to be laid side by side'] : hunkLines(report))].join('\n')}\n`;
}
