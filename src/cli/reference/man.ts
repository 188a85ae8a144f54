import { type CommandPage, termOf, usageOf } from './pages.ts';

/** The manual page kubenat(1), in the language of man(7). */
export function printMan(pages: readonly CommandPage[], description: string): string {
  return [
    '.\\" Made from the declarations of the commands; see test/cli/reference.test.ts.',
    '.TH KUBENAT 1 "" "kubenat" "User Commands"',
    '.SH NAME',
    `kubenat \\- ${escaped(description)}`,
    '.SH SYNOPSIS',
    '.B kubenat',
    '.I command',
    '.RI [ options ]',
    '.RI [ file ...]',
    '.SH DESCRIPTION',
    'kubenat compiles Kubernetes Services into the netfilter rules that kube-proxy installs on a node, walks packets',
    'through such rules as the kernel does, and compares rule sets by what they do to packets.',
    '.SH COMMANDS',
    ...pages.flatMap(section),
    '.SH EXIT STATUS',
    ...item('0', 'answered, same, or passed'),
    ...item('1', 'different, failed, or findings'),
    ...item('2', 'the input or the command is wrong; nothing is on standard output'),
    '.SH ENVIRONMENT',
    ...item('NO_COLOR', 'no colour, on a terminal either'),
    ...item('KUBENAT_DEBUG', 'where kubenat itself is at fault, show the place'),
    ...item(
      'NODE_DISABLE_COMPILE_CACHE',
      'keep nothing in the folder for temporary files; else Node 22.1 and later keep there the compiled program, for a faster start',
    ),
    '.SH SEE ALSO',
    '.BR iptables\\-save (8),',
    '.BR iptables\\-restore (8)',
    '',
  ].join('\n');
}

function section(page: CommandPage): string[] {
  return [
    `.SS ${escaped(page.name)}`,
    `.B ${escaped(usageOf(page))}`,
    '.PP',
    `${escaped(page.summary)}.`,
    ...page.arguments.flatMap(({ term, text, values }) => item(term, withChoices(text, values))),
    ...page.options.flatMap((option) => {
      const text = withChoices(option.text, option.values);
      return item(
        termOf(option),
        option.byDefault === null ? text : `${text} (default: ${option.byDefault})`,
      );
    }),
    ...page.examples.flatMap(({ what, line }) => [
      '.PP',
      `${escaped(what)}:`,
      '.PP',
      '.nf',
      escaped(line),
      '.fi',
    ]),
  ];
}

const item = (term: string, text: string) => ['.TP', `.B ${escaped(term)}`, escaped(text)];

function withChoices(text: string, values: CommandPage['options'][number]['values']): string {
  return typeof values === 'string' ? text : `${text} (${values.join(', ')})`;
}

/** A dot or quote at the begin of a line is a request; a bare hyphen may become a typographic one. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('^', '\\(ha')
    .replace(/^([.])/, '\\&$1');
}
