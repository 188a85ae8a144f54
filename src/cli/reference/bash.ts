import type { CommandPage, OptionPage } from './pages.ts';

const head = `# kubenat completion bash; put 'source <(kubenat completion bash)' into ~/.bashrc
_kubenat() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command= word
  # Where '=' parts words, the flag is one word further back.
  if [[ $current == = ]]; then current=; elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] || { command=$word; break; }
  done`;

/** Completion for bash. Where files are wanted it leaves them to bash itself. */
export function printBash(pages: readonly CommandPage[]): string {
  const names = [...pages.map(({ name }) => name), 'help', '--help', '--version'];
  return [
    head,
    '  COMPREPLY=()',
    '  case $command in',
    "  '')",
    `    COMPREPLY=($(compgen -W '${names.join(' ')}' -- "$current"))`,
    '    ;;',
    ...pages.flatMap(branch),
    '  esac',
    '}',
    '# Words of the shell, without files.',
    '_kubenat_words() {',
    '  compopt +o default +o bashdefault 2>/dev/null',
    '  COMPREPLY=($(compgen -W "$1" -- "$current"))',
    '}',
    'complete -o bashdefault -o default -F _kubenat kubenat',
    '',
  ].join('\n');
}

function branch({ name, options, arguments: [first] }: CommandPage): string[] {
  const valued = options.filter(({ value }) => value !== null);
  const flags = options.flatMap(({ short, long }) => (short ? [short, long] : [long])).join(' ');
  const words = typeof first?.values === 'object' ? first.values.join(' ') : null;
  return [
    `  ${name})`,
    '    case $before in',
    ...valued.flatMap((option) => [`    ${pattern(option)}) ${valuesOf(option)} return ;;`]),
    '    esac',
    `    if [[ $current == -* ]]; then _kubenat_words '${flags}'`,
    ...(words ? [`    elif [[ $before == ${name} ]]; then _kubenat_words '${words}'`] : []),
    '    fi',
    '    ;;',
  ];
}

const pattern = ({ short, long }: OptionPage) => (short ? `${short}|${long}` : long);

function valuesOf({ values }: OptionPage): string {
  if (values === 'file') return '';
  return `_kubenat_words '${values === 'other' ? '' : values.join(' ')}';`;
}
