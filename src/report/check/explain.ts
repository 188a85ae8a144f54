import { type FindingCode, findingCodes, severities } from '../../lint/finding.ts';
import type { FindingExample } from '../words/explained/page.ts';
import { findingPages } from '../words/explained/pages.ts';

/** Nobody reads more lines of an example. */
const mostLines = 24;

/** What a finding means, what it does to packets, what to do, and examples, for a terminal. */
export function printFindingPage(code: FindingCode): string {
  const { means, effect, remedy, fails, passes } = findingPages[code];
  return [
    `${code} (${severities[code]}): ${means}`,
    '',
    `What it does to packets: ${effect}`,
    '',
    `What to do: ${remedy}`,
    '',
    `In one place: # kubenat-ignore ${code}: REASON`,
    '',
    'An example in which it is found:',
    ...exampleLines(fails),
    '',
    'One that is as it should be:',
    ...exampleLines(passes),
    '',
  ].join('\n');
}

function exampleLines({ files, flags = [] }: FindingExample): string[] {
  const names = Object.keys(files);
  const command = ['kubenat check', ...flags, ...names.filter((name) => !flags.includes(name))].join(' ');
  return ['', ...names.flatMap((name) => fileLines(name, files[name] as string)), `    $ ${command}`];
}

function fileLines(name: string, text: string): string[] {
  const lines = text.trimEnd().split('\n');
  const more = lines.length - mostLines;
  const shown = more > 0 ? [...lines.slice(0, mostLines), `… and ${more} more lines`] : lines;
  return [`    ${name}:`, ...shown.map((line) => `      ${line}`.trimEnd()), ''];
}

/** Every finding in a line. */
export function printFindingList(): string {
  const width = Math.max(...findingCodes.map(({ length }) => length));
  const lines = findingCodes.map(
    (code) => `${code.padEnd(width)}  ${severities[code].padEnd(7)}  ${findingPages[code].means}`,
  );
  return `${lines.join('\n')}\n`;
}

/** The same as a page of Markdown. */
export function printFindingReference(): string {
  const rows = findingCodes.map(
    (code) => `| [\`${code}\`](#${code}) | ${severities[code]} | ${findingPages[code].means} |`,
  );
  const pages = findingCodes.flatMap((code) => {
    const { means, effect, remedy } = findingPages[code];
    return [
      '',
      `## ${code}`,
      '',
      `${means[0]?.toUpperCase()}${means.slice(1)}.`,
      '',
      `What it does to packets: ${effect}`,
      '',
      `What to do: ${remedy}`,
    ];
  });
  return [...findingHead, '| code | severity | what |', '|---|---|---|', ...rows, ...pages, ''].join('\n');
}

const findingHead = [
  '# Findings of check',
  '',
  '`kubenat check --explain CODE` prints the same with an example in which it is found, and one that is as it should be. Errors and warnings give',
  'exit status 1; notes alone 0. `--strict` makes warnings errors.',
  '',
];
