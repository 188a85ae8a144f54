import { type Command, Option } from 'commander';
import { type Family, familyOf } from '../address/address.ts';
import type { PortRange } from '../address/port.ts';
import { isPort } from '../address/port.ts';
import { parsePrefix, type Subnet } from '../address/subnet.ts';
import { type BuildOptions, buildCluster } from '../cluster/build.ts';
import { defaultProxyConfig, type ProxyConfig, readProxyConfig } from '../cluster/config.ts';
import type { Cluster } from '../cluster/model.ts';
import type { KubeObject } from '../manifest/kinds.ts';
import { readManifests } from '../manifest/read.ts';
import { summariseUnused } from '../manifest/unread.ts';
import { InputError, type Problem } from '../text/problem.ts';
import { type Io, readSource, readSources } from './io.ts';

/** The flags that say which node of which cluster is meant. */
export interface NodeFlags {
  readonly config?: string;
  readonly node?: string;
  readonly family?: Family;
}

/** The flags that say what manifests leave open. */
export interface AllocationFlags {
  readonly serviceCidr?: string;
  readonly nodePortRange?: string;
  readonly loadBalancerCidr?: string;
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
): {
  readonly cluster: Cluster;
  /** All that was read, for what the cluster's model does not hold. */
  readonly objects: readonly KubeObject[];
  readonly problems: readonly Problem[];
} {
  const manifests = readManifests(readSources(io, files));
  const built = buildCluster(manifests.objects, {
    ...buildOptions(flags),
    ...(node === null ? {} : { assumedNode: node }),
  });
  const problems = [...manifests.problems, ...built.problems];
  // Where there is no answer, nobody asks what was filled in for it.
  if (problems.some(({ severity }) => severity === 'error')) {
    throw new InputError([
      ...manifests.problems,
      ...built.problems.filter(({ severity }) => severity !== 'note'),
    ]);
  }
  problems.push(...summariseUnused(manifests.objects, flags.config !== undefined));
  if (built.cluster.services.length === 0) problems.push(noServices);
  return { cluster: built.cluster, objects: manifests.objects, problems };
}

const noServices: Problem = {
  code: 'no-services',
  severity: 'warning',
  message: 'there is no Service among the manifests',
  expected: 'Services as YAML or JSON, or the table of kubectl get services',
};

/** Reads kube-proxy's configuration, where one is named. */
export function loadConfig(
  io: Io,
  file: string | undefined,
): { readonly config: ProxyConfig; readonly problems: readonly Problem[] } {
  return file === undefined
    ? { config: defaultProxyConfig, problems: [] }
    : readProxyConfig(readSource(io, file));
}

function buildOptions(flags: AllocationFlags): BuildOptions {
  return {
    ...(flags.serviceCidr === undefined
      ? {}
      : { serviceCidrs: prefixes('--service-cidr', flags.serviceCidr) }),
    ...(flags.nodePortRange === undefined ? {} : { nodePorts: portRange(flags.nodePortRange) }),
    ...(flags.loadBalancerCidr === undefined
      ? {}
      : { loadBalancerCidrs: prefixes('--load-balancer-cidr', flags.loadBalancerCidr) }),
  };
}

function prefixes(flag: string, text: string): readonly Subnet[] {
  const subnets = text
    .split(',')
    .map((part) => parsePrefix(part) ?? refuse(flag, text, 'prefixes such as 10.96.0.0/12'));
  const families = new Set(subnets.map(({ address }) => familyOf(address)));
  if (families.size < subnets.length) refuse(flag, text, 'one prefix, or one of each address family');
  return subnets;
}

function portRange(text: string): PortRange {
  const [, first, last] = (/^(\d+)-(\d+)$/.exec(text) ?? []).map(Number);
  if (isPort(first) && isPort(last) && first <= last) return { first, last };
  return refuse('--node-port-range', text, 'two ports such as 30000-32767');
}

function refuse(flag: string, text: string, expected: string): never {
  throw new InputError([{ code: 'flag-value', severity: 'error', message: `${flag} ${text}`, expected }]);
}
