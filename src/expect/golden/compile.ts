import { type Family, families, familyOf } from '../../address/address.ts';
import { writeDump } from '../../iptables/dump/write.ts';
import { defaultProxyConfig } from '../../kube/cluster/config.ts';
import type { Cluster, ClusterNode } from '../../kube/cluster/model.ts';
import { compileNode, type NodeCompileOptions } from '../../proxy/compile-node.ts';
import type { Problem } from '../../text/problem.ts';
import type { GoldenKey } from './name.ts';

/** The rules that a golden file should hold. */
export interface GoldenRules extends GoldenKey {
  readonly target: ClusterNode;
  /** As `kubenat compile` prints them. */
  readonly text: string;
  readonly problems: readonly Problem[];
}

/** Which golden files are wanted, and how they are compiled. */
export interface GoldenOptions extends Omit<NodeCompileOptions, 'node' | 'family' | 'jumps'> {
  /** Default: the configuration's `hostnameOverride`, else every node. */
  readonly nodes?: readonly string[];
  /** Default: those in which services have cluster addresses; ipv4 where none has any. */
  readonly families?: readonly Family[];
}

/**
 * The rules of every node of a cluster in every family, by node, then by family. Throws an InputError where there is no
 * such node or release.
 */
export function compileGolden(cluster: Cluster, options: GoldenOptions = {}): readonly GoldenRules[] {
  const { nodes, families: wanted, ...rest } = options;
  const { hostnameOverride } = options.config ?? defaultProxyConfig;
  const names = nodes ?? (hostnameOverride ? [hostnameOverride] : cluster.nodes.map(({ name }) => name));
  return names.flatMap((node) =>
    (wanted ?? familiesIn(cluster)).map((family) => {
      const compiled = compileNode(cluster, { ...rest, node, family });
      const { problems, node: target } = compiled;
      return { node, family, target, text: writeDump(compiled.ruleset), problems };
    }),
  );
}

function familiesIn({ services }: Cluster): readonly Family[] {
  const used = new Set(services.flatMap(({ clusterAddresses }) => clusterAddresses.map(familyOf)));
  return used.size === 0 ? ['ipv4'] : families.filter((family) => used.has(family));
}
