import type { MoveFinding, MoveReport } from '../proxy/migrate/move.ts';
import { exceptionWords } from './migrate-words.ts';

/** One paragraph for each reason, with where it holds and what to do about it. */
export function printMigrateText({ findings, rest }: MoveReport): string {
  const codes = [...new Set(findings.map(({ code }) => code))];
  const paragraphs = codes.map((code) => {
    const own = findings.filter((finding) => finding.code === code);
    const { what, advice } = exceptionWords[code];
    return [`${code}: ${what}`, ...nodesOf(own), ...witness(own), `  what to do: ${advice}`].join('\n');
  });
  const end =
    rest === 'proved'
      ? 'All other packets fare as before: both sides are the same.'
      : 'That all other packets fare as before is held against recordings, and not proved for these rules.';
  return `${[...paragraphs, end].join('\n\n')}\n`;
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
