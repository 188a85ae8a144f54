import { type Command, Option } from 'commander';
import type { Family } from '../address/address.ts';
import { type Scope, scopes } from '../diff/scope.ts';
import { readSource, readSources } from '../files/files.ts';
import { readFileOrRevision } from '../files/git.ts';
import { readHost } from '../host/read.ts';
import { effectKinds } from '../proof/classes/effect.ts';
import { familiesFormats } from '../report/diff-families.ts';
import { printDiffJson } from '../report/diff-json.ts';
import { printDiffMarkdown } from '../report/diff-markdown.ts';
import { nodesFormats } from '../report/diff-nodes.ts';
import { printDiffSarif } from '../report/diff-sarif.ts';
import { printDiffText, type TextOptions } from '../report/diff-text.ts';
import { printDiffUnified } from '../report/diff-unified.ts';
import { compareFamilies, compareSides, type DiffReport } from '../session/comparison.ts';
import { refuse } from '../session/refuse.ts';
import { type OpenSide, openSide } from '../session/side.ts';
import type { Problem } from '../text/problem.ts';
import type { Answer } from './answer.ts';
import { compareNodes } from './diff-nodes.ts';
import { collect, declareAllocationFlags, declareNodeFlags } from './flags.ts';
import type { Io } from './io.ts';
import type { RulesFlags } from './rules.ts';
import type { Subcommand } from './run.ts';

type Format = keyof typeof nodesFormats;

const formats: Readonly<Record<Format, (report: DiffReport, options: TextOptions) => string>> = {
  text: printDiffText,
  markdown: (report) => printDiffMarkdown(report),
  json: printDiffJson,
  sarif: printDiffSarif,
  unified: (report) => printDiffUnified(report),
};

/** What `--ignore` and `--fail-on` may name. */
const respects: readonly string[] = [...Object.keys(effectKinds), 'text'];

interface DiffFlags extends RulesFlags {
  readonly configAfter?: string;
  readonly host: readonly string[];
  readonly format: Format;
  readonly nodes?: 'all';
  readonly scope: Scope;
  readonly strict?: true;
  readonly paranoid?: true;
  readonly quiet?: true;
  readonly ignore?: string;
  readonly failOn?: string;
}

export const diffCommand: Subcommand = {
  declare(command, io, answer) {
    declareDiff(command).action((before: string, after: string, flags: DiffFlags) =>
      answer(() => silenced(diffAnswer(io, before, after, flags), flags)),
    );
  },
};

function declareDiff(command: Command): Command {
  return declareAllocationFlags(
    declareNodeFlags(
      command
        .argument('<before>', 'a dump, a manifest, a directory of them, or REV:PATH of git')
        .argument('<after>', 'the same; any mix'),
    ),
  )
    .option(
      '--config-after <file>',
      "kube-proxy's configuration after the change, where --config is that before",
    )
    .option('--cluster <file>', 'objects of the cluster, beside manifests', collect, [])
    .option('--host <file>', "the node's network", collect, [])
    .option('--kube-version <release>', 'the release of kube-proxy, where manifests are compiled')
    .addOption(new Option('--format <format>', 'for whom').choices(Object.keys(formats)).default('text'))
    .addOption(
      new Option('--nodes <nodes>', 'compare on every node, and group those that agree').choices(['all']),
    )
    .addOption(
      new Option('--scope <scope>', "whose rules are compared: everybody's, or kube-proxy's alone")
        .choices(scopes)
        .default('all'),
    )
    .option('--strict', 'any difference of the canonical text counts')
    .option('--paranoid', 'confirm a proof by a second, simple procedure')
    .option('--quiet', 'no report, the exit status alone')
    .option('--ignore <list>', `what does not count: ${respects.join(', ')}`)
    .option('--fail-on <list>', 'what alone counts, of the same list');
}

function diffAnswer(io: Io, before: string, after: string, flags: DiffFlags): Answer {
  const { configAfter, node, nodes, family, scope, strict, paranoid, format } = flags;
  if (nodes && (node || flags.host.length > 0)) refuse('--nodes all with --node or --host', 'one of them');
  const ignored = readList('--ignore', flags.ignore);
  const failing = readList('--fail-on', flags.failOn);
  const found: Problem[] = [];
  const host = (of: Family) =>
    flags.host.map((file) => {
      const { fields, problems } = readHost(readSource(io, file), of);
      found.push(...problems);
      return fields;
    });
  const left = readSide(io, before, flags, flags.config);
  const right = readSide(io, after, flags, configAfter ?? flags.config);
  const request = { node, family, scope, strict, paranoid, ignored, failing, host };
  if (nodes) {
    const { report, problems } = compareNodes(left, right, request);
    return { status: report.status, output: nodesFormats[format](report, io), format, problems };
  }
  const both = compareFamilies(left, right, request);
  if (both) {
    const output = familiesFormats[format](both.report, io);
    return { status: both.report.status, output, format, problems: [...both.problems, ...found] };
  }
  const { report, problems } = compareSides(left, right, request);
  const output = formats[format](report, io);
  return { status: report.status, output, format, problems: [...problems, ...found] };
}

/** What went wrong is said all the same. */
function silenced(given: Answer, { quiet }: DiffFlags): Answer {
  return quiet ? { ...given, output: '' } : given;
}

function readSide(io: Io, name: string, flags: DiffFlags, config: string | undefined): OpenSide {
  const texts = {
    name,
    sources: readFileOrRevision(io, name),
    cluster: readSources(io, flags.cluster),
    config: config === undefined ? null : readSource(io, config),
  };
  return openSide(texts, flags);
}

function readList(flag: string, list: string | undefined): readonly string[] | null {
  if (list === undefined) return null;
  const names = list.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !respects.includes(name));
  if (wrong !== undefined) refuse(`${flag} ${wrong}`, respects.join(', '));
  return names;
}
