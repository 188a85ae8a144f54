import type { Family } from '../address/address.ts';
import { DumpWriter } from '../iptables/dump/dump-writer.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import type { RulesetWriter } from '../iptables/rule/writer.ts';
import { defaultProxyConfig, type ProxyConfig } from '../kube/cluster/config.ts';
import type { Cluster, ClusterNode, Service } from '../kube/cluster/model.ts';
import { dataKey } from '../text/data-key.ts';
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
import { glancesOf, nodesNamedBy } from './decide/kinds.ts';
import { decideNode, viewpointOf } from './decide/node.ts';
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

/**
 * Tells nodes apart that get other rules. Equal keys: equal rules, byte for byte; different ones may yet be equal.
 */
export class NodeKinds {
  private readonly cluster: Cluster;
  private readonly options: NodeCompileOptions;
  /** Services that look at which node it is, by the nodes whose names their endpoints bear; `null`: at something else of it. */
  private readonly looking = new Map<string | null, Service[]>();
  private readonly looksAtZone: boolean;

  constructor(cluster: Cluster, options: NodeCompileOptions) {
    this.cluster = cluster;
    this.options = options;
    const { node, config, release, family } = this.of(options.node);
    const glances = glancesOf(cluster, viewpointOf(node, config, release, family));
    for (const [service, seen] of glances) {
      if (seen.has('nodeAddress')) this.note(null, service);
      else if (seen.has('nodeName'))
        for (const name of nodesNamedBy(cluster, service)) this.note(name, service);
    }
    this.looksAtZone = [...glances.values()].some((seen) => seen.has('zone'));
  }

  keyOf(name: string | undefined): string {
    const { node, config, release, family } = this.of(name);
    const services = [...(this.looking.get(null) ?? []), ...(this.looking.get(node.name) ?? [])];
    const decisions = decideNode({ ...this.cluster, services }, node, config, release, family);
    const { zone } = viewpointOf(node, config, release, family);
    const { nodePorts, pods } = decisions;
    const writer = new DumpWriter();
    if (services.length > 0) writeRules(writer, decisions, this.options);
    return [
      family,
      this.looksAtZone ? zone : null,
      dataKey([nodePorts, pods]),
      services.length > 0 ? new TextDecoder().decode(writer.finish()) : '',
    ].join('\n');
  }

  private of(name: string | undefined) {
    const { config = defaultProxyConfig, kubeVersion = defaultRelease } = this.options;
    const { family } = chooseFamily(this.cluster, this.options.family);
    const node = chooseNode(this.cluster, name, config);
    return { node, config, release: knownRelease(kubeVersion), family };
  }

  private note(name: string | null, service: Service): void {
    const list = this.looking.get(name);
    if (list) list.push(service);
    else this.looking.set(name, [service]);
  }
}

/** Of which node and family rules are, without the rules. */
export function choiceOf(cluster: Cluster, options: NodeCompileOptions = {}): NodeChoice {
  const { config = defaultProxyConfig, kubeVersion: version = defaultRelease } = options;
  const node = chooseNode(cluster, options.node, config);
  const { family, problems } = chooseFamily(cluster, options.family);
  return {
    node,
    family,
    problems: [...problems, ...supposedOf(config, version), ...warnOfWaiting(config, node)],
  };
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
  const choice = choiceOf(cluster, options);
  writeRules(writer, decideNode(cluster, choice.node, config, release, choice.family), options);
  return choice;
}
