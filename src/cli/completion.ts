import { Argument } from 'commander';
import { printBash } from './reference/bash.ts';
import { printFish } from './reference/fish.ts';
import { commandPages } from './reference/pages.ts';
import { printZsh } from './reference/zsh.ts';
import { describeProgram, type Subcommand } from './run.ts';

const shells = { bash: printBash, zsh: printZsh, fish: printFish };

export const completionCommand: Subcommand = {
  declare(command, io, answer, all) {
    command
      .addArgument(new Argument('<shell>', 'for which shell').choices(Object.keys(shells)))
      .action((shell: keyof typeof shells) =>
        answer(async () => {
          const pages = commandPages(await describeProgram(io, all));
          return { status: 0, output: shells[shell](pages), format: 'script' };
        }),
      );
  },
};
