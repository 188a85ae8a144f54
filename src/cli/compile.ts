import { type Command, Option } from 'commander';
import { printProgram } from '../engine/print.ts';
import { buildProgram } from '../engine/program.ts';
import { DumpWriter, type Spelling } from '../iptables/dump/dump-writer.ts';
import type { ProxyConfig, ProxyMode } from '../kube/cluster/config.ts';
import type { Cluster } from '../kube/cluster/model.ts';
import { showModel } from '../kube/cluster/show.ts';
import { printJson } from '../nftables/json/print.ts';
import { printRuleset } from '../nftables/print/tables.ts';
import { compileNode, writeNode } from '../proxy/compile-node.ts';
import { compileTables, type NodeTables } from '../proxy/compile-tables.ts';
import { defaultRelease, defaultTablesRelease, releases } from '../proxy/decide/release.ts';
import { modelOf } from '../proxy/nftables/model.ts';
import { spellTransaction } from '../proxy/nftables/sending.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { refuse } from '../session/refuse.ts';
import { shareOf } from '../session/shard.ts';
import { want } from '../text/expected.ts';
import { type Problem, unsaid } from '../text/problem.ts';
import type { Answer } from './answer.ts';
import { type NodesFlags, writeNodeFiles } from './compile-nodes.ts';
import {
  declareContextFlag,
  declareManifestFlags,
  declareNodeFlags,
  declareShardFlag,
  type ManifestFlags,
  modeOption,
  type NodeFlags,
  shardOf,
} from './flags.ts';
import type { Io } from './io.ts';
import { loadCluster, loadConfig } from './load.ts';
import type { Subcommand } from './run.ts';

interface CompileFlags extends NodeFlags, ManifestFlags, NodesFlags {
  readonly mode?: ProxyMode;
  readonly kubeVersion?: string;
  readonly spelling: Spelling;
  readonly format: 'text' | 'json';
  readonly randomFully: boolean;
  readonly withJumps?: boolean;
  readonly nfacct?: boolean;
  readonly canary?: boolean;
  readonly showModel?: boolean;
  readonly showProgram?: boolean;
}

export const compileCommand: Subcommand = {
  declare(command, io, answer) {
    const described = declareContextFlag(command).argument('[file...]', 'manifests; - is standard input');
    declareShardFlag(declareManifestFlags(declareNodeFlags(described)), 'the nodes, with --nodes all');
    declareProxyFlags(command)
      .addOption(
        new Option('--nodes <which>', 'the rules of each node, to files of --output').choices(['all']),
      )
      .option(
        '-o, --output <file>',
        'where to write, instead of standard output; with --nodes all a directory, for a file for each node',
      )

      .option('--show-model', 'print the cluster as it was understood, instead of rules')
      .option('--show-program', 'print what the rules mean, as the program that packets are walked through')
      .action((files: string[], flags: CompileFlags) => answer(() => compileAnswer(io, files, flags)));
  },
};

function declareProxyFlags(command: Command): Command {
  return command
    .addOption(modeOption())
    .option(
      '--kube-version <release>',
      `the release of kube-proxy, as 1.33 or 1.33.6: ${[...releases.keys()].join(', ')} (${defaultRelease}, in mode nftables ${defaultTablesRelease})`,
    )
    .addOption(
      new Option(
        '--spelling <spelling>',
        'as iptables-save or nft prints it, or as kube-proxy sends it to them',
      )
        .choices(['save', 'restore'])
        .default('save'),
    )
    .addOption(
      new Option('--format <format>', 'in mode nftables: what nft lists, or what nft -j does')
        .choices(['text', 'json'])
        .default('text'),
    )
    .option('--with-jumps', 'with --spelling restore: the jumps from the built-in chains, too')
    .option('--no-random-fully', "the node's iptables does not know --random-fully")
    .option(
      '--nfacct',
      'the node has the nfacct objects in which kube-proxy counts packets, from release 1.31 on',
    )
    .option('--canary', 'the chains, too, by which kube-proxy sees that its rules were flushed');
}

