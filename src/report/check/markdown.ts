import type { CheckReport } from '../../session/check/check.ts';
import { findingPages } from '../words/explained/pages.ts';
import {
  placeText,
  ruleText,
  sayLeftOut,
  sayOnce,
  sayOthers,
  type ToldOnce,
  tellAll,
  tellOnce,
} from './told.ts';

const marks = { error: '🔴', warning: '🟡', note: '🔵' } as const;

/** A comment on GitHub holds 65,536 characters. */
const most = 60_000;

/** Findings as a comment for a review: one table, and what each code stands for. */
export function printCheckMarkdown(report: CheckReport): string {
  const told = tellOnce(tellAll(report));
  const rows = fit(told.map(rowOf));
  const codes = [...new Set(told.map(({ told: { code } }) => code))];
  const lines = [
    '### What kubenat check found',
    '',
    `${[sayOnce(told), ...sayLeftOut(report)].join('; ')}.`,
    ...(told.length > 0 ? ['', '| | code | where | what |', '|---|---|---|---|', ...rows, ''] : []),
    ...codes.map((code) => `- \`${code}\`: ${plain(findingPages[code].means)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function rowOf(once: ToldOnce): string {
  const { told } = once;
  const { code, severity, message, place } = told;
  const where = place ? `${placeText(told)}, ${ruleText(told)}` : placeText(told);
  return `| ${marks[severity]} ${severity} | \`${code}\` | ${plain(where)} | ${plain([message, ...sayOthers(once)].join('; also '))} |`;
}

function fit(rows: readonly string[]): string[] {
  let room = most;
  const shown = rows.filter((row) => {
    room -= row.length + 1;
    return room >= 0;
  });
  const more = rows.length - shown.length;
  return more > 0 ? [...shown, `| | | | … and ${more} more |`] : shown;
}

/** What Markdown would take for marks, or for the end of a cell. */
function plain(text: string): string {
  return text.replace(/[\\`*_[\]<>|#~]/g, '\\$&').replace(/\n/g, ' ');
}
