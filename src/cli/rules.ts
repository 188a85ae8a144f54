import type { Family } from '../address/address.ts';
import type { ClusterNode } from '../cluster/model.ts';
import { compileNode } from '../compile-node.ts';
import { readDump } from '../dump/read.ts';
import { writeDump } from '../dump/write.ts';
import { readSmallDocument } from '../host/document.ts';
import { readHostFields } from '../host/fields.ts';
import { isIpJson, readIpJson } from '../host/ip-json.ts';
import type { HostFields } from '../host/model.ts';
import { chooseNode } from '../policy/choice.ts';
import type { Ruleset } from '../rule/ruleset.ts';
import { InputError, type Problem, refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import { type Io, readSource } from './io.ts';
import { type AllocationFlags, loadCluster, loadConfig, type NodeFlags } from './load.ts';
import { withProgress } from './progress.ts';

/** Where the rules of a node come from: a dump, or manifests to compile. */
export interface RulesFlags extends NodeFlags, AllocationFlags {
  readonly rules?: string;
  readonly cluster: readonly string[];
  readonly kubeVersion?: string;
}

/** The rules of one node, as data and as text, and the node where one is known. */
export interface LoadedRules {
  readonly ruleset: Ruleset;
  readonly source: Source;
  readonly node: ClusterNode | null;
  readonly problems: readonly Problem[];
}

export function loadRules(io: Io, files: readonly string[], flags: RulesFlags): LoadedRules {
  if (flags.rules === undefined && files.length === 0) {
    refuse('there are no rules to walk through', '--rules with a dump, or manifests');
  }
  if (flags.rules !== undefined && files.length > 0) {
    refuse('there are a dump and manifests to compile', '--cluster for objects beside a dump');
  }
  return flags.rules === undefined ? compileRules(io, files, flags) : readRules(io, flags.rules, flags);
}

function readRules(io: Io, dump: string, flags: RulesFlags): LoadedRules {
  const source = readSource(io, dump);
  const { ruleset, problems } = withProgress(io, source.name, (progress) =>
    readDump(source, { ...(flags.family && { family: flags.family }), progress }),
  );
  if (flags.cluster.length === 0) return { ruleset, source, node: null, problems };
  const config = loadConfig(io, flags.config);
  const asked = flags.node ?? config.config.hostnameOverride;
  const { cluster, problems: found } = loadCluster(io, flags.cluster, flags, asked);
  const node = chooseNode(cluster, flags.node, config.config);
  // Beside a dump, objects say of the node what the dump does not; Services need not be among them.
  const others = found.filter(({ code }) => code !== 'no-services');
  return { ruleset, source, node, problems: [...problems, ...config.problems, ...others] };
}

/** Compiled rules are walked as their own dump, so that a trace can point at its lines. */
function compileRules(io: Io, files: readonly string[], flags: RulesFlags): LoadedRules {
  const config = loadConfig(io, flags.config);
  const asked = flags.node ?? config.config.hostnameOverride;
  const { cluster, problems } = loadCluster(io, [...files, ...flags.cluster], flags, asked);
  const { kubeVersion } = flags;
  const compiled = compileNode(cluster, {
    node: flags.node,
    family: flags.family,
    config: config.config,
    ...(kubeVersion === undefined ? {} : { kubeVersion }),
  });
  const source = { name: '<compiled>', text: writeDump(compiled.ruleset) };
  const { ruleset } = readDump(source, { family: compiled.family });
  return {
    ruleset,
    source,
    node: compiled.node,
    problems: [...config.problems, ...problems, ...compiled.problems],
  };
}

export function loadHost(
  source: Source,
  family: Family,
): { readonly fields: HostFields; readonly problems: readonly Problem[] } {
  const document = readSmallDocument(source);
  const { value } = document;
  const fields = isIpJson(value)
    ? readIpJson(document, value, family)
    : readHostFields(document, value, [], family);
  refuseErrors(document.problems);
  return { fields, problems: document.problems };
}

export function refuse(message: string, expected: string): never {
  throw new InputError([{ code: 'flag-value', severity: 'error', message, expected }]);
}
