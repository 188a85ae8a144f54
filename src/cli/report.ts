import { Option } from 'commander';
import { chainGraph } from '../graph/build.ts';
import type { Selection } from '../graph/model.ts';
import { printDot } from '../report/graph-dot.ts';
import { printMermaid } from '../report/graph-mermaid.ts';
import { printSvg } from '../report/graph-svg.ts';
import { nearest } from '../text/nearest.ts';
import { embedData } from '../web/embed.ts';
import type { NodeView, Version } from '../web/page/model/version.ts';
import type { Answer } from './answer.ts';
import type { Io } from './io.ts';
import { declarePageInput, type PageFlags, readPageInput } from './page-input.ts';
import { pageTemplate } from './page-template.ts';
import { refuse } from './rules.ts';
import type { Subcommand } from './run.ts';

/** Pictures of chains, beside the page. */
const pictures = { svg: printSvg, dot: printDot, mermaid: printMermaid } as const;
type Format = keyof typeof pictures | 'html';

interface ReportFlags extends PageFlags {
  readonly format: Format;
  readonly chain?: string;
  readonly output?: string;
}

export const reportCommand: Subcommand = {
  declare(command, io, answer) {
    declarePageInput(command)
      .addOption(
        new Option('--format <format>', 'a page, or a picture of the chains')
          .choices(['html', ...Object.keys(pictures)])
          .default('html'),
      )
      .option('--chain <name>', 'of a picture: this chain, what leads to it and where it leads')
      .option('-o, --output <file>', 'where to write, instead of standard output')
      .action((files: string[], flags: ReportFlags) => answer(() => reportAnswer(io, files, flags)));
  },
};

function reportAnswer(io: Io, files: readonly string[], flags: ReportFlags): Answer {
  const { data, version } = readPageInput(io, files, flags);
  const { format } = flags;
  const text = format === 'html' ? embedData(pageTemplate(), data) : picture(version, format, flags);
  if (flags.output !== undefined) io.write(flags.output, text);
  return { status: 0, output: flags.output === undefined ? text : '', format, problems: version.problems };
}

/** More than this nobody can take in, and laying it out takes long. */
const mostNodes = 400;

function picture(version: Version, format: keyof typeof pictures, flags: ReportFlags): string {
  const view = version.nodeView(version.nodes[0] ?? '');
  const graph = chainGraph(view.rules.ruleset, view.texts.chains, selectionOf(flags));
  if (graph.nodes.length === 0) refuseSelection(view, flags);
  if (graph.nodes.length > mostNodes) {
    refuse(
      `a picture of ${graph.nodes.length} chains is too large`,
      '--service or --chain, for a part of them',
    );
  }
  return pictures[format](graph, titleOf(view, flags));
}

function selectionOf({ service, chain }: ReportFlags): Selection {
  if (service !== undefined && chain !== undefined)
    refuse('there are both --service and --chain', 'one of them');
  if (chain !== undefined) return { kind: 'chain', chain };
  if (service === undefined) return { kind: 'all' };
  const [name = '', port] = withNamespace(service).split(':');
  return { kind: 'service', service: name, port: port ?? null };
}

const withNamespace = (service: string): string => (service.includes('/') ? service : `default/${service}`);

function refuseSelection({ rules, texts }: NodeView, { service, chain }: ReportFlags): never {
  const chains = rules.ruleset.tables.flatMap((table) => [...table.chains.keys()]);
  if (chain !== undefined) {
    refuse(`there is no chain ${chain}`, `${nearest(chain, chains) ?? 'the name of a chain'}`);
  }
  if (service === undefined) refuse('there are no rules to draw', 'rules, or manifests of services');
  const services = [...texts.chains.values()].flatMap((name) => /\[([^\] ]+)/.exec(name)?.[1] ?? []);
  refuse(
    `no rule is for service ${withNamespace(service)}`,
    nearest(withNamespace(service), services) ?? 'namespace/name of a service that has rules on this node',
  );
}

function titleOf({ node }: NodeView, { service, chain }: ReportFlags): string {
  const subject = chain ?? (service === undefined ? 'all chains' : withNamespace(service));
  return node === '' ? `Chains of ${subject}` : `Chains of ${subject} on ${node}`;
}
