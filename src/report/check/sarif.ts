import { severities } from '../../lint/finding.ts';
import type { CheckReport } from '../../session/check/check.ts';
import { findingTables } from '../findings.ts';
import { sarifLog, sarifPlace } from '../sarif.ts';
import { findingPages } from '../words/explained/pages.ts';
import { identityOfAll, ruleText, sayWhole, type ToldOnce, tellAll } from './told.ts';

/** Findings as SARIF 2.1.0, each at its line. */
export function printCheckSarif(report: CheckReport): string {
  const rules = Object.entries(findingPages).map(([id, { means, effect, remedy }]) => ({
    id,
    shortDescription: { text: means },
    help: { text: `${effect} ${remedy}` },
    defaultConfiguration: { level: severities[id as keyof typeof severities] },
  }));
  return sarifLog(rules, tellAll(report).map(resultOf));
}

function resultOf(once: ToldOnce): object {
  const { told } = once;
  const { code, severity, file, line, column, place, by } = told;
  const where = place === null ? '' : `${ruleText(told)}: `;
  return {
    ruleId: code,
    level: severity,
    message: { text: `${where}${sayWhole(once, findingTables.en)}` },
    locations: [sarifPlace(file, line ?? 1, place === null && column !== null ? column : undefined)],
    ...(by.length > 0 && { relatedLocations: by.map((one) => sarifPlace(file, one.line)) }),
    // So that a finding is known again when the lines before it change.
    partialFingerprints: { 'kubenat/v1': `${code} ${identityOfAll(once)}` },
  };
}
