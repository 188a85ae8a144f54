import { type ArgumentPage, type CommandPage, type OptionPage, termOf, usageOf } from './pages.ts';

/** The reference of all commands, as one page of the documentation. */
export function printCommandsMarkdown(pages: readonly CommandPage[]): string {
  return [
    '# Commands',
    '',
    'Made from the declarations that the program itself reads; `kubenat COMMAND --help` says the same.',
    '',
    'Exit status: 0 answered, same or passed; 1 different, failed or findings; 2 the input or the command is wrong, and then',
    'nothing is on standard output. Results go to standard output, everything else to standard error.',
    '',
    ...pages.map(({ name, summary }) => `- [\`${name}\`](#${name}): ${summary}`),
    '',
    ...pages.flatMap(section),
  ].join('\n');
}

function section(page: CommandPage): string[] {
  return [
    `## ${page.name}`,
    '',
    `\`${usageOf(page)}\``,
    '',
    `${page.summary[0]?.toUpperCase()}${page.summary.slice(1)}.`,
    '',
    ...table('argument', page.arguments.map(argumentRow)),
    ...table('option', page.options.map(optionRow)),
    '```sh',
    ...page.examples.flatMap(({ what, line }) => [`# ${what}`, line]),
    '```',
    '',
  ];
}

function table(title: string, rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : [`| ${title} | |`, '|---|---|', ...rows, ''];
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
const choicesOf = (values: CommandPage['options'][number]['values']) =>
  typeof values === 'string' ? '' : `; one of ${values.map((word) => `\`${word}\``).join(', ')}`;

const argumentRow = ({ term, text, values }: ArgumentPage) =>
  `| \`${term}\` | ${cell(text)}${choicesOf(values)} |`;

const optionRow = (option: OptionPage) =>
  [
    `| \`${termOf(option)}\` | ${cell(option.text)}`,
    choicesOf(option.values),
    option.byDefault === null ? '' : `; default \`${option.byDefault}\``,
    option.repeatable ? '; may be given several times' : '',
    ' |',
  ].join('');
