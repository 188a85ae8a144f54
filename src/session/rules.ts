import type { Family } from '../address/address.ts';
import { DumpWriter } from '../iptables/dump/dump-writer.ts';
import { readWritten } from '../iptables/dump/written.ts';
import { readRules } from '../iptables/pasted/read.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import type { ProxyConfig, ProxyMode } from '../kube/cluster/config.ts';
import type { Cluster, ClusterNode } from '../kube/cluster/model.ts';
import type { KubeObject } from '../kube/manifest/kinds.ts';
import {
  choiceOf,
  compileNode,
  type NodeCompileOptions,
  NodeKinds,
  writeNode,
} from '../proxy/compile-node.ts';
import { chooseNode } from '../proxy/decide/choice.ts';
import type { NodeAbilities } from '../proxy/drift/abilities.ts';
import { want } from '../text/expected.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Allocation } from './allocation.ts';
import { openCluster, openConfig } from './cluster.ts';
import type { SessionDetail } from './detail.ts';
import { joinDumps } from './joined.ts';
import { refuse } from './refuse.ts';

/** Which node's rules are compiled, and of which kube-proxy. */
export interface NodeRequest {
  readonly node?: string;
  readonly family?: Family;
  readonly kubeVersion?: string;
  /** The mode of kube-proxy, whatever its configuration says. */
  readonly mode?: ProxyMode;
  /** What the node can do, where a dump of it shows that. */
  readonly abilities?: NodeAbilities;
}

/** The rules of one node, as data and as text, and the node where one is known. */
export interface LoadedRules {
  readonly ruleset: Ruleset;
  readonly source: Source;
  readonly node: ClusterNode | null;
  readonly problems: readonly Problem[];
}

/** Compiled rules are walked as their own dump, so that a trace can point at its lines; what no packet meets is not read. */
export function compileRules(
  cluster: Cluster,
  config: ProxyConfig,
  request: NodeRequest,
  name: string,
): LoadedRules {
  const writer = new DumpWriter();
  const { node, family, problems } = writeNode(writer, cluster, nodeOptions(config, request));
  const { dump, tables } = writer.finishPlaced();
  const source = { name, text: new TextDecoder().decode(dump) };
  return { ruleset: readWritten(source, family, tables), source, node, problems };
}

/** The rules of several nodes of one cluster: those that are the same on some of them are made once. */
export class RulesOfNodes {
  private readonly cluster: Cluster;
  private readonly config: ProxyConfig;
  private readonly name: string;
  private readonly kinds = new Map<Family, NodeKinds>();
  private readonly made = new Map<string, LoadedRules>();
  /** Of the first node, as long as nobody asks for another one: it needs no key. */
  private first: { readonly node: string; readonly family: Family; readonly rules: LoadedRules } | null =
    null;

  constructor(cluster: Cluster, config: ProxyConfig, name: string) {
    this.cluster = cluster;
    this.config = config;
    this.name = name;
  }

  of(request: NodeRequest): LoadedRules {
    const { cluster, config, name } = this;
    if (!this.first) {
      const rules = compileRules(cluster, config, request, name);
      if (rules.node) this.first = { node: rules.node.name, family: rules.ruleset.family, rules };
      return rules;
    }
    const choice = choiceOf(cluster, nodeOptions(config, request));
    const { family } = choice;
    if (choice.node.name === this.first.node && family === this.first.family) return this.first.rules;
    if (this.first.family === family)
      this.made.set(this.keyOf(this.first.node, family, request), this.first.rules);
    const key = this.keyOf(choice.node.name, family, request);
    const known = this.made.get(key);
    if (known) return { ...known, node: choice.node, problems: choice.problems };
    const fresh = compileRules(cluster, config, request, name);
    this.made.set(key, fresh);
    return fresh;
  }

  private keyOf(node: string, family: Family, request: NodeRequest): string {
    const kinds =
      this.kinds.get(family) ??
      new NodeKinds(this.cluster, { ...nodeOptions(this.config, { ...request, node }), family });
    this.kinds.set(family, kinds);
    return kinds.keyOf(node);
  }
}

/** The same with the decisions behind the rules, and without a text. */
export function decidedRules(cluster: Cluster, config: ProxyConfig, request: NodeRequest): Ruleset {
  return compileNode(cluster, nodeOptions(config, request)).ruleset;
}

function nodeOptions(config: ProxyConfig, request: NodeRequest): NodeCompileOptions {
  const { node, family, kubeVersion, abilities } = request;
  return { ...abilities, node, family, config, ...(kubeVersion === undefined ? {} : { kubeVersion }) };
}

/** The texts that a node's rules come from. */
export interface RulesTexts {
  /** What was dumped. */
  readonly dumps: readonly Source[];
  /** What is compiled; beside a dump, what describes the cluster around it. */
  readonly objects: readonly Source[];
  readonly config: Source | null;
}

/** The rules of one node, and what is known of the cluster around it. */
export interface PlacedRules extends LoadedRules {
  /** Null: a dump, beside which nobody describes the cluster. */
  readonly cluster: Cluster | null;
  /** All objects that were read. */
  readonly objects: readonly KubeObject[];
}

/** The rules of a node, read from a dump or compiled. `progress` is told how much of a dump is read, from 0 to 1. */
export function openRules(
  texts: RulesTexts,
  request: NodeRequest & Allocation,
  progress?: (done: number) => void,
): PlacedRules {
  const { dumps, objects } = texts;
  const dump = joinDumps(dumps);
  if (dump) return openDump({ ...texts, dump }, request, progress);
  if (objects.length > 0) return openManifests(texts, request);
  return refuse<SessionDetail>({ code: 'no-rules-to-walk' }, want.thing('rules-or-manifests'));
}

function openDump(
  { dump, objects: sources, config: configured }: RulesTexts & { readonly dump: Source },
  request: NodeRequest & Allocation,
  progress: ((done: number) => void) | undefined,
): PlacedRules {
  const { family } = request;
  const options = { ...(family && { family }), ...(progress && { progress }) };
  const { ruleset, problems, source } = readRules(dump, options);
  const rules = { ruleset, source };
  if (sources.length === 0) return { ...rules, node: null, cluster: null, objects: [], problems };
  const config = openConfig(configured, request.mode);
  const asked = request.node ?? config.config.hostnameOverride;
  const { cluster, objects, problems: found } = openCluster(sources, request, configured !== null, asked);
  const node = chooseNode(cluster, request.node, config.config);
  // Beside a dump, objects say of the node what the dump does not; Services need not be among them.
  const others = found.filter(({ code }) => code !== 'no-services');
  return { ...rules, node, cluster, objects, problems: [...problems, ...config.problems, ...others] };
}

function openManifests(texts: RulesTexts, request: NodeRequest & Allocation): PlacedRules {
  const config = openConfig(texts.config, request.mode);
  const asked = request.node ?? config.config.hostnameOverride;
  const { cluster, objects, problems } = openCluster(texts.objects, request, texts.config !== null, asked);
  const rules = compileRules(cluster, config.config, request, '<compiled>');
  return { ...rules, cluster, objects, problems: [...config.problems, ...problems, ...rules.problems] };
}
