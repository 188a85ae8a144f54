import { embedData } from '../report/page.ts';
import type { Answer } from './answer.ts';
import type { Io } from './io.ts';
import { declarePageInput, modeOf, type PageFlags, readPageInput } from './page-input.ts';
import { pageTemplate } from './page-template.ts';
import type { Subcommand } from './run.ts';

export const reportCommand: Subcommand = {
  declare(command, io, answer) {
    declarePageInput(command).action((files: string[], flags: PageFlags) =>
      answer(() => reportAnswer(io, files, flags)),
    );
  },
};

function reportAnswer(io: Io, files: readonly string[], flags: PageFlags): Answer {
  const { data, version } = readPageInput(io, files, flags);
  const problems = [...version.problems, ...modeOf(version)];
  return { status: 0, output: embedData(pageTemplate(), data), format: 'html', problems };
}
