import { hasPassed, type TestResult } from '../expect/results.ts';
import { assumptionLines } from './assumptions.ts';
import { byFile, countOf, indent, placeOf, testTables, wordsOf } from './test-words.ts';
import type { View } from './view.ts';
import type { Language } from './words/language.ts';

const red = 31;
const green = 32;

/** Results for people: a line for each expectation, and below what fails the packet that shows it. */
export function printTestText(results: readonly TestResult[], { color, language = 'en' }: View): string {
  const paint = (text: string, code: number) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const lines: string[] = [];
  for (const [file, own] of byFile(results)) {
    lines.push(file);
    for (const [index, result] of own.entries()) {
      const passed = hasPassed(result);
      const mark = passed ? paint('✓', green) : paint('✗', red);
      lines.push(`  ${mark} ${result.name}${looked(result, language)}`);
      if (passed) continue;
      for (const line of printFailure(result, language)) lines.push(line);
      if (index < own.length - 1) lines.push('');
    }
    lines.push('');
  }
  const failed = results.some((result) => !hasPassed(result));
  const assumed = results.flatMap(({ judgement }) => judgement.assumed);
  lines.push(...assumptionLines(assumed, language));
  return `${lines.join('\n')}\n${paint(sayPassed(results, language), failed ? red : green)}\n`;
}

/** How many passed, and how many did not. */
export function sayPassed(results: readonly TestResult[], language: Language = 'en'): string {
  return testTables[language].passed(countOf(results));
}

function looked({ judgement }: TestResult, language: Language): string {
  return judgement.looked > 1 ? ` (${testTables[language].kinds(judgement.looked)})` : '';
}

function printFailure(result: TestResult, language: Language): string[] {
  const { labels } = testTables[language];
  const parts = wordsOf(result, language).map(({ expected, happens, packet, trace }) => [
    `      ${labels.expected}${expected}`,
    `      ${labels.happens}${happens}`,
    ...(packet === null ? [] : [`      ${labels.packet}${packet}`]),
    ...(trace === '' ? [] : ['', indent(trace, 8)]),
  ]);
  const lines = parts.flatMap((part, index) => (index === 0 ? part : ['', ...part]));
  return [`      ${placeOf(result)}`, ...lines];
}
