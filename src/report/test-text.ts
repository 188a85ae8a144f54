import { hasPassed, type TestResult } from '../expect/results.ts';
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
    for (const result of own) {
      const passed = hasPassed(result);
      lines.push(`  ${passed ? paint('✓', green) : paint('✗', red)} ${result.name}${looked(result)}`);
      if (!passed) for (const line of [...printFailure(result), '']) lines.push(line);
    }
    lines.push('');
  }
  const { passed, failed, files } = countOf(results);
  const counted = [`${passed} passed`, ...(failed > 0 ? [`${failed} failed`] : [])].join(', ');
  const where = files === 1 ? '1 file' : `${files} files`;
  return `${lines.join('\n')}\n${paint(counted, failed > 0 ? red : green)}, in ${where}\n`;
}

function looked({ judgement }: TestResult): string {
  return judgement.looked > 1 ? ` (${judgement.looked} kinds of packets)` : '';
}

function printFailure(result: TestResult): string[] {
  const lines = [`      ${placeOf(result)}`];
  for (const { expected, happens, packet, trace } of wordsOf(result)) {
    lines.push(`      expected: ${expected}`, `      happens:  ${happens}`);
    if (packet !== null) lines.push(`      packet:   ${packet}`);
    if (trace !== '') lines.push('', indent(trace, 8), '');
  }
  return lines;
}
