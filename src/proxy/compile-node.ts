import type { Family } from '../address/address.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import type { RulesetWriter } from '../iptables/rule/writer.ts';
import { defaultProxyConfig, type ProxyConfig } from '../kube/cluster/config.ts';
import type { Cluster, ClusterNode } from '../kube/cluster/model.ts';
import type { Problem } from '../text/problem.ts';
import {
  chooseFamily,
  chooseMode,
  chooseNode,
  refuseStart,
  refuseTables,
  supposedOf,
  warnOfWaiting,
} from './decide/choice.ts';
import { decideNode } from './decide/node.ts';
import { defaultRelease, knownRelease } from './decide/release.ts';
import { RulesetBuilder } from './iptables/builder.ts';
import { type CompileOptions, writeRules } from './iptables/compile.ts';

/** Which node's rules are wanted, and of which kube-proxy. */
export interface NodeCompileOptions extends CompileOptions {
  /** Default: the configuration's `hostnameOverride`, else the only node. */
  readonly node?: string | undefined;
  /** Default: the only family in which there are services, else ipv4. */
  readonly family?: Family | undefined;
  readonly config?: ProxyConfig;
  /** `major.minor` of kube-proxy's release. Default: `defaultRelease`. */
  readonly kubeVersion?: string;
}

/** Of which node and which family the rules are, and what is to be said of that. */
export interface NodeChoice {
  readonly node: ClusterNode;
  readonly family: Family;
  readonly problems: readonly Problem[];
}

export interface NodeRules extends NodeChoice {
  readonly ruleset: Ruleset;
}

/** The rules that kube-proxy installs on one node of a cluster. Throws an InputError where it is not clear which node. */
export function compileNode(cluster: Cluster, options: NodeCompileOptions = {}): NodeRules {
  const builder = new RulesetBuilder();
  const choice = writeNode(builder, cluster, options);
  return { ...choice, ruleset: builder.ruleset(choice.family) };
}

/** The same, to whatever takes the rules: a `DumpWriter`, where only their text is wanted. */
export function writeNode(
  writer: RulesetWriter,
  cluster: Cluster,
  options: NodeCompileOptions = {},
): NodeChoice {
  const config = options.config ?? defaultProxyConfig;
  const version = options.kubeVersion ?? defaultRelease;
  const release = knownRelease(version);
  refuseStart(config, release, version);
  if (chooseMode(config, release, version) === 'nftables') refuseTables();
  const node = chooseNode(cluster, options.node, config);
  const { family, problems } = chooseFamily(cluster, options.family);
  writeRules(writer, decideNode(cluster, node, config, release, family), options);
  return {
    node,
    family,
    problems: [...problems, ...supposedOf(config, version), ...warnOfWaiting(config, node)],
  };
}
