import { Option } from 'commander';
import type { ProxyMode } from '../kube/cluster/config.ts';
import { chooseNode } from '../proxy/decide/choice.ts';
import { defaultRelease, defaultTablesRelease } from '../proxy/decide/release.ts';
import { printMigrateJson } from '../report/migrate-json.ts';
import { printMigrateText, sayMove } from '../report/migrate-text.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { compareMove, type MoveSide } from '../session/move.ts';
import { refuse } from '../session/refuse.ts';
import { want } from '../text/expected.ts';
import type { Answer } from './answer.ts';
import {
  declareContextFlag,
  declareManifestFlags,
  declareShardFlag,
  type ManifestFlags,
  shardOf,
} from './flags.ts';
import type { Io } from './io.ts';
import { loadCluster, loadConfig } from './load.ts';
import type { Subcommand } from './run.ts';

/** What a move is from and to, and of which nodes. */
export interface MigrateFlags extends ManifestFlags {
  readonly config?: string;
  readonly node?: string;
  readonly nodes?: 'all';
  readonly shard?: string;
  readonly from: string;
  readonly to: string;
  readonly format: 'text' | 'json';
}

export const migrateCommand: Subcommand = {
  declare(command, io, answer) {
    const described = declareContextFlag(command).argument('[file...]', 'manifests; - is standard input');
    declareShardFlag(declareManifestFlags(described), 'the nodes')
      .option('--config <file>', "kube-proxy's configuration, or kubeadm's ConfigMap with it")
      .option('--node <name>', 'one node; without it all of them')
      .addOption(new Option('--nodes <nodes>', 'every node, as without --node').choices(['all']))
      .option('--from <mode[@release]>', 'what runs now', 'iptables')
      .option('--to <mode[@release]>', 'what is to run', 'nftables')
      .addOption(
        new Option('--format <format>', 'for people or for programs')
          .choices(['text', 'json'])
          .default('text'),
      )
      .action((files: string[], flags: MigrateFlags) => answer(() => migrateAnswer(io, files, flags)));
  },
};

export function migrateAnswer(io: Io, files: readonly string[], flags: MigrateFlags): Answer {
  if (flags.node !== undefined && (flags.nodes || flags.shard !== undefined))
    refuse<CommandDetail>(
      { code: 'flag-with', flag: '--node', others: ['--nodes', '--shard'] },
      want.thing('one-of-them'),
    );
  const [from, to] = [sideOf(io, flags.from, flags), sideOf(io, flags.to, flags)];
  const { cluster, problems } = loadCluster(
    io,
    files,
    flags,
    flags.node ?? from.side.config.hostnameOverride,
  );
  const nodes =
    flags.node === undefined ? cluster.nodes : [chooseNode(cluster, flags.node, from.side.config)];
  const report = compareMove(cluster, nodes, from.side, to.side, undefined, shardOf(io, flags.shard));
  const isJson = flags.format === 'json';
  return {
    status: report.findings.length === 0 && report.rest === 'proved' ? 0 : 1,
    output: isJson ? printMigrateJson(report) : printMigrateText(report, io.language),
    format: flags.format,
    problems: [...problems, ...to.problems],
    summary: () => sayMove(report, io.language),
  };
}

function sideOf(io: Io, text: string, { config: file }: MigrateFlags) {
  const [, mode, version] = /^(iptables|nftables)(?:@v?(\d+\.\d+(?:\.\d+)?))?$/.exec(text) ?? [];
  if (!mode)
    return refuse<CommandDetail>(
      { code: 'no-mode-with-release', text },
      want.suchAs('iptables@1.33, nftables@1.37.2'),
    );
  const { config, problems } = loadConfig(io, file, mode as ProxyMode);
  const side: MoveSide = {
    config,
    version: version ?? (mode === 'nftables' ? defaultTablesRelease : defaultRelease),
  };
  return { side, problems };
}
