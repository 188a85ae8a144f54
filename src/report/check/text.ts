import type { CheckedInput, CheckReport } from '../../session/check/check.ts';
import { printExcerpt } from '../../text/excerpt.ts';
import type { Language } from '../words/language.ts';
import { sayCheckNotes } from './notes.ts';
import {
  placeText,
  ruleText,
  sayLeftOut,
  sayOnce,
  sayOthers,
  type ToldOnce,
  tellInput,
  tellOnce,
} from './told.ts';

/** Findings for people: each input, and what was left out. */
export function printCheckText(report: CheckReport, language: Language = 'en'): string {
  const lines = [...report.inputs.flatMap((input) => inputLines(input, language)), ...sayLeftOut(report)];
  return `${lines.join('\n')}\n`;
}

function inputLines(input: CheckedInput, language: Language): string[] {
  const told = tellOnce(tellInput(input));
  const whose = [...input.owners].map(([owner, count]) => `${count} of ${owner}`).join(', ');
  const chains = whose === '' ? '' : `; chains: ${whose}`;
  return [
    ...told.flatMap(findingLines),
    `${input.name}: ${sayOnce(told)}${chains}`,
    ...sayCheckNotes(input.notes, language),
  ];
}

function findingLines(once: ToldOnce): string[] {
  const { told } = once;
  const { code, severity, message, place, by, span } = told;
  const head = `${placeText(told)}: ${severity}[${code}]: `;
  if (place === null) return [`${head}${message}`, ...(span ? printExcerpt(span) : [])];
  return [
    `${head}${ruleText(told)}: ${message}`,
    ...(place.rule ? [`    ${place.rule.rule}`] : []),
    ...sayOthers(once).map((way) => `    also ${way}`),
    ...by.map(({ number, line, rule }) => `    after ${number} (line ${line}): ${rule}`),
  ];
}
