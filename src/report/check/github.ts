import type { CheckReport } from '../../session/check/check.ts';
import { ruleText, type Told, tellAll } from './told.ts';

const commands = { error: 'error', warning: 'warning', note: 'notice' } as const;

/** Commands of a workflow of GitHub Actions, which show findings at their lines. */
export function printCheckGithub(report: CheckReport): string {
  return tellAll(report).map(commandOf).join('');
}

function commandOf(told: Told): string {
  const { code, severity, message, file, line, column, place } = told;
  const properties = [
    ['file', file],
    ['line', line],
    // A finding about rules is about a whole line.
    ['col', place === null ? column : null],
    ['title', `kubenat ${code}`],
  ].flatMap(([name, value]) => (value === null ? [] : [`${name}=${property(String(value))}`]));
  const where = place === null ? '' : `${ruleText(told)}: `;
  return `::${commands[severity]} ${properties.join(',')}::${data(where + message)}\n`;
}

/** As escapeData of actions/toolkit does it. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** As escapeProperty does. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
