import type { CheckReport } from '../../session/check/check.ts';
import { findingTables } from '../findings.ts';
import { annotation } from '../github.ts';
import { ruleText, sayWhole, type ToldOnce, tellAll } from './told.ts';

/** Commands of a workflow of GitHub Actions, which show findings at their lines. */
export function printCheckGithub(report: CheckReport): string {
  return tellAll(report).map(commandOf).join('');
}

function commandOf(once: ToldOnce): string {
  const { told } = once;
  const { code, severity, file, line, column, place } = told;
  const where = place === null ? '' : `${ruleText(told)}: `;
  return annotation(severity, {
    file,
    line,
    // A finding about rules is about a whole line.
    column: place === null ? column : null,
    title: `kubenat ${code}`,
    message: where + sayWhole(once, findingTables.en),
  });
}
