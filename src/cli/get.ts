import { Argument } from 'commander';
import { servicesTable } from '../kube/cluster/services-table.ts';
import { type AllocationFlags, declareAllocationFlags, loadCluster } from './load.ts';
import type { Subcommand } from './run.ts';

export const getCommand: Subcommand = {
  declare(command, io, answer) {
    command
      .addArgument(new Argument('<resource>', 'what to print').choices(['services', 'service', 'svc']))
      .argument('<file...>', 'manifests; - is standard input');
    declareAllocationFlags(command).action((_: string, files: string[], flags: AllocationFlags) =>
      answer(() => {
        const { cluster, problems } = loadCluster(io, files, flags);
        return { status: 0, output: servicesTable(cluster), problems };
      }),
    );
  },
};
