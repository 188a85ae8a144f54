import { Option } from 'commander';
import { chainGraph } from '../graph/build.ts';
import type { ChainGraph, Selection } from '../graph/model.ts';
import { modeNotes } from '../lint/modes.ts';
import { printDot } from '../report/graph-dot.ts';
import { printMermaid } from '../report/graph-mermaid.ts';
import { printSvg } from '../report/graph-svg.ts';
import { embedData } from '../report/page.ts';
import { chainNames } from '../report/trace-names.ts';
import { refuse } from '../session/refuse.ts';
import type { NodeView, Version } from '../session/version.ts';
import { nearest } from '../text/nearest.ts';
import type { Problem } from '../text/problem.ts';
import type { Answer } from './answer.ts';
import type { Io } from './io.ts';
import { declarePageInput, type PageFlags, readPageInput, withNamespace } from './page-input.ts';
import { pageTemplate } from './page-template.ts';
import type { Subcommand } from './run.ts';

/** Pictures of chains, beside the page. */
const pictures: Readonly<Record<'svg' | 'dot' | 'mermaid', (graph: ChainGraph, title: string) => string>> = {
  svg: printSvg,
  dot: (graph) => printDot(graph),
  mermaid: (graph) => printMermaid(graph),
};
type Format = keyof typeof pictures | 'html';

interface ReportFlags extends PageFlags {
  readonly format: Format;
  readonly chain?: string;
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
      .action((files: string[], flags: ReportFlags) => answer(() => reportAnswer(io, files, flags)));
  },
};

function reportAnswer(io: Io, files: readonly string[], flags: ReportFlags): Answer {
  const { format } = flags;
  refuseIdle(flags);
  const { data, version } = readPageInput(io, files, flags);
  const text = format === 'html' ? embedData(pageTemplate(), data) : picture(version, format, flags);
  const problems = [
    ...version.problems,
    ...modeOf(version),
    ...(format === 'html' ? [] : otherNodes(version)),
  ];
  return { status: 0, output: text, format, problems };
}

/** What was asked for and would do nothing. */
function refuseIdle({ format, service, chain, packet, before }: ReportFlags): void {
  if (service !== undefined && chain !== undefined)
    refuse('there are both --service and --chain', 'one of them');
  if (format === 'html') {
    if (chain !== undefined)
      refuse('--chain is of a picture, and the page shows all', '--format svg, dot or mermaid');
  } else if (packet !== undefined)
    refuse('a picture shows no packet', 'the page (--format html), or no --packet');
  else if (before.length > 0)
    refuse('a picture shows one version', 'the page (--format html), or no --before');
}

/** Of a dump whose kube-proxy runs in ipvs mode, which the rules alone do not tell. */
function modeOf({ data, nodes, nodeView }: Version): readonly Problem[] {
  // Rules of nft are a program that was lowered, of which kube-proxy's mode is known.
  if (!data.rules || data.lowered !== undefined) return [];
  return modeNotes(data.rules.name, nodeView(nodes[0] ?? '').rules.ruleset);
}

/** More than this nobody can take in, and laying it out takes long. */
const mostNodes = 400;

/** A picture is of one node's rules: whose, if nobody asked for one. */
function otherNodes({ nodes, options }: Version): Problem[] {
  const [shown, ...others] = nodes;
  if (others.length === 0 || options.node !== undefined) return [];
  const message = `the picture is of ${shown}, the first of ${nodes.length} nodes`;
  return [
    {
      code: 'node-choice',
      severity: 'note',
      message,
      expected: `--node for another: ${others.slice(0, 5).join(', ')}${others.length > 5 ? ' …' : ''}`,
    },
  ];
}

function picture(version: Version, format: keyof typeof pictures, flags: ReportFlags): string {
  const view = version.nodeView(version.nodes[0] ?? '');
  const graph = chainGraph(view.rules.ruleset, chainNames(view.rules.ruleset), selectionOf(flags));
  if (graph.nodes.length === 0) refuseSelection(view, flags);
  if (graph.nodes.length > mostNodes) {
    refuse(
      `a picture of ${graph.nodes.length} chains is too large`,
      '--service or --chain, for a part of them',
    );
  }
  return pictures[format](graph, titleOf(view, flags));
}

function selectionOf({ service, chain, namespace }: ReportFlags): Selection {
  if (chain !== undefined) return { kind: 'chain', chain };
  if (service === undefined) return { kind: 'all' };
  const [name = '', port] = withNamespace(service, namespace).split(':');
  return { kind: 'service', service: name, port: port ?? null };
}

function refuseSelection({ rules }: NodeView, { service, chain, namespace }: ReportFlags): never {
  const chains = rules.ruleset.tables.flatMap((table) => [...table.chains.keys()]);
  if (chain !== undefined) {
    refuse(`there is no chain ${chain}`, `${nearest(chain, chains) ?? 'the name of a chain'}`);
  }
  if (service === undefined) refuse('there are no rules to draw', 'rules, or manifests of services');
  const services = [...chainNames(rules.ruleset).values()].flatMap(
    (name) => /\[([^\] ]+)/.exec(name)?.[1] ?? [],
  );
  const asked = withNamespace(service, namespace);
  refuse(
    `no rule is for service ${asked}`,
    nearest(asked, services) ?? 'namespace/name of a service that has rules on this node',
  );
}

function titleOf({ node }: NodeView, { service, chain, namespace }: ReportFlags): string {
  const subject = chain ?? (service === undefined ? 'all chains' : withNamespace(service, namespace));
  return node === '' ? `Chains of ${subject}` : `Chains of ${subject} on ${node}`;
}
