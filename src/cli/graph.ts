import { Option } from 'commander';
import type { NameDetail } from '../expect/file/detail.ts';
import { chainGraph } from '../graph/build.ts';
import type { Selection } from '../graph/model.ts';
import { drawChains, mostDrawn, type PictureFormat, pictureFormats } from '../report/pictures.ts';
import { chainNames } from '../report/trace-names.ts';
import type { CommandDetail } from '../report/words/command.ts';
import type { Language } from '../report/words/language.ts';
import { refuse } from '../session/refuse.ts';
import type { NodeView, Version } from '../session/version.ts';
import { want } from '../text/expected.ts';
import type { Answer } from './answer.ts';
import type { Io } from './io.ts';
import {
  declareShownInput,
  modeOf,
  otherNodes,
  readPageInput,
  type ShownFlags,
  withNamespace,
} from './page-input.ts';
import type { Subcommand } from './run.ts';

interface GraphFlags extends ShownFlags {
  readonly format: PictureFormat;
  readonly service?: string;
  readonly chain?: string;
}

export const graphCommand: Subcommand = {
  declare(command, io, answer) {
    declareShownInput(command)
      .option('--service <name>', 'what leads to this service and away from it: namespace/name')
      .option('--chain <name>', 'this chain, what leads to it and where it leads')
      .addOption(
        new Option('--format <format>', 'for people, for Graphviz, or for Markdown that draws it')
          .choices([...pictureFormats])
          .default('svg'),
      )
      .action((files: string[], flags: GraphFlags) => answer(() => graphAnswer(io, files, flags)));
  },
};

function graphAnswer(io: Io, files: readonly string[], flags: GraphFlags): Answer {
  if (flags.service !== undefined && flags.chain !== undefined)
    refuse<CommandDetail>({ code: 'service-and-chain' }, want.thing('one-of-them'));
  const { version } = readPageInput(io, files, { ...flags, before: [] });
  const problems = [...version.problems, ...modeOf(version), ...otherNodes(version)];
  return { status: 0, output: picture(version, flags, io.language), format: flags.format, problems };
}

function picture(version: Version, flags: GraphFlags, language: Language | undefined): string {
  const view = version.nodeView(version.nodes[0] ?? '');
  const { ruleset } = view.rules;
  const graph = chainGraph(ruleset, chainNames(ruleset), selectionOf(flags));
  if (graph.nodes.length === 0) refuseSelection(view, flags);
  if (graph.nodes.length > mostDrawn)
    refuse<CommandDetail>(
      { code: 'chains-too-many', count: graph.nodes.length },
      want.thing('part-of-graph'),
    );
  const { service, chain, namespace, format } = flags;
  const subject = chain ?? (service === undefined ? null : withNamespace(service, namespace));
  return drawChains(graph, { subject, node: view.node }, format, language);
}

function selectionOf({ service, chain, namespace }: GraphFlags): Selection {
  if (chain !== undefined) return { kind: 'chain', chain };
  if (service === undefined) return { kind: 'all' };
  const [name = '', port] = withNamespace(service, namespace).split(':');
  return { kind: 'service', service: name, port: port ?? null };
}

function refuseSelection({ rules }: NodeView, { service, chain, namespace }: GraphFlags): never {
  const chains = rules.ruleset.tables.flatMap((table) => [...table.chains.keys()]);
  if (chain !== undefined) {
    refuse<NameDetail>(
      { code: 'no-chain', chain },
      want.nearestOf(chain, chains) ?? want.thing('chain-name'),
    );
  }
  if (service === undefined)
    refuse<CommandDetail>({ code: 'nothing-to-draw' }, want.thing('rules-or-services'));
  const services = [...chainNames(rules.ruleset).values()].flatMap(
    (name) => /\[([^\] ]+)/.exec(name)?.[1] ?? [],
  );
  const asked = withNamespace(service, namespace);
  refuse<CommandDetail>(
    { code: 'no-rule-for', service: asked },
    want.nearestOf(asked, services) ?? want.thing('service-with-rules'),
  );
}
