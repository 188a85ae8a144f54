import { type DiffReport, hunkLines } from './diff-text.ts';

/** The canonical texts as a unified diff. */
export function printDiffUnified(report: DiffReport): string {
  const { before, after, text } = report;
  if (text !== null && text.length === 0) return '';
  const head = [`--- ${before.name}`, `+++ ${after.name}`];
  return `${[...head, ...(text === null ? ['# too different to be laid side by side'] : hunkLines(report))].join('\n')}\n`;
}
