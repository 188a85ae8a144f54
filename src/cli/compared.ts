import type { Family } from '../address/address.ts';
import type { HostFields } from '../host/model.ts';
import { readHost } from '../host/read.ts';
import { familiesFormats } from '../report/diff-families.ts';
import { printDiffGithub } from '../report/diff-github.ts';
import { printDiffJson } from '../report/diff-json.ts';
import { printDiffMarkdown } from '../report/diff-markdown.ts';
import { printDiffSarif } from '../report/diff-sarif.ts';
import { printDiffText, sayVerdict } from '../report/diff-text.ts';
import { printDiffUnified } from '../report/diff-unified.ts';
import type { View } from '../report/view.ts';
import {
  type CompareRequest,
  compareFamilies,
  compareSides,
  type DiffReport,
} from '../session/comparison.ts';
import type { OpenSide } from '../session/side.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Answer } from './answer.ts';
import type { Io } from './io.ts';

/** What a comparison can be printed as. */
export const comparedFormats = {
  text: (report: DiffReport, view: View) => printDiffText(report, view),
  markdown: (report: DiffReport, view: View) => printDiffMarkdown(report, view),
  json: (report: DiffReport) => printDiffJson(report),
  sarif: printDiffSarif,
  github: (report: DiffReport) => printDiffGithub(report),
  unified: (report: DiffReport) => printDiffUnified(report),
} satisfies Readonly<Record<string, (report: DiffReport, view: View) => string>>;
export type ComparedFormat = keyof typeof comparedFormats;

/** What texts say of the node's network, in the family of the rules; what is wrong with them is put into `found`. */
export function hostsFrom(sources: readonly Source[], found: Problem[]): (of: Family) => HostFields[] {
  return (of) =>
    sources.map((source) => {
      const { fields, problems } = readHost(source, of);
      found.push(...problems);
      return fields;
    });
}

/**
 * Two sides compared, in each family that they have. `found`: what was found so far, and is while comparing. `done` is told
 * what came of it, and whether it is proved that no packet changes fate.
 */
export function comparedAnswer(
  io: Io,
  [left, right]: readonly [OpenSide, OpenSide],
  request: CompareRequest,
  format: ComparedFormat,
  found: readonly Problem[],
  done: (reports: readonly DiffReport[], isProved: boolean) => void = () => {},
): Answer {
  const both = compareFamilies(left, right, request);
  if (both) {
    const { reports, lost, gained } = both.report;
    done(reports, lost.length + gained.length === 0 && reports.every(({ packets }) => packets.same));
    return {
      status: both.report.status,
      output: familiesFormats[format](both.report, io),
      format,
      problems: [...both.problems, ...found],
      summary: () => firstLine(familiesFormats.text(both.report, { ...io, color: false })),
    };
  }
  const { report, problems } = compareSides(left, right, request);
  done([report], report.packets.same);
  return {
    status: report.status,
    output: comparedFormats[format](report, io),
    format,
    problems: [...problems, ...found],
    summary: () => sayVerdict(report, io),
  };
}

export const firstLine = (text: string) => text.split('\n', 1)[0] as string;
