import type { Family } from '../address/address.ts';
import type { IrProgram } from '../engine/ir.ts';
import { unpackProgram } from '../engine/unpack.ts';
import { buildHost, hostFieldsOf } from '../host/build.ts';
import type { Host } from '../host/model.ts';
import { readHost } from '../host/read.ts';
import { readRules } from '../iptables/pasted/read.ts';
import type { ProxyConfig, ProxyMode } from '../kube/cluster/config.ts';
import type { Cluster } from '../kube/cluster/model.ts';
import type { KubeObject } from '../kube/manifest/kinds.ts';
import { readManifests } from '../kube/manifest/read.ts';
import { chooseFamily } from '../proxy/decide/choice.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { type LoadedCluster, openCluster, openConfig } from './cluster.ts';
import { type FieldFinder, fieldFinder, noFields } from './fields.ts';
import { hostBeside, nothingKnown, programBeside, readNodeState } from './node-state.ts';
import { compileRules, decidedRules, type LoadedRules } from './rules.ts';
import { toldRuleset } from './told-rules.ts';

/** One version: manifests to compile, or a dump and the objects beside it. */
export interface VersionTexts {
  /** The FILE arguments as the user typed them, for the command that prints the same. */
  readonly words: readonly string[];
  /** Manifests and kubectl's tables; beside a dump, the objects of `--cluster`. */
  readonly manifests: readonly Source[];
  /** What iptables-save printed; null where the rules are compiled from the manifests. */
  readonly rules: Source | null;
  /** Where rules are of nft: the program that they are (`packProgram`), since the page has no reader of that language. */
  readonly lowered?: string;
  /** In nftables mode, what nft would list of the tables that were compiled of the manifests, for the one node of `lowered`. */
  readonly compiled?: Source;
  /** kube-proxy's configuration of this version, where the user named one. */
  readonly config: Source | null;
}

/** The flags of the command line, by the same names; a member that is absent was not given. */
export interface VersionOptions {
  readonly node?: string;
  readonly family?: Family;
  readonly mode?: ProxyMode;
  readonly kubeVersion?: string;
  readonly serviceCidr?: string;
  readonly nodePortRange?: string;
  readonly loadBalancerCidr?: string;
  readonly namespace?: string;
  /** The node's network (`--host`), in the order in which it was given. */
  readonly host?: readonly Source[];
  /** Contents of the node's sets (`--sets`). */
  readonly sets?: readonly Source[];
}

/** One node's rules, ready for packets. */
export interface NodeView {
  /** Empty where a dump does not say whose it is. */
  readonly node: string;
  readonly rules: LoadedRules;
  readonly program: IrProgram;
  readonly host: Host;
  /** The field of a manifest that a rule came of; null where there is none. */
  readonly field: FieldFinder;
}

/** What was read of one version. Rules are compiled node by node, when somebody asks for them. */
export interface Version {
  readonly data: VersionTexts;
  readonly options: VersionOptions;
  readonly cluster: Cluster;
  readonly objects: readonly KubeObject[];
  readonly config: ProxyConfig;
  readonly family: Family;
  /** The nodes to choose from; one of an empty name where only a dump is known. */
  readonly nodes: readonly string[];
  readonly problems: readonly Problem[];
  nodeView(node: string): NodeView;
  /** Whether a node's rules are compiled already. */
  isReady(node: string): boolean;
}

const emptyCluster: Cluster = { nodes: [], services: [], endpoints: new Map(), assumptions: [] };

/** Throws an InputError with all that is wrong with the texts. */
export function readVersion(data: VersionTexts, options: VersionOptions): Version {
  const { config, problems: ofConfig } = openConfig(data.config, options.mode);
  const loaded: LoadedCluster =
    data.manifests.length === 0
      ? { cluster: emptyCluster, objects: [], problems: [] }
      : openCluster(data.manifests, options, data.config !== null, options.node ?? config.hostnameOverride);
  const { cluster, objects } = loaded;
  const configured = data.config ? readManifests([data.config]).objects : [];
  const lowered = data.lowered === undefined ? null : unpackProgram(data.lowered);
  const rules = data.rules ?? data.compiled;
  const dump =
    rules &&
    (lowered
      ? { ruleset: toldRuleset(lowered), source: rules, problems: [] }
      : readRules(rules, options.family ? { family: options.family } : {}));
  const chosen = dump
    ? { family: dump.ruleset.family, problems: dump.problems }
    : chooseFamily(cluster, options.family);
  const { family } = chosen;
  const names = cluster.nodes.map(({ name }) => name);
  const asked = options.node ?? config.hostnameOverride;
  const ordered = sorted(names, asked);
  const nodes = data.rules
    ? [asked ?? (names.length === 1 ? (names[0] as string) : '')]
    : data.compiled
      ? ordered.slice(0, 1)
      : ordered;
  const views = new Map<string, NodeView>();
  const make = (name: string): NodeView => {
    const node = cluster.nodes.find((candidate) => candidate.name === name) ?? null;
    const rules: LoadedRules = dump
      ? { ruleset: dump.ruleset, source: dump.source, node, problems: dump.problems }
      : compileRules(cluster, config, { ...options, family, node: name }, '<compiled>');
    const network = buildHost(family, [
      ...(options.host ?? []).map((source) => readHost(source, family).fields),
      ...(node ? [hostFieldsOf(node, family)] : []),
    ]);
    const state = options.sets?.length ? readNodeState(options.sets) : nothingKnown;
    const host = hostBeside(network, state);
    const program = lowered ?? programBeside(rules.ruleset, rules.source, state);
    // A dump's rules came of the manifests beside it as far as they are what those compile to.
    const decisions = () => decidedRules(cluster, config, { ...options, family, node: name });
    const field = node && !lowered ? fieldFinder(decisions, [...configured, ...objects]) : noFields;
    return { node: name, rules, program, host, field };
  };
  return {
    data,
    options,
    cluster,
    objects,
    config,
    family,
    nodes,
    problems: [...ofConfig, ...loaded.problems, ...chosen.problems].filter(isNews),
    isReady: (node) => views.has(node),
    nodeView(node) {
      const known = views.get(node);
      if (known) return known;
      const view = make(node);
      views.set(node, view);
      return view;
    },
  };
}

/** That no rules are made of an Ingress is no news where it is followed. */
function isNews({ code }: Problem): boolean {
  return code !== 'not-compiled';
}

/** The node that was asked for comes first: it is the one that is shown at the beginning. */
function sorted(names: readonly string[], asked: string | null): readonly string[] {
  return asked !== null && names.includes(asked) ? [asked, ...names.filter((name) => name !== asked)] : names;
}
