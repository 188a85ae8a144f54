import { Argument } from 'commander';
import { servicesTable } from '../kube/cluster/services-table.ts';
import { declareContextFlag, declareManifestFlags, type ManifestFlags } from './flags.ts';
import { loadCluster } from './load.ts';
import type { Subcommand } from './run.ts';

export const getCommand: Subcommand = {
  declare(command, io, answer) {
    command
      .addArgument(new Argument('<resource>', 'what to print').choices(['services', 'service', 'svc']))
      .argument('[file...]', 'manifests; - is standard input');
    declareManifestFlags(declareContextFlag(command)).action(
      (_: string, files: string[], flags: ManifestFlags) =>
        answer(() => {
          const { cluster, problems } = loadCluster(io, files, flags);
          return { status: 0, output: servicesTable(cluster), problems };
        }),
    );
  },
};
