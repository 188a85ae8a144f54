import { type Command, Option } from 'commander';
import type { Family } from '../address/address.ts';
import {
  defaultProxyConfig,
  type ProxyConfig,
  type ProxyMode,
  readProxyConfig,
} from '../kube/cluster/config.ts';
import type { Problem } from '../text/problem.ts';
import { type Io, readSource, readSources } from './io.ts';
import { type AllocationFlags, joinCluster, type LoadedCluster } from './join.ts';

export type { AllocationFlags };

/** The flags that say which node of which cluster is meant. */
export interface NodeFlags {
  readonly config?: string;
  readonly node?: string;
  readonly family?: Family;
}

export function declareNodeFlags(command: Command): Command {
  return command
    .option('--config <file>', "kube-proxy's configuration, or kubeadm's ConfigMap with it")
    .option('--node <name>', 'the node, where there are several')
    .addOption(new Option('--family <family>', 'the address family').choices(['ipv4', 'ipv6']));
}

export function declareAllocationFlags(command: Command): Command {
  return command
    .option('--service-cidr <prefixes>', 'where cluster addresses that are left open come from')
    .option('--node-port-range <range>', 'where node ports that are left open come from (30000-32767)')
    .option(
      '--load-balancer-cidr <prefixes>',
      'where addresses of load balancers come from (else they are pending)',
    );
}

/**
 * Reads manifests and puts them together to a cluster. `node` is the name that the node gets where the manifests hold
 * none. Throws an InputError with every problem that was found.
 */
export function loadCluster(
  io: Io,
  files: readonly string[],
  flags: AllocationFlags & Pick<NodeFlags, 'config'>,
  node: string | null = null,
): LoadedCluster {
  return joinCluster(readSources(io, files), flags, flags.config !== undefined, node);
}

/** Reads kube-proxy's configuration, where one is named. */
export function loadConfig(
  io: Io,
  file: string | undefined,
  mode?: ProxyMode,
): { readonly config: ProxyConfig; readonly problems: readonly Problem[] } {
  return file === undefined
    ? { config: { ...defaultProxyConfig, ...(mode ? { mode } : {}) }, problems: [] }
    : readProxyConfig(readSource(io, file), mode);
}
