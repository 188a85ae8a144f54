import { Command, CommanderError, Help, InvalidArgumentError, Option } from 'commander';
import { limitInput } from '../files/read-text.ts';
import { nftVersions } from '../nftables/version.ts';
import { releases } from '../proxy/decide/release.ts';
import type { CommandDetail } from '../report/words/command.ts';
import type { CommandName, Purpose } from '../report/words/help.ts';
import { type Language, languages } from '../report/words/language.ts';
import { refuse } from '../session/refuse.ts';
import { visibleLines } from '../text/excerpt.ts';
import { want } from '../text/expected.ts';
import { nearest } from '../text/nearest.ts';
import { type Answer, deliver, type Volume } from './answer.ts';
import type { Io, Writable } from './io.ts';
import { keeping } from './kept.ts';
import { helpEnd, isShown } from './reference/help.ts';
import { helpIn, type Spoken, SpokenCommand, spokenEnglish, spokenIn, translate } from './spoken.ts';
import { version } from './version.ts';

/** The version alone on the first line, then what it knows of the programs whose rules it reads and writes. */
function versionText(): string {
  const proxies = [...releases.keys()];
  return [
    version,
    `kube-proxy ${proxies[0]} to ${proxies.at(-1)}`,
    'iptables 1.8, nft and legacy back ends (texts of 1.8.9)',
    `nft ${[...nftVersions.keys()].join(', ')}`,
  ].join('\n');
}

const plainHelp = new Help();
/** What is near to a flag that nobody knows is looked for among all of them, so that only what is printed is shortened. */
function shortened(helper: Help): Help {
  const visibleOptions: Help['visibleOptions'] = (command) =>
    plainHelp
      .visibleOptions(command)
      .filter(({ long }) => isShown(command.parent ? command.name() : '', long));
  return Object.assign(Object.create(helper), { visibleOptions });
}

const colorChoices = ['auto', 'always', 'never'] as const;

/** What every command takes. */
interface CommonFlags extends Volume {
  readonly color?: (typeof colorChoices)[number];
  readonly lang?: Language;
  readonly cache?: string;
  /** Of a command that goes on. */
  readonly watch?: true;
  /** In bytes. */
  readonly maxInput?: number;
}

/** Does the work of a command and writes its answer. */
type Deliver = (work: () => Answer | Promise<Answer>) => Promise<void>;
type DeliverFor = (command: Command) => Deliver;

/** A subcommand: declares its arguments on `command` and gives the work to do with them to `answer`. `all`: it and the others. */
export interface Subcommand {
  declare(command: Command, io: Io, answer: Deliver, all: readonly Entry[]): void;
}

/** A subcommand by name, before it is loaded. */
export interface Entry {
  readonly name: CommandName;
  readonly purpose: Purpose;
  readonly summary: string;
  load(): Promise<Subcommand>;
}

const units: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

function sizeOf(text: string, wrong: string): number {
  const [, number, unit = ''] = /^(\d{1,15})([KMG]?)$/.exec(text) ?? [];
  if (number === undefined || Number(number) === 0) throw new InvalidArgumentError(wrong);
  return Number(number) * (units[unit] as number);
}

/** `whole`: its help shows every flag and example, where else what most need fits a screen. */
function newProgram(io: Io, whole: boolean, spoken: Spoken): Command {
  const { help } = spoken;
  return new SpokenCommand('kubenat', spoken.usage)
    .description(help.about)
    .version(versionText(), '-V, --version', 'print the version, and which releases of others it knows')
    .option('--quiet', 'no output, the exit status alone; errors are said all the same')
    .option('--summary', 'the verdict alone')
    .option('--verbose', 'every note, where else many of one kind are one')
    .addOption(
      new Option(
        '--max-input <size>',
        'refuse to read more, such as 64M (what the memory of Node.js allows, which is the most)',
      ).argParser((text) => sizeOf(text, spoken.usage.size)),
    )
    .addOption(
      new Option('--color <when>', 'colours: on a terminal (auto), always or never').choices(colorChoices),
    )
    .addOption(
      new Option('--lang <language>', 'the language of results and errors, else that of LANG').choices(
        languages,
      ),
    )
    .exitOverride()
    .addHelpCommand(
      new Command('help')
        .argument('[command]')
        .description(help.helpOfCommand)
        .helpGroup(help.purposes.besides),
    )
    .helpOption('-h, --help', help.showsHelp)
    .addHelpText('after', helpEnd('', whole, spoken))
    .configureHelp({
      showGlobalOptions: whole,
      formatHelp: (command, helper) => plainHelp.formatHelp(command, whole ? helper : shortened(helper)),
      ...helpIn(spoken),
    })
    .configureOutput({ writeOut: io.out, writeErr: (text) => io.err(visibleLines(text)) });
}

