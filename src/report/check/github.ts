import type { CheckReport } from '../../session/check/check.ts';
import { annotation } from '../github.ts';
import { ruleText, type Told, tellAll } from './told.ts';

/** Commands of a workflow of GitHub Actions, which show findings at their lines. */
export function printCheckGithub(report: CheckReport): string {
  return tellAll(report).map(commandOf).join('');
}

function commandOf(told: Told): string {
  const { code, severity, message, file, line, column, place } = told;
  const where = place === null ? '' : `${ruleText(told)}: `;
  return annotation(severity, {
    file,
    line,
    // A finding about rules is about a whole line.
    column: place === null ? column : null,
    title: `kubenat ${code}`,
    message: where + message,
  });
}