function compileAnswer(io: Io, files: readonly string[], flags: CompileFlags): Answer {
  const { config, problems: configProblems } = loadConfig(io, flags.config, flags.mode);
  const { cluster, problems } = loadCluster(io, files, flags, flags.node ?? config.hostnameOverride);
  const known = [...configProblems, ...problems];
  if (flags.showModel) return { status: 0, output: showModel(cluster), format: 'dump', problems: known };
  if (flags.showProgram) return programAnswer(cluster, flags, config, known);
  if (flags.format === 'json' && (config.mode !== 'nftables' || flags.spelling === 'restore'))
    return refuse<CommandDetail>({ code: 'json-of-nft' }, want.thing('nftables-without-restore'));
  if (flags.nodes === 'all') return eachNode(io, cluster, config, flags, known);
  const { output, problems: choices } = compiled(cluster, config, flags);
  const format = flags.format === 'json' ? 'json' : 'dump';
  return { status: 0, output, format, problems: [...known, ...choices] };
}

function compiled(cluster: Cluster, config: ProxyConfig, flags: CompileFlags): Compiled {
  return config.mode === 'nftables'
    ? tablesText(compileTables(cluster, { ...flags, config }), flags)
    : rulesText(cluster, flags, config);
}

function eachNode(
  io: Io,
  cluster: Cluster,
  config: ProxyConfig,
  flags: CompileFlags,
  known: readonly Problem[],
): Answer {
  if (flags.output === undefined)
    return refuse<CommandDetail>({ code: 'needs-directory' }, want.written('--output DIRECTORY'));
  const problems: Problem[] = [...known];
  const suffix = config.mode !== 'nftables' ? 'save' : flags.format === 'json' ? 'json' : 'nft';
  const paths = writeNodeFiles(
    io,
    shareOf(cluster.nodes, shardOf(io, flags.shard)),
    flags.output,
    suffix,
    ({ name }) => {
      const { output, problems: own } = compiled(cluster, config, { ...flags, node: name });
      problems.push(...unsaid(own, problems));
      return typeof output === 'string' ? output : new TextDecoder().decode(output);
    },
  );
  return { status: 0, output: paths.map((path) => `${path}\n`).join(''), filed: true, problems };
}

function programAnswer(
  cluster: Cluster,
  flags: Omit<CompileFlags, 'config'>,
  config: ProxyConfig,
  known: readonly Problem[],
): Answer {
  if (config.mode === 'nftables')
    refuse<CommandDetail>({ code: 'program-of-nft' }, want.written('--mode iptables'));
  const { ruleset, problems } = compileNode(cluster, { ...flags, config, jumps: true });
  return {
    status: 0,
    output: printProgram(buildProgram(ruleset)),
    format: 'dump',
    problems: [...known, ...problems],
  };
}

interface Compiled {
  readonly output: string | Uint8Array;
  readonly problems: readonly Problem[];
}

function rulesText(cluster: Cluster, flags: Omit<CompileFlags, 'config'>, config: ProxyConfig): Compiled {
  const writer = new DumpWriter(flags.spelling);
  const jumps = flags.spelling === 'save' || flags.withJumps === true;
  const { problems } = writeNode(writer, cluster, { ...flags, config, jumps });
  return { output: writer.finish(), problems };
}

function tablesText({ tables, problems }: NodeTables, { spelling, format }: CompileFlags): Compiled {
  if (spelling === 'restore')
    return { output: tables.map(({ transaction }) => spellTransaction(transaction)).join(''), problems };
  const ruleset = { tables: tables.flatMap(({ table }) => (table ? [modelOf(table)] : [])) };
  return { output: format === 'json' ? printJson(ruleset) : printRuleset(ruleset), problems };
}