/** The program with every subcommand for which `wanted` says so declared whole, and the others by name. */
async function declareProgram(
  io: Io,
  whole: boolean,
  spoken: Spoken,
  subcommands: readonly Entry[],
  deliverFor: DeliverFor,
  wanted: (name: string) => boolean,
): Promise<Command> {
  const program = newProgram(io, whole, spoken);
  for (const { name, purpose, summary, load } of subcommands) {
    const command = program
      .command(name)
      .description(summary)
      .helpGroup(spoken.help.purposes[purpose])
      .copyInheritedSettings(program);
    if (!wanted(name)) continue;
    (await load()).declare(command, io, deliverFor(command), subcommands);
    if (keepsAnswers.includes(name))
      command.option(
        '--cache <directory>',
        'keep the answer there, and give it again while its inputs are as they were',
      );
    if (readsInputs(command)) command.option('--strict', 'warnings are errors');
    if (hasOutput(command))
      command.option('-o, --output <file>', 'where to write, instead of standard output');
    command.addHelpText('after', helpEnd(name, whole, spoken));
  }
  translate(program, spoken);
  return program;
}

/** The commands that are run again and again on inputs that seldom change. */
const keepsAnswers: readonly string[] = ['compile', 'diff', 'golden', 'test'];

function refuseBoth(): never {
  refuse<CommandDetail>(
    { code: 'flag-with', flag: '--cache', others: ['--watch'] },
    want.thing('one-of-them'),
  );
}

/** What reads inputs has something to warn of. `diff` has a word of its own to say of it. */
function readsInputs(command: Command): boolean {
  return (
    command.registeredArguments.some(({ argChoices }) => !argChoices) &&
    command.options.every(({ long }) => long !== '--strict')
  );
}

/** `serve` has no end, and of `get -o` people expect what kubectl takes it for. `compile` has a word of its own to say of it. */
function hasOutput(command: Command): boolean {
  return (
    !['get', 'serve'].includes(command.name()) && command.options.every(({ long }) => long !== '--output')
  );
}

/** Everything that can be typed, for those who describe it and run nothing. */
export function describeProgram(
  io: Io,
  subcommands: readonly Entry[],
  spoken: Spoken = spokenEnglish,
): Promise<Command> {
  return declareProgram(
    io,
    true,
    spoken,
    subcommands,
    () => async () => {},
    () => true,
  );
}

/** What is wrong with `help NAME`: no such command, of which the nearest is named as commander names it, or more than one word. */
function wrongHelp(args: readonly string[], subcommands: readonly Entry[], { usage }: Spoken): string | null {
  const [first, name, more] = args.filter((word) => !word.startsWith('-'));
  const names = ['help', ...subcommands.map((entry) => entry.name)];
  if (first !== 'help' || args[0] !== 'help' || name === undefined) return null;
  if (!names.includes(name)) {
    const close = nearest(name, names);
    return `${usage.error}: ${usage.unknownCommand(name)}\n${close ? `${usage.mean(close)}\n` : ''}`;
  }
  return more === undefined ? null : `${usage.error}: ${usage.oneCommand(more)}\n`;
}

/** The language of a command line that may be wrong, and its words without the flag that names one. */
function languageAsked(args: readonly string[], io: Io) {
  const at = args.findIndex((word) => /^--lang(?:=|$)/.test(word));
  const [flag = '', next] = at < 0 ? [] : args.slice(at);
  const name = flag.includes('=') ? flag.slice('--lang='.length) : next;
  const words = at < 0 ? args : args.toSpliced(at, flag.includes('=') ? 1 : 2);
  return { language: languages.find((one) => one === name) ?? io.language, words };
}

/** Runs one command line (without `node` and the script) and gives the exit status. */
export async function run(args: readonly string[], io: Io, subcommands: readonly Entry[]): Promise<number> {
  let status: number = 0;
  const own: Writable = { ...io };
  const { language, words } = languageAsked(args, io);
  if (words[0] === 'help' && words[1] === 'errors') {
    const { helpErrors } = await import('./help-errors.ts');
    return deliver({ ...own, ...(language && { language }) }, () => helpErrors(words[2], language));
  }
  const spoken = await spokenIn(language);
  const wrong = wrongHelp(words, subcommands, spoken);
  if (wrong !== null) {
    own.err(visibleLines(wrong));
    return 2;
  }
  // The help of help is that of all.
  if (words[0] === 'help' && words[1] === 'help')
    return run(['help', ...words.slice(2)], { ...io, ...(language && { language }) }, subcommands);
  const program = await declareProgram(
    own,
    args.includes('--verbose'),
    spoken,
    subcommands,
    (command) => async (work) => {
      const flags = command.optsWithGlobals<CommonFlags>();
      if (flags.output !== undefined)
        Object.assign(own, { color: false, terminal: false, columns: undefined });
      if (flags.color === 'always' || flags.color === 'never') own.color = flags.color === 'always';
      limitInput(flags.maxInput);
      own.verbose = flags.verbose ?? false;
      if (flags.lang) own.language = flags.lang;
      const answer = () => deliver(own, flags.watch && flags.cache ? refuseBoth : work, flags);
      status = flags.cache === undefined ? await answer() : await keeping(flags.cache, args, own, answer);
    },
    // `help NAME` wants to know its flags, too, and flags of all commands may stand before the name.
    (name) => args.includes(name),
  );
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return status;
}
