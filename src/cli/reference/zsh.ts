import type { CommandPage, OptionPage, Values } from './pages.ts';

/** Completion for zsh, by its own `_arguments`. */
export function printZsh(pages: readonly CommandPage[]): string {
  return [
    '#compdef kubenat',
    '# kubenat completion zsh; put `source <(kubenat completion zsh)` into ~/.zshrc, after compinit',
    '_kubenat() {',
    '  local state line context curcontext=$curcontext',
    '  typeset -A opt_args',
    "  _arguments -C '(- *)'{-h,--help}'[show the help]' '(- *)'{-V,--version}'[print the version]' '1: :->command' '*:: :->rest'",
    '  case $state in',
    '  command)',
    '    local -a commands=(',
    ...pages.map(({ name, summary }) => `      ${quoted(`${name}:${summary}`)}`),
    '    )',
    "    _describe -t commands 'command' commands",
    '    ;;',
    '  rest)',
    '    case $words[1] in',
    ...pages.flatMap(branch),
    '    esac',
    '    ;;',
    '  esac',
    '}',
    'if [ "$funcstack[1]" = _kubenat ]; then _kubenat "$@"; else compdef _kubenat kubenat; fi',
    '',
  ].join('\n');
}

function branch({ name, options, arguments: terms }: CommandPage): string[] {
  const specs = [
    ...options.flatMap(optionSpecs),
    ...terms.map(({ name: what, repeatable, values }, at) =>
      quoted(`${repeatable ? '*' : at + 1}:${what}:${action(values)}`),
    ),
  ];
  return [
    `    ${name})`,
    '      _arguments \\',
    ...specs.map((spec, at) => `        ${spec}${at < specs.length - 1 ? ' \\' : ''}`),
    '      ;;',
  ];
}

function optionSpecs({ short, long, value, values, repeatable, text }: OptionPage): string[] {
  const told = `[${text.replaceAll(/[[\]\\]/g, '\\$&').replaceAll(':', '\\:')}]`;
  const wanted =
    value === null ? '' : `:${value.replaceAll(/[<>[\]]/g, '').replaceAll(':', '')}:${action(values)}`;
  const once = repeatable ? '*' : '';
  return [
    quoted(`${once}${long}${value === null ? '' : '='}${told}${wanted}`),
    ...(short ? [quoted(`${once}${short}${told}${wanted}`)] : []),
  ];
}

function action(values: Values): string {
  if (values === 'file') return '_files';
  return values === 'other' ? ' ' : `(${values.join(' ')})`;
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
