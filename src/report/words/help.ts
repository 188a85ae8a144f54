/** Every command, by its name. */
export const commandNames = [
  'get',
  'explain',
  'trace',
  'check',
  'graph',
  'report',
  'serve',
  'diff',
  'migrate',
  'test',
  'golden',
  'verify',
  'merge',
  'drift',
  'collect',
  'compile',
  'fmt',
  'translate',
  'completion',
] as const;
export type CommandName = (typeof commandNames)[number];

/** What a command is for, in the order of a user's day: the headings of the help. */
export const purposes = ['see', 'review', 'look-after', 'write', 'besides'] as const;
export type Purpose = (typeof purposes)[number];

/** What the help says around what commands say of themselves, in one language. */
export interface HelpWords {
  readonly about: string;
  readonly purposes: Readonly<Record<Purpose, string>>;
  /** As commander calls the parts of a help. */
  readonly headings: Readonly<
    Record<
      'Usage:' | 'Arguments:' | 'Options:' | 'Global Options:' | 'Commands:' | '[options]' | '[command]',
      string
    >
  >;
  readonly choices: (choices: string) => string;
  readonly byDefault: (value: string) => string;
  readonly helpOfCommand: string;
  readonly showsHelp: string;
  readonly examples: string;
  readonly rest: (command: CommandName) => string;
  readonly restOfAll: readonly string[];
}

/** What a command, its arguments and flags say of themselves. */
export interface CommandHelp {
  readonly summary: string;
  /** By their names. */
  readonly arguments: Readonly<Record<string, string>>;
  /** By their long names, such as `--node`. */
  readonly flags: Readonly<Record<string, string>>;
  /** What each example is for, in their order. */
  readonly examples: readonly string[];
}

/** What is wrong with a command line, in one language. `near`: what may have been meant, or none. */
export interface UsageWords {
  readonly error: string;
  readonly missingArgument: (name: string) => string;
  readonly missingValue: (flag: string) => string;
  readonly unknownFlag: (flag: string) => string;
  readonly tooMany: (command: string, expected: number, given: number) => string;
  readonly unknownCommand: (name: string) => string;
  readonly invalidFlag: (flag: string, value: string) => string;
  readonly invalidArgument: (name: string, value: string) => string;
  readonly allowed: (choices: readonly string[]) => string;
  readonly size: string;
  readonly mean: (near: string) => string;
  readonly oneCommand: (second: string) => string;
}
