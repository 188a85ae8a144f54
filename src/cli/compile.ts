import { Option } from 'commander';
import { DumpWriter, type Spelling } from '../iptables/dump/dump-writer.ts';
import { showModel } from '../kube/cluster/show.ts';
import { writeNode } from '../proxy/compile-node.ts';
import { defaultRelease, releases } from '../proxy/decide/release.ts';
import type { Answer } from './answer.ts';
import type { Io } from './io.ts';
import {
  type AllocationFlags,
  declareAllocationFlags,
  declareNodeFlags,
  loadCluster,
  loadConfig,
  type NodeFlags,
} from './load.ts';
import type { Subcommand } from './run.ts';

interface CompileFlags extends NodeFlags, AllocationFlags {
  readonly kubeVersion: string;
  readonly spelling: Spelling;
  readonly randomFully: boolean;
  readonly withJumps?: boolean;
  readonly nfacct?: boolean;
  readonly showModel?: boolean;
}

export const compileCommand: Subcommand = {
  declare(command, io, answer) {
    declareAllocationFlags(declareNodeFlags(command.argument('<file...>', 'manifests; - is standard input')))
      .option(
        '--kube-version <release>',
        `the release of kube-proxy: ${[...releases.keys()].join(', ')}`,
        defaultRelease,
      )
      .addOption(
        new Option(
          '--spelling <spelling>',
          'as iptables-save prints it, or as kube-proxy sends it to iptables-restore',
        )
          .choices(['save', 'restore'])
          .default('save'),
      )
      .option('--with-jumps', 'with --spelling restore: the jumps from the built-in chains, too')
      .option('--no-random-fully', "the node's iptables does not know --random-fully")
      .option(
        '--nfacct',
        'the node has the nfacct objects in which kube-proxy counts packets, from release 1.31 on',
      )
      .option('--show-model', 'print the cluster as it was understood, instead of rules')
      .action((files: string[], flags: CompileFlags) => answer(() => compileAnswer(io, files, flags)));
  },
};

function compileAnswer(io: Io, files: readonly string[], flags: CompileFlags): Answer {
  const { config, problems: configProblems } = loadConfig(io, flags.config);
  const { cluster, problems } = loadCluster(io, files, flags, flags.node ?? config.hostnameOverride);
  const known = [...configProblems, ...problems];
  if (flags.showModel) return { status: 0, output: showModel(cluster), problems: known };
  const writer = new DumpWriter(flags.spelling);
  const { problems: choices } = writeNode(writer, cluster, {
    ...flags,
    config,
    jumps: flags.spelling === 'save' || flags.withJumps === true,
  });
  return {
    status: 0,
    output: writer.finish(),
    format: 'dump',
    problems: [...known, ...choices],
  };
}
