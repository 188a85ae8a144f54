import { type Argument, Command, type Help, InvalidArgumentError, Option } from 'commander';
import { helpWords, usageWords } from '../report/words/en/help.ts';
import type { CommandHelp, CommandName, HelpWords, UsageWords } from '../report/words/help.ts';
import type { Language } from '../report/words/language.ts';
import { widthOf } from '../text/columns.ts';
import { nearest } from '../text/nearest.ts';

/** What a command line and its help are told in. */
export interface Spoken {
  readonly help: HelpWords;
  readonly usage: UsageWords;
  /** Null: what the declarations themselves say. */
  readonly translated: {
    readonly common: Readonly<Record<string, string>>;
    readonly commands: Readonly<Record<CommandName, CommandHelp>>;
  } | null;
}

export const spokenEnglish: Spoken = { help: helpWords, usage: usageWords, translated: null };

/** Loaded only where it is spoken. */
export async function spokenIn(language: Language | undefined): Promise<Spoken> {
  if (language !== 'ko') return spokenEnglish;
  const ko = await import('../report/words/ko/help.ts');
  return {
    help: ko.helpWords,
    usage: ko.usageWords,
    translated: { common: ko.commonFlags, commands: ko.commandHelp },
  };
}

/** A command that says in words of a language what is wrong with a command line. */
export class SpokenCommand extends Command {
  readonly #words: UsageWords;

  constructor(name: string, words: UsageWords) {
    super(name);
    this.#words = words;
  }

  override createCommand(name: string): Command {
    return new SpokenCommand(name, this.#words);
  }

  // What follows stands in the place of commander's methods of these names, each of which makes one sentence.

  missingArgument(name: string): never {
    return this.#refuse(this.#words.missingArgument(name), 'commander.missingArgument');
  }

  optionMissingArgument({ flags }: Option): never {
    return this.#refuse(this.#words.missingValue(flags), 'commander.optionMissingArgument');
  }

  unknownOption(flag: string): never {
    const own = [this, this.parent].flatMap((command) => command?.options ?? []);
    const flags = [...own.flatMap(({ long }) => long ?? []), '--help'];
    return this.#refuse(this.#words.unknownFlag(flag), 'commander.unknownOption', nearest(flag, flags));
  }

  _excessArguments(given: readonly string[]): void {
    const says = this.#words.tooMany(this.name(), this.registeredArguments.length, given.length);
    this.#refuse(says, 'commander.excessArguments');
  }

  unknownCommand(): never {
    const [name = ''] = this.args;
    const names = ['help', ...this.commands.map((command) => command.name())];
    return this.#refuse(this.#words.unknownCommand(name), 'commander.unknownCommand', nearest(name, names));
  }

  _callParseArg(
    target: (Option | Argument) & { parseArg?: (value: string, previous: unknown) => unknown },
    value: string,
    previous: unknown,
  ): unknown {
    try {
      return target.parseArg?.(value, previous);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      const { invalidFlag, invalidArgument, allowed } = this.#words;
      const says =
        target instanceof Option ? invalidFlag(target.flags, value) : invalidArgument(target.name(), value);
      const why = target.argChoices ? allowed(target.argChoices) : error.message;
      return this.#refuse(`${says} ${why}`, error.code);
    }
  }

  #refuse(says: string, code: string, near?: string): never {
    const mean = near === undefined ? '' : `\n${this.#words.mean(near)}`;
    return this.error(`${this.#words.error}: ${says}${mean}`, { code });
  }
}

interface Described {
  readonly description: string;
  readonly argChoices?: readonly string[];
  readonly defaultValue?: unknown;
}

/** That a flag which may be given several times is given never by default goes without saying. */
function describe({ description, argChoices, defaultValue }: Described, w: HelpWords): string {
  const extra = [
    ...(argChoices ? [w.choices(argChoices.map((choice) => JSON.stringify(choice)).join(', '))] : []),
    ...(typeof defaultValue === 'string' ? [w.byDefault(JSON.stringify(defaultValue))] : []),
  ];
  return extra.length === 0 ? description : `${description} (${extra.join(', ')})`;
}

/** How the help of commands is told in words of a language. */
export function helpIn({ help }: Spoken): Partial<Help> {
  return {
    displayWidth: (text) => widthOf(text),
    styleTitle: (title) => (help.headings as Readonly<Record<string, string>>)[title] ?? title,
    styleUsage: (usage) =>
      usage.replace('[options]', help.headings['[options]']).replace('[command]', help.headings['[command]']),
    optionDescription: (option) => describe(option, help),
    argumentDescription: (argument) => describe(argument, help),
  };
}

/** Puts what declarations say in English into the words of another language. */
export function translate(program: Command, { translated }: Spoken): void {
  if (translated === null) return;
  for (const option of program.options)
    option.description = translated.common[option.long ?? ''] ?? option.description;
  for (const command of program.commands) {
    const own = translated.commands[command.name() as CommandName];
    for (const argument of command.registeredArguments)
      argument.description = own.arguments[argument.name()] ?? argument.description;
    for (const option of command.options)
      option.description = own.flags[option.long ?? ''] ?? option.description;
    command.description(own.summary);
  }
}
