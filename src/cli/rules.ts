import { readRules as readRuleText } from '../iptables/pasted/read.ts';
import type { Cluster } from '../kube/cluster/model.ts';
import type { KubeObject } from '../kube/manifest/kinds.ts';
import { chooseNode } from '../proxy/decide/choice.ts';
import { InputError } from '../text/problem.ts';
import { type Io, readSource } from './io.ts';
import { joinRules, type LoadedRules } from './join.ts';
import { type AllocationFlags, loadCluster, loadConfig, type NodeFlags } from './load.ts';
import { withProgress } from './progress.ts';

/** Where the rules of a node come from: a dump, or manifests to compile. */
export interface RulesFlags extends NodeFlags, AllocationFlags {
  readonly rules?: string;
  readonly cluster: readonly string[];
  readonly kubeVersion?: string;
}

/** The rules of one node, and what is known of the cluster around it. */
export interface PlacedRules extends LoadedRules {
  /** Null: a dump, beside which nobody describes the cluster. */
  readonly cluster: Cluster | null;
  /** All objects that were read. */
  readonly objects: readonly KubeObject[];
}

export function loadRules(io: Io, files: readonly string[], flags: RulesFlags): PlacedRules {
  if (flags.rules === undefined && files.length === 0) {
    refuse('there are no rules to walk through', '--rules with a dump, or manifests');
  }
  if (flags.rules !== undefined && files.length > 0) {
    refuse('there are a dump and manifests to compile', '--cluster for objects beside a dump');
  }
  return flags.rules === undefined ? compileRules(io, files, flags) : readRules(io, flags.rules, flags);
}

function readRules(io: Io, dump: string, flags: RulesFlags): PlacedRules {
  const given = readSource(io, dump);
  const { ruleset, problems, source } = withProgress(io, given.name, (progress) =>
    readRuleText(given, { ...(flags.family && { family: flags.family }), progress }),
  );
  if (flags.cluster.length === 0) {
    return { ruleset, source, node: null, cluster: null, objects: [], problems };
  }
  const config = loadConfig(io, flags.config);
  const asked = flags.node ?? config.config.hostnameOverride;
  const { cluster, objects, problems: found } = loadCluster(io, flags.cluster, flags, asked);
  const node = chooseNode(cluster, flags.node, config.config);
  // Beside a dump, objects say of the node what the dump does not; Services need not be among them.
  const others = found.filter(({ code }) => code !== 'no-services');
  return { ruleset, source, node, cluster, objects, problems: [...problems, ...config.problems, ...others] };
}

function compileRules(io: Io, files: readonly string[], flags: RulesFlags): PlacedRules {
  const config = loadConfig(io, flags.config);
  const asked = flags.node ?? config.config.hostnameOverride;
  const { cluster, objects, problems } = loadCluster(io, [...files, ...flags.cluster], flags, asked);
  const rules = joinRules(cluster, config.config, flags, '<compiled>');
  return { ...rules, cluster, objects, problems: [...config.problems, ...problems, ...rules.problems] };
}

export function refuse(message: string, expected: string): never {
  throw new InputError([{ code: 'flag-value', severity: 'error', message, expected }]);
}
