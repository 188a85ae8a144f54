import type { CheckedInput, CheckReport } from '../../session/check/check.ts';
import { printExcerpt } from '../../text/excerpt.ts';
import { familyNames } from '../diff-families.ts';
import { findingTables } from '../findings.ts';
import { problemTables } from '../problems.ts';
import type { FindingWords } from '../words/findings.ts';
import type { Language } from '../words/language.ts';
import { sayCheckNotes } from './notes.ts';
import { placeText, ruleText, sayLeftOut, sayOnce, sayOthers, type ToldOnce, tellInput } from './told.ts';

/** Findings for people: each input, and what was left out. */
export function printCheckText(report: CheckReport, language: Language = 'en'): string {
  const w = findingTables[language];
  const lines = [
    ...report.inputs.flatMap((input) => inputLines(input, report, language)),
    ...sayLeftOut(report, w),
  ];
  return `${lines.join('\n')}\n`;
}

/** What was found, of each input a line. */
export function printCheckSummary(report: CheckReport, language: Language = 'en'): string {
  const lineOf = (input: CheckedInput) =>
    verdictLine(input, report, tellInput(input, language), findingTables[language]);
  return report.inputs.map(lineOf).join('\n');
}

function inputLines(input: CheckedInput, report: CheckReport, language: Language): string[] {
  const w = findingTables[language];
  const told = tellInput(input, language);
  const notes = sayCheckNotes(input.notes, language);
  return [
    ...told.flatMap((once) => findingLines(once, language)),
    verdictLine(input, report, told, w),
    ...(notes.length > 0 ? [notes.join('; ')] : []),
  ];
}

/** Dumps of both families that are joined have one name: of which of them a line is, it says. */
function verdictLine(
  { name, owners, rules, isPart }: CheckedInput,
  { inputs }: CheckReport,
  told: readonly ToldOnce[],
  w: FindingWords,
): string {
  const isJoined = inputs.filter((one) => one.name === name).length > 1;
  const [only] = isJoined ? (rules ?? []) : [];
  const family = only ? `, ${familyNames[only.program.family]}` : '';
  return `${name}${family}: ${sayOnce(told, w, isPart)}${owners.size === 0 ? '' : `; ${w.chains([...owners])}`}`;
}

function findingLines(once: ToldOnce, language: Language): string[] {
  const w = findingTables[language];
  const { told } = once;
  const { code, severity, message, place, by, span } = told;
  const head = `${placeText(told)}: ${problemTables[language].severities[severity]}[${code}]: `;
  if (place === null) return [`${head}${message}`, ...(span ? printExcerpt(span) : [])];
  return [
    `${head}${ruleText(told)}: ${message}`,
    ...(place.rule ? [`    ${place.rule.rule}`] : []),
    ...sayOthers(once, w).map((way) => `    ${way}`),
    ...by.map(({ number, line, rule }) => `    ${w.after(number, line)}: ${rule}`),
  ];
}
