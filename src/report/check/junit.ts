import type { CheckReport } from '../../session/check/check.ts';
import { findingTables } from '../findings.ts';
import { escapeXml } from '../xml.ts';
import { placeText, sayWhole, type ToldOnce, tellInput } from './told.ts';

/** JUnit's XML, valid by junit-10.xsd of Jenkins' xUnit plugin: a suite for each input, a case for each finding; notes do not fail. */
export function printCheckJunit({ inputs }: CheckReport): string {
  const suites = inputs.map((input) => ({ name: input.name, told: tellInput(input) }));
  const all = suites.flatMap(({ told }) => casesOf(told));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="kubenat check" tests="${all.length}" failures="${all.filter(isFailure).length}" errors="0">`,
    ...suites.flatMap(({ name, told }) => printSuite(name, casesOf(told))),
    '</testsuites>',
    '',
  ].join('\n');
}

/** An input without findings passes as a whole: a suite without cases is taken for one that did not run. */
function casesOf(told: readonly ToldOnce[]): readonly (ToldOnce | null)[] {
  return told.length === 0 ? [null] : told;
}

function isFailure(once: ToldOnce | null): boolean {
  return once !== null && once.told.severity !== 'note';
}

function printSuite(file: string, cases: readonly (ToldOnce | null)[]): string[] {
  const name = escapeXml(file);
  return [
    `  <testsuite name="${name}" file="${name}" tests="${cases.length}" failures="${cases.filter(isFailure).length}" errors="0" skipped="0">`,
    ...cases.flatMap((once) => printCase(file, once)),
    '  </testsuite>',
  ];
}

function printCase(file: string, once: ToldOnce | null): string[] {
  const said = once === null ? '' : sayWhole(once, findingTables.en);
  const name = once === null ? 'no findings' : `${once.told.code}: ${said}`;
  const head = `    <testcase name="${escapeXml(name)}" classname="${escapeXml(file)}"`;
  if (once === null || !isFailure(once)) return [`${head}/>`];
  const { told } = once;
  const body = [placeText(told), ...(told.place?.rule ? [told.place.rule.rule] : [])].join('\n');
  const failure = `      <failure message="${escapeXml(said)}" type="${told.code}">${escapeXml(body)}</failure>`;
  return [`${head}>`, failure, '    </testcase>'];
}
