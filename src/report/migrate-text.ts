import type { MoveFinding, MoveReport, UnnamedPacket } from '../session/move.ts';
import { exceptionWords } from './migrate-words.ts';
import { printOutcome, printPacket } from './trace-text.ts';

/** One paragraph for each reason, with where it holds and what to do about it. */
export function printMigrateText(report: MoveReport): string {
  const { findings } = report;
  const codes = [...new Set(findings.map(({ code }) => code))];
  const paragraphs = codes.map((code) => {
    const own = findings.filter((finding) => finding.code === code);
    const { what, advice } = exceptionWords[code];
    return [`${code}: ${what}`, ...nodesOf(own), ...witness(own), `  what to do: ${advice}`].join('\n');
  });
  return `${[...paragraphs, ...report.unnamed.map(sayUnnamed), sayRest(report)].join('\n\n')}\n`;
}

function sayRest({ rest, tried: { packets, nodes }, unnamed }: MoveReport): string {
  if (rest === 'proved') return 'All other packets fare as before: both sides are the same.';
  const known = 'That all other packets fare as before is not proved for these rules.';
  if (packets === 0) return known;
  const found = unnamed.length > 0 ? '' : ', and none fares otherwise for another reason';
  return `${known} ${packets} packets were walked through the rules of both sides on ${nodes.join(', ')}${found}.`;
}

function sayUnnamed({ node, packet, before, after }: UnnamedPacket): string {
  return [
    'unnamed: a packet fares otherwise, and none of these reasons says why: please report this',
    `  on ${node}: ${printPacket(packet)}`,
    `  before: ${before.map((one) => printOutcome(one)).join(', or ')}`,
    `  after: ${after.map((one) => printOutcome(one)).join(', or ')}`,
  ].join('\n');
}

/** A line for each reason, and one for all other packets. */
export function sayMove(report: MoveReport): string {
  const lines = printMigrateText(report).trimEnd().split('\n\n');
  return lines.map((paragraph) => paragraph.split('\n', 1)[0]).join('\n');
}

function nodesOf(findings: readonly MoveFinding[]): readonly string[] {
  const names = [...new Set(findings.map(({ node }) => node))];
  const families = [...new Set(findings.map(({ family }) => family))].join(' and ');
  const shown =
    names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
  return [`  on ${shown}, ${families}`];
}

function witness(findings: readonly MoveFinding[]): readonly string[] {
  const found = findings.find((finding) => finding.witness !== null);
  return found ? [`  for instance on ${found.node}: ${found.witness}`] : [];
}
