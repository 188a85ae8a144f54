import { join } from 'node:path';
import { readProxyConfig } from '../cluster/config.ts';
import type { Source } from '../text/source.ts';
import { readRevision } from './git.ts';
import { type Io, readSources } from './io.ts';
import { type DiffSide, dumpSide, joinRules } from './join.ts';
import { loadCluster, loadConfig } from './load.ts';
import type { RulesFlags } from './rules.ts';

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
  const rules = joinRules(cluster, config, flags, join(name, '<compiled>'));
  const all = [...configProblems, ...problems, ...rules.problems];
  return { name, ...rules, problems: all, notes: [] };
}

function holdsConfiguration({ text }: Source): boolean {
  return /^[ \t]*"?kind"?: *"?KubeProxyConfiguration"?/m.test(text);
}
