import type { Family } from '../address/address.ts';
import type { DiffReport, FamiliesReport } from '../session/comparison.ts';
import { diffJson } from './diff-json.ts';
import { printDiffMarkdown } from './diff-markdown.ts';
import { diffLog, resultsOf } from './diff-sarif.ts';
import { printDiffText, type TextOptions } from './diff-text.ts';
import { printDiffUnified } from './diff-unified.ts';

type Print = (report: FamiliesReport, options: TextOptions) => string;

const names: Readonly<Record<Family, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

/** The same formats as those of one family. What a side has no rules for comes first. */
export const familiesFormats = {
  text: (report, options) =>
    join(report, (one) => `== ${nameOf(one)} ==\n\n${printDiffText(one, options)}`, ''),
  markdown: (report) => join(report, (one) => `## ${nameOf(one)}\n\n${printDiffMarkdown(one)}`, '**'),
  json: (report) => `${JSON.stringify(familiesJson(report), null, 1)}\n`,
  sarif: (report) => diffLog([...lonely(report).map(lonelyResult), ...report.reports.flatMap(resultsOf)]),
  unified: (report) => report.reports.map((one) => printDiffUnified(one)).join(''),
} as const satisfies Readonly<Record<string, Print>>;

const nameOf = ({ after }: DiffReport) => names[after.ruleset.family];

function join(report: FamiliesReport, print: (one: DiffReport) => string, strong: string): string {
  const first = lonely(report).map((sentence) => `${strong}${sentence}${strong}\n`);
  return [...first, ...report.reports.map(print)].join('\n');
}

function lonely({ before, after, lost, gained }: FamiliesReport): string[] {
  return [
    ...lost.map((family) => `${before} → ${after}: the rules of ${names[family]} are gone`),
    ...gained.map((family) => `${before} → ${after}: there were no rules of ${names[family]} before`),
  ];
}

function lonelyResult(text: string): object {
  return { ruleId: 'loss', level: 'error', message: { text } };
}

function familiesJson({ before, after, lost, gained, reports, status }: FamiliesReport) {
  const families = Object.fromEntries(reports.map((one) => [one.after.ruleset.family, diffJson(one)]));
  return { before, after, status, lost, gained, families };
}
