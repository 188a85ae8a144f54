import type { CheckReport } from '../../session/check/check.ts';
import { findingTables } from '../findings.ts';
import { findingTexts } from '../words/explained/pages.ts';
import type { FindingWords } from '../words/findings.ts';
import type { Language } from '../words/language.ts';
import { placeText, ruleText, sayLeftOut, sayOnce, sayWhole, type ToldOnce, tellAll } from './told.ts';

const marks = { error: '🔴', warning: '🟡', note: '🔵' } as const;

/** A comment on GitHub holds 65,536 characters. */
const most = 60_000;

/** Findings as a comment for a review: one table, and what each code stands for. */
export function printCheckMarkdown(report: CheckReport, language: Language = 'en'): string {
  const w = findingTables[language];
  const told = tellAll(report, language);
  const rows = fit(
    told.map((once) => rowOf(once, w)),
    w,
  );
  const isPart = report.inputs.some((input) => input.isPart);
  const codes = [...new Set(told.map(({ told: { code } }) => code))];
  const lines = [
    `### ${w.title}`,
    '',
    `${[sayOnce(told, w, isPart), ...sayLeftOut(report, w)].join('; ')}.`,
    ...(told.length > 0 ? ['', `| | ${w.columns.join(' | ')} |`, '|---|---|---|---|', ...rows, ''] : []),
    ...codes.map((code) => `- \`${code}\`: ${plain(findingTexts[language][code].means)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function rowOf(once: ToldOnce, w: FindingWords): string {
  const { told } = once;
  const { code, severity, place } = told;
  const where = place ? `${placeText(told)}, ${ruleText(told)}` : placeText(told);
  return `| ${marks[severity]} ${severity} | \`${code}\` | ${plain(where)} | ${plain(sayWhole(once, w))} |`;
}

function fit(rows: readonly string[], w: FindingWords): string[] {
  let room = most;
  const shown = rows.filter((row) => {
    room -= row.length + 1;
    return room >= 0;
  });
  const more = rows.length - shown.length;
  return more > 0 ? [...shown, `| | | | ${w.more(more)} |`] : shown;
}

/** What Markdown would take for marks, or for the end of a cell. */
function plain(text: string): string {
  return text.replace(/[\\`*_[\]<>|#~]/g, '\\$&').replace(/\n/g, ' ');
}
