import { hasPassed, type TestResult } from '../expect/results.ts';
import { assumptionLines } from './assumptions.ts';
import { byFile, countOf, indent, placeOf, wordsOf } from './test-words.ts';

export interface TestTextOptions {
  readonly color: boolean;
}

const red = 31;
const green = 32;

/** Results for people: a line for each expectation, and below what fails the packet that shows it. */
export function printTestText(results: readonly TestResult[], { color }: TestTextOptions): string {
  const paint = (text: string, code: number) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const lines: string[] = [];
  for (const [file, own] of byFile(results)) {
    lines.push(file);
    for (const [index, result] of own.entries()) {
      const passed = hasPassed(result);
      lines.push(`  ${passed ? paint('✓', green) : paint('✗', red)} ${result.name}${looked(result)}`);
      if (passed) continue;
      for (const line of printFailure(result)) lines.push(line);
      if (index < own.length - 1) lines.push('');
    }
    lines.push('');
  }
  const failed = results.some((result) => !hasPassed(result));
  lines.push(...assumptionLines(results.flatMap(({ judgement }) => judgement.assumed)));
  return `${lines.join('\n')}\n${paint(sayPassed(results), failed ? red : green)}\n`;
}

/** How many passed, and how many did not. */
export function sayPassed(results: readonly TestResult[]): string {
  const { passed, failed, files } = countOf(results);
  const counted = [`${passed} passed`, ...(failed > 0 ? [`${failed} failed`] : [])].join(', ');
  return `${counted}, in ${files === 1 ? '1 file' : `${files} files`}`;
}

function looked({ judgement }: TestResult): string {
  return judgement.looked > 1 ? ` (${judgement.looked} kinds of packets)` : '';
}

function printFailure(result: TestResult): string[] {
  const parts = wordsOf(result).map(({ expected, happens, packet, trace }) => [
    `      expected: ${expected}`,
    `      happens:  ${happens}`,
    ...(packet === null ? [] : [`      packet:   ${packet}`]),
    ...(trace === '' ? [] : ['', indent(trace, 8)]),
  ]);
  const lines = parts.flatMap((part, index) => (index === 0 ? part : ['', ...part]));
  return [`      ${placeOf(result)}`, ...lines];
}
