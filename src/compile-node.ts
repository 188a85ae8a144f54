import type { Family } from './address/address.ts';
import { defaultProxyConfig, type ProxyConfig } from './cluster/config.ts';
import type { Cluster, ClusterNode } from './cluster/model.ts';
import { type CompileOptions, compile } from './compile/compile.ts';
import { chooseFamily, chooseNode } from './policy/choice.ts';
import { decideNode } from './policy/node.ts';
import { defaultRelease, findRelease, releases } from './policy/release.ts';
import type { Ruleset } from './rule/ruleset.ts';
import { InputError, type Problem } from './text/problem.ts';

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

export interface NodeRules {
  readonly ruleset: Ruleset;
  readonly node: ClusterNode;
  readonly family: Family;
  readonly problems: readonly Problem[];
}

/** The rules that kube-proxy installs on one node of a cluster. Throws an InputError where it is not clear which node. */
export function compileNode(cluster: Cluster, options: NodeCompileOptions = {}): NodeRules {
  const config = options.config ?? defaultProxyConfig;
  const release = findRelease(options.kubeVersion ?? defaultRelease) ?? refuseRelease(options.kubeVersion);
  const node = chooseNode(cluster, options.node, config);
  const { family, problems } = chooseFamily(cluster, options.family);
  const decisions = decideNode(cluster, node, config, release, family);
  return { ruleset: compile(decisions, options), node, family, problems };
}

function refuseRelease(version: string | undefined): never {
  const message = `kube-proxy ${version} is not known`;
  const expected = `one of ${[...releases.keys()].join(', ')}`;
  throw new InputError([{ code: 'release-unknown', severity: 'error', message, expected }]);
}
