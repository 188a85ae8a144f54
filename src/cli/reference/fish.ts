import type { CommandPage, OptionPage, Values } from './pages.ts';

/** Completion for fish. */
export function printFish(pages: readonly CommandPage[]): string {
  return [
    '# kubenat completion fish > ~/.config/fish/completions/kubenat.fish',
    'complete -c kubenat -f',
    ...pages.map(
      ({ name, summary }) => `complete -c kubenat -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ),
    'complete -c kubenat -n __fish_use_subcommand -l version -s V -d "print the version"',
    'complete -c kubenat -n __fish_use_subcommand -l help -s h -d "show the help"',
    ...pages.flatMap(lines),
    '',
  ].join('\n');
}

function lines({ name, options, arguments: terms }: CommandPage): string[] {
  const start = `complete -c kubenat -n "__fish_seen_subcommand_from ${name}"`;
  const wanted = [...new Set(terms.map(({ values }) => argument(values)))].filter((words) => words !== '');
  return [
    ...wanted.map((words) => `${start} ${words}`),
    ...options.map((option) => `${start} ${flag(option)}`),
  ];
}

function argument(values: Values): string {
  if (values === 'file') return '-F';
  return values === 'other' ? '' : `-a ${quoted(values.join(' '))}`;
}

function flag({ short, long, value, values, text }: OptionPage): string {
  const names = `-l ${long.slice(2)}${short ? ` -s ${short.slice(1)}` : ''}`;
  const wanted =
    value === null
      ? ''
      : values === 'file'
        ? ' -r -F'
        : values === 'other'
          ? ' -x'
          : ` -x -a ${quoted(values.join(' '))}`;
  return `${names}${wanted} -d ${quoted(text)}`;
}

const quoted = (text: string) => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
