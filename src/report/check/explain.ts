import { type FindingCode, findingCodes, severities } from '../../lint/finding.ts';
import { padded } from '../../text/columns.ts';
import { problemTables } from '../problems.ts';
import type { FindingExample } from '../words/explained/page.ts';
import { findingPages, findingTexts } from '../words/explained/pages.ts';
import type { Language } from '../words/language.ts';

/** Nobody reads more lines of an example. */
const mostLines = 24;

/** What stands around the parts of a page. */
const titles = {
  en: {
    effect: (said: string) => `What it does to packets: ${said}`,
    remedy: (said: string) => `What to do: ${said}`,
    silence: (code: string) => `In one place: # kubenat-ignore ${code}: REASON`,
    fails: 'An example in which it is found:',
    passes: 'One that is as it should be:',
    more: (lines: number) => `… and ${lines} more lines`,
  },
  ko: {
    effect: (said: string) => `패킷에 미치는 영향: ${said}`,
    remedy: (said: string) => `할 일: ${said}`,
    silence: (code: string) => `한 곳에서만 숨기려면: # kubenat-ignore ${code}: 이유`,
    fails: '문제가 있는 예:',
    passes: '문제가 없는 예:',
    more: (lines: number) => `… 외 ${lines}행`,
  },
} as const satisfies Readonly<Record<Language, object>>;

/** What a finding means, what it does to packets, what to do, and examples, for a terminal. */
export function printFindingPage(code: FindingCode, language: Language = 'en'): string {
  const { means, effect, remedy } = findingTexts[language][code];
  const { fails, passes } = findingPages[code];
  const w = titles[language];
  return [
    `${code} (${problemTables[language].severities[severities[code]]}): ${means}`,
    '',
    w.effect(effect),
    '',
    w.remedy(remedy),
    '',
    w.silence(code),
    '',
    w.fails,
    ...exampleLines(fails, language),
    '',
    w.passes,
    ...exampleLines(passes, language),
    '',
  ].join('\n');
}

function exampleLines({ files, flags = [] }: FindingExample, language: Language): string[] {
  const names = Object.keys(files);
  const command = ['kubenat check', ...flags, ...names.filter((name) => !flags.includes(name))].join(' ');
  return [
    '',
    ...names.flatMap((name) => fileLines(name, files[name] as string, language)),
    `    $ ${command}`,
  ];
}

function fileLines(name: string, text: string, language: Language): string[] {
  const lines = text.trimEnd().split('\n');
  const more = lines.length - mostLines;
  const shown = more > 0 ? [...lines.slice(0, mostLines), titles[language].more(more)] : lines;
  return [`    ${name}:`, ...shown.map((line) => `      ${line}`.trimEnd()), ''];
}

/** Every finding in a line. */
export function printFindingList(language: Language = 'en'): string {
  const { severities: names } = problemTables[language];
  const width = Math.max(...findingCodes.map(({ length }) => length));
  const lines = findingCodes.map(
    (code) =>
      `${code.padEnd(width)}  ${padded(names[severities[code]], 7)}  ${findingTexts[language][code].means}`,
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
