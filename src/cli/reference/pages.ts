import type { Argument, Command, Option } from 'commander';
import type { CommandName } from '../../report/words/help.ts';
import { type Example, examples } from '../examples.ts';

/** What a value is, for completion: a file, one of some words, or something that nobody can guess. */
export type Values = 'file' | 'other' | readonly string[];

export interface OptionPage {
  /** `-o`, where there is one. */
  readonly short: string | null;
  /** `--output`. */
  readonly long: string;
  /** `<file>`; null for a switch. */
  readonly value: string | null;
  readonly values: Values;
  readonly repeatable: boolean;
  readonly text: string;
  /** As it would be typed; null where there is none. */
  readonly byDefault: string | null;
}

export interface ArgumentPage {
  readonly name: string;
  /** `<file...>`, `[service]`. */
  readonly term: string;
  readonly values: Values;
  readonly repeatable: boolean;
  readonly text: string;
}

/** One command, as it is declared: what help, completion, the man page and the reference are made of. */
export interface CommandPage {
  readonly name: string;
  readonly summary: string;
  readonly arguments: readonly ArgumentPage[];
  readonly options: readonly OptionPage[];
  readonly examples: readonly Example[];
}

/** Words in angle brackets that stand for a path. */
const paths = new Set(['file', 'dump', 'directory', 'dir', 'before', 'after']);

const valuesOf = (name: string, choices: readonly string[] | undefined): Values =>
  choices ?? (paths.has(name) ? 'file' : 'other');

function optionPage(option: Option): OptionPage {
  const value = /[<[].*/.exec(option.flags)?.[0] ?? null;
  const { defaultValue, long, short, description, argChoices } = option;
  const isSaid = typeof defaultValue === 'string' || typeof defaultValue === 'number';
  return {
    short: short ?? null,
    long: long ?? '',
    value,
    values: valuesOf(value?.replaceAll(/[<>[\].]/g, '') ?? '', argChoices),
    repeatable: option.variadic || Array.isArray(defaultValue),
    text: description,
    byDefault: isSaid ? String(defaultValue) : null,
  };
}

function argumentPage(argument: Argument): ArgumentPage {
  const name = argument.name();
  const dots = argument.variadic ? '...' : '';
  return {
    name,
    term: argument.required ? `<${name}${dots}>` : `[${name}${dots}]`,
    values: valuesOf(name, argument.argChoices),
    repeatable: argument.variadic,
    text: argument.description,
  };
}

const help: OptionPage = {
  short: '-h',
  long: '--help',
  value: null,
  values: 'other',
  repeatable: false,
  text: 'show the help',
  byDefault: null,
};

/** Every command of a program, in the order in which its help lists them. */
export function commandPages(program: Command): readonly CommandPage[] {
  const common = program.options.filter(({ long }) => long !== '--version').map(optionPage);
  return program.commands.map((command) => ({
    name: command.name(),
    summary: command.description(),
    arguments: command.registeredArguments.map(argumentPage),
    options: [...command.options.filter(({ hidden }) => !hidden).map(optionPage), ...common, help],
    examples: examples[command.name() as CommandName],
  }));
}

/** `-o, --output <file>`. */
export function termOf({ short, long, value }: OptionPage): string {
  return `${short ? `${short}, ` : ''}${long}${value ? ` ${value}` : ''}`;
}

/** `kubenat trace [options] [file...]`. */
export function usageOf({ name, arguments: terms }: CommandPage): string {
  return ['kubenat', name, '[options]', ...terms.map(({ term }) => term)].join(' ');
}
