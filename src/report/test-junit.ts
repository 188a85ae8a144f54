import { hasPassed, type TestResult } from '../expect/results.ts';
import { byFile, countOf, type FindingWords, placeOf, wordsOf } from './test-words.ts';
import { escapeXml } from './xml.ts';

/**
 * JUnit's XML, as continuous integration reads it: a suite for each file, valid by junit-10.xsd of Jenkins' xUnit plugin,
 * which refuses a line or file at a case. No times, so that it is the same each time.
 */
export function printTestJunit(results: readonly TestResult[]): string {
  const { failed } = countOf(results);
  const suites = [...byFile(results)].map(([file, own]) => printSuite(file, own));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="kubenat test" tests="${results.length}" failures="${failed}" errors="0">`,
    ...suites.flat(),
    '</testsuites>',
    '',
  ].join('\n');
}

function printSuite(file: string, results: readonly TestResult[]): string[] {
  const { failed } = countOf(results);
  const name = escapeXml(file);
  return [
    `  <testsuite name="${name}" file="${name}" tests="${results.length}" failures="${failed}" errors="0" skipped="0">`,
    ...results.flatMap(printCase),
    '  </testsuite>',
  ];
}

function printCase(result: TestResult): string[] {
  const head = `    <testcase name="${escapeXml(result.name)}" classname="${escapeXml(result.file)}"`;
  if (hasPassed(result)) return [`${head}/>`];
  const words = wordsOf(result);
  const message = words.map(({ expected, happens }) => `expected ${expected}: ${happens}`).join('; ');
  const body = [placeOf(result), ...words.map(printFinding)].join('\n\n');
  const failure = `      <failure message="${escapeXml(message)}" type="expectation">${escapeXml(body)}</failure>`;
  return [`${head}>`, failure, '    </testcase>'];
}

function printFinding({ expected, happens, packet, trace }: FindingWords): string {
  const lines = [`expected: ${expected}`, `happens:  ${happens}`];
  if (packet !== null) lines.push(`packet:   ${packet}`);
  return [...lines, ...(trace === '' ? [] : ['', trace])].join('\n');
}
