import { join } from 'node:path';
import type { Family } from '../address/address.ts';
import { readProxyConfig } from '../cluster/config.ts';
import type { ClusterNode } from '../cluster/model.ts';
import { addProxyJumps } from '../compile/proxy-jumps.ts';
import { compileNode } from '../compile-node.ts';
import { readDump } from '../dump/read.ts';
import { writeDump } from '../dump/write.ts';
import type { Ruleset } from '../rule/ruleset.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';

import { readRevision } from './git.ts';
import { type Io, readSources } from './io.ts';
import { loadCluster, loadConfig } from './load.ts';
import type { RulesFlags } from './rules.ts';

/** One side of a comparison. */
export interface DiffSide {
  /** As the user named it. */
  readonly name: string;
  readonly ruleset: Ruleset;
  /** The rules as text; compiled ones as they would be saved. */
  readonly source: Source;
  readonly node: ClusterNode | null;
  readonly problems: readonly Problem[];
  /** What was done to it, in sentences for the reader. */
  readonly notes: readonly string[];
}

/** A dump, manifests, a directory of them, or either of a git revision. */
export function loadSide(io: Io, name: string, flags: RulesFlags): DiffSide {
  const sources = sourcesOf(io, name);
  const [first, ...others] = sources;
  return first && others.length === 0 && isDump(first)
    ? dumpSide(name, first, flags.family)
    : fromManifests(io, name, sources, flags);
}

function sourcesOf(io: Io, name: string): readonly Source[] {
  if (exists(io, name)) return readSources(io, [name]);
  return name.includes(':') ? readRevision(name) : readSources(io, [name]);
}

function exists(io: Io, name: string): boolean {
  try {
    io.list(name);
    return true;
  } catch {
    return false;
  }
}

/** An empty text is a dump too: git shows a file that is not there as one. */
function isDump({ text }: Source): boolean {
  const line = text.split('\n').find((candidate) => !/^\s*(?:#|$)/.test(candidate));
  return line === undefined || line.startsWith('*');
}

export function dumpSide(name: string, source: Source, family: Family | undefined): DiffSide {
  const { ruleset, problems } = readDump(source, family ? { family } : {});
  const { ruleset: whole, added } = addProxyJumps(ruleset);
  if (!added) return { name, ruleset, source, node: null, problems, notes: [] };
  const notes = [
    `${name} has no jumps from the built-in chains to kube-proxy's, so it was given kube-proxy's own`,
  ];
  const text = { name: source.name, text: writeDump(whole) };
  const read = readDump(text, { family: whole.family });
  return { name, ruleset: read.ruleset, source: text, node: null, problems, notes };
}

/** Compiled rules are compared as their own dump, so that lines can be pointed at. */
function fromManifests(io: Io, name: string, sources: readonly Source[], flags: RulesFlags): DiffSide {
  const named = new Map(sources.map((source) => [source.name, source.text]));
  const virtual: Io = {
    ...io,
    read: (path) => named.get(path) ?? io.read(path),
    list: (path) => (named.has(path) ? null : io.list(path)),
  };
  // The configuration that is named, else one that lies among the manifests.
  const own = flags.config === undefined ? sources.find(holdsConfiguration) : undefined;
  const { config, problems: configProblems } = own ? readProxyConfig(own) : loadConfig(io, flags.config);
  const files = [...named.keys(), ...flags.cluster];
  const { cluster, problems } = loadCluster(
    virtual,
    files,
    own ? { ...flags, config: own.name } : flags,
    flags.node ?? config.hostnameOverride,
  );
  const { kubeVersion } = flags;
  const compiled = compileNode(cluster, {
    node: flags.node,
    family: flags.family,
    config,
    ...(kubeVersion === undefined ? {} : { kubeVersion }),
  });
  const source = { name: join(name, '<compiled>'), text: writeDump(compiled.ruleset) };
  const { ruleset } = readDump(source, { family: compiled.family });
  const all = [...configProblems, ...problems, ...compiled.problems];
  return { name, ruleset, source, node: compiled.node, problems: all, notes: [] };
}

function holdsConfiguration({ text }: Source): boolean {
  return /^\s*"?kind"?: *"?KubeProxyConfiguration"?/m.test(text);
}
