import { createRequire } from 'node:module';
import { Command, CommanderError, Help } from 'commander';
import { visibleLines } from '../text/excerpt.ts';
import { type Answer, deliver } from './answer.ts';
import type { Io } from './io.ts';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
const plainHelp = new Help();

/** A subcommand: declares its arguments on `command` and gives the work to do with them to `answer`. */
export interface Subcommand {
  declare(command: Command, io: Io, answer: (work: () => Answer | Promise<Answer>) => Promise<void>): void;
}

/** A subcommand by name, before it is loaded. */
export interface Entry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Subcommand>;
}

/** Runs one command line (without `node` and the script) and gives the exit status. */
export async function run(args: readonly string[], io: Io, subcommands: readonly Entry[]): Promise<number> {
  let status: number = 0;
  const program = new Command('kubenat')
    .description(
      'Kubernetes Services as netfilter rules: compile them, walk packets through them, compare them',
    )
    .version(version, '-V, --version', 'print the version')
    .exitOverride()
    .configureHelp({
      // That a flag which may be given several times is given never by default goes without saying.
      optionDescription: (option) => plainHelp.optionDescription(option).replace(' (default: [])', ''),
    })
    .configureOutput({ writeOut: io.out, writeErr: (text) => io.err(visibleLines(text)) })
    .showSuggestionAfterError();
  for (const { name, summary, load } of subcommands) {
    const command = program.command(name).description(summary).copyInheritedSettings(program);
    // `help NAME` wants to know its flags, too.
    if (!args.slice(0, 2).includes(name)) continue;
    (await load()).declare(command, io, async (work) => {
      status = await deliver(io, work);
    });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  return status;
}
