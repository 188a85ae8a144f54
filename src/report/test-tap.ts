import { stringify } from 'yaml';
import { hasPassed, type TestResult } from '../expect/results.ts';
import { indent, lineOf, wordsOf } from './test-words.ts';

/** The Test Anything Protocol, version 14. */
export function printTestTap(results: readonly TestResult[]): string {
  const points = results.map((result, index) => {
    const passed = hasPassed(result);
    const line = `${passed ? 'ok' : 'not ok'} ${index + 1} - ${escapeName(`${result.file}: ${result.name}`)}\n`;
    return passed ? line : line + diagnostic(result);
  });
  return `TAP version 14\n1..${results.length}\n${points.join('')}`;
}

/** A hash would begin a directive, such as SKIP. */
function escapeName(text: string): string {
  return text.replace(/[\\#]/g, '\\$&').replace(/[\r\n]+/g, ' ');
}

function diagnostic(result: TestResult): string {
  const at = lineOf(result.span);
  const findings = wordsOf(result).map(({ expected, happens, packet, trace }) => ({
    expected,
    happens,
    ...(packet !== null && { packet }),
    ...(trace !== '' && { trace }),
  }));
  const body = stringify({ severity: 'fail', at, findings }, { lineWidth: 0 });
  return `  ---\n${indent(body.trimEnd(), 2)}\n  ...\n`;
}
