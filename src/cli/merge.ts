import { readSources } from '../files/files.ts';
import { mergeResults } from '../session/merge/merge.ts';
import type { Answer } from './answer.ts';
import type { Io } from './io.ts';
import type { Subcommand } from './run.ts';

/** `kubenat merge`: the results of all parts of a shared run, as one run would have said them. */
export const mergeCommand: Subcommand = {
  declare(command, io, answer) {
    command
      .argument(
        '<result...>',
        'what diff --nodes all, check or migrate printed with --shard and --format json',
      )
      .action((files: string[]) => answer(() => mergeAnswer(io, files)));
  },
};

function mergeAnswer(io: Io, files: readonly string[]): Answer {
  const { text, status } = mergeResults(readSources(io, files));
  return { status, output: text, format: 'json' };
}
