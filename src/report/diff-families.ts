import type { Family } from '../address/address.ts';
import type { DiffReport, FamiliesReport } from '../session/comparison.ts';
import { printDiffGithub } from './diff-github.ts';
import { diffJson } from './diff-json.ts';
import { printDiffMarkdown } from './diff-markdown.ts';
import { roomOfEach } from './diff-review.ts';
import { diffLog, resultsOf } from './diff-sarif.ts';
import { printDiffText } from './diff-text.ts';
import { printDiffUnified } from './diff-unified.ts';
import { annotation } from './github.ts';
import type { View } from './view.ts';
import type { DiffWords } from './words/diff.ts';
import { diffTables } from './words/diff-tables.ts';

type Print = (report: FamiliesReport, view: View) => string;

export const familyNames: Readonly<Record<Family, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

/** The same formats as those of one family. What a side has no rules for comes first. */
export const familiesFormats = {
  text: (report, view) =>
    join(
      report,
      (one) => `== ${nameOf(one)} ==\n\n${printDiffText(one, view, roomOfEach(report.reports))}`,
      '',
      wordsOf(view),
    ),
  markdown: (report, view) =>
    join(
      report,
      (one) =>
        `## ${nameOf(one)}\n\n${printDiffMarkdown(one, view, 1 / report.reports.length, roomOfEach(report.reports))}`,
      '**',
      wordsOf(view),
    ),
  json: (report) => `${JSON.stringify(familiesJson(report), null, 1)}\n`,
  sarif: (report) =>
    diffLog([...lonely(report, wordsOf({})).map(lonelyResult), ...report.reports.flatMap(resultsOf)]),
  github: (report) =>
    [
      ...lonely(report, wordsOf({})).map((message) =>
        annotation('error', { file: null, line: null, column: null, title: 'kubenat diff', message }),
      ),
      ...report.reports.map(printDiffGithub),
    ].join(''),
  unified: (report) => report.reports.map((one) => printDiffUnified(one)).join(''),
} as const satisfies Readonly<Record<string, Print>>;

const nameOf = ({ after }: DiffReport) => familyNames[after.ruleset.family];

const wordsOf = ({ language }: Pick<View, 'language'>) => diffTables[language ?? 'en'];

function join(
  report: FamiliesReport,
  print: (one: DiffReport) => string,
  strong: string,
  w: DiffWords,
): string {
  const first = lonely(report, w).map((sentence) => `${strong}${sentence}${strong}\n`);
  return [...first, ...report.reports.map(print)].join('\n');
}

function lonely({ before, after, lost, gained }: FamiliesReport, w: DiffWords): string[] {
  return [
    ...lost.map((family) => `${before} → ${after}: ${w.familyLost(familyNames[family])}`),
    ...gained.map((family) => `${before} → ${after}: ${w.familyGained(familyNames[family])}`),
  ];
}

function lonelyResult(text: string): object {
  return { ruleId: 'loss', level: 'error', message: { text } };
}

function familiesJson({ before, after, lost, gained, reports, status }: FamiliesReport) {
  const families = Object.fromEntries(reports.map((one) => [one.after.ruleset.family, diffJson(one)]));
  return { before, after, status, lost, gained, families };
}
