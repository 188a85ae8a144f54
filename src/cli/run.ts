import { createRequire } from 'node:module';
import { Command, CommanderError, Help } from 'commander';
import { type Answer, deliver } from './answer.ts';
import type { Io } from './io.ts';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
const plainHelp = new Help();

/** A subcommand: declares its arguments on `command` and gives the work to do with them to `answer`. */
export interface Subcommand {
  readonly name: string;
  readonly summary: string;
  declare(command: Command, io: Io, answer: (work: () => Answer | Promise<Answer>) => Promise<void>): void;
}

/** Runs one command line (without `node` and the script) and gives the exit status. */
export async function run(
  args: readonly string[],
  io: Io,
  subcommands: readonly Subcommand[],
): Promise<number> {
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
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showSuggestionAfterError();
  for (const subcommand of subcommands) {
    const command = program
      .command(subcommand.name)
      .description(subcommand.summary)
      .copyInheritedSettings(program);
    subcommand.declare(command, io, async (work) => {
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
