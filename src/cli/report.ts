import { embedData } from '../report/page.ts';
import type { CommandDetail } from '../report/words/command.ts';
import type { Version } from '../session/version.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import type { Problem } from '../text/problem.ts';
import type { Answer } from './answer.ts';
import type { Io } from './io.ts';
import { declarePageInput, modeOf, otherNodes, type PageFlags, readPageInput } from './page-input.ts';
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
  const problems = [...version.problems, ...modeOf(version), ...ofTables(version)];
  return { status: 0, output: embedData(pageTemplate(), data), format: 'html', problems };
}

/** Of rules of nft the page has those of one node, and compiles no others for a view of the cluster. */
function ofTables(version: Version): readonly Problem[] {
  const { lowered, manifests } = version.data;
  if (lowered === undefined || manifests.length === 0) return [];
  const detail: CommandDetail = { code: 'page-of-tables' };
  const noClusters: Problem = {
    code: 'proxy-mode',
    severity: 'note',
    ...told<CommandDetail>(detail),
    expected: want.written('kubenat explain --mode nftables'),
  };
  return [...otherNodes(version), noClusters];
}
