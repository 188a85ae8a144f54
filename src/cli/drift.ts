import { Option } from 'commander';
import type { Family } from '../address/address.ts';
import { readSource, readSources } from '../files/files.ts';
import { readHost } from '../host/read.ts';
import { abilitiesOf } from '../proxy/drift/abilities.ts';
import { familiesFormats } from '../report/diff-families.ts';
import { printDiffJson } from '../report/diff-json.ts';
import { printDiffMarkdown } from '../report/diff-markdown.ts';
import { printDiffText } from '../report/diff-text.ts';
import type { DiffReport } from '../session/comparison.ts';
import { compareFamilies, compareSides } from '../session/comparison.ts';
import { refuse } from '../session/refuse.ts';
import { openSide } from '../session/side.ts';
import type { Problem } from '../text/problem.ts';
import type { Answer } from './answer.ts';
import {
  collect,
  declareContextFlag,
  declareManifestFlags,
  declareNodeFlags,
  type ManifestFlags,
  type NodeFlags,
} from './flags.ts';
import type { Io } from './io.ts';
import type { Subcommand } from './run.ts';

const formats: Readonly<Record<'text' | 'markdown' | 'json', (report: DiffReport, io: Io) => string>> = {
  text: printDiffText,
  markdown: (report) => printDiffMarkdown(report),
  json: (report) => printDiffJson(report),
};

interface DriftFlags extends NodeFlags, ManifestFlags {
  readonly host: readonly string[];
  readonly kubeVersion?: string;
  readonly format: keyof typeof formats;
}

/** `kubenat drift`: whether a node has the rules that the cluster's objects ask for. */
export const driftCommand: Subcommand = {
  declare(command, io, answer) {
    const described = command
      .argument('<dump>', 'what iptables-save printed on the node; - is standard input')
      .argument('[file...]', 'manifests of the cluster');
    declareManifestFlags(declareNodeFlags(declareContextFlag(described)))
      .option('--host <file>', "the node's network", collect, [])
      .option('--kube-version <release>', 'the release of kube-proxy')
      .addOption(new Option('--format <format>', 'for whom').choices(Object.keys(formats)).default('text'))
      .action((dump: string, files: string[], flags: DriftFlags) =>
        answer(() => driftAnswer(io, dump, files, flags)),
      );
  },
};

function driftAnswer(io: Io, dump: string, files: readonly string[], flags: DriftFlags): Answer {
  const { node, family, config, context, format } = flags;
  if (files.length === 0 && context === undefined)
    refuse('there is nothing to hold the rules against', 'manifests, or --context NAME for a cluster');
  const rules = readSource(io, dump);
  const manifests = readSources(io, files, flags);
  const configuration = config === undefined ? null : readSource(io, config);
  const found: Problem[] = [];
  const host = (of: Family) =>
    flags.host.map((file) => {
      const { fields, problems } = readHost(readSource(io, file), of);
      found.push(...problems);
      return fields;
    });
  const request = { ...flags, abilities: abilitiesOf(rules.text) };
  const name = [...files, ...(context === undefined ? [] : [`context ${context}`])].join(' ');
  const has = openSide({ name: dump, sources: [rules], cluster: [], config: null }, request);
  const asked = openSide({ name, sources: manifests, cluster: [], config: configuration }, request);
  const comparison = { node, family, scope: 'kube-proxy', ignored: null, failing: null, host } as const;
  const both = compareFamilies(asked, has, comparison);
  if (both) {
    const output = familiesFormats[format](both.report, io);
    return { status: both.report.status, output, format, problems: [...both.problems, ...found] };
  }
  const { report, problems } = compareSides(asked, has, comparison);
  return {
    status: report.status,
    output: formats[format](report, io),
    format,
    problems: [...problems, ...found],
  };
}
