import { join } from 'node:path';
import type { Family } from '../address/address.ts';
import { looksLikeRules } from '../iptables/pasted/looks-like-rules.ts';
import { readProxyConfig } from '../kube/cluster/config.ts';
import type { KubeObject } from '../kube/manifest/kinds.ts';
import { readManifests } from '../kube/manifest/read.ts';
import { configurationsAmong } from '../kube/manifest/unread.ts';
import { otherText } from '../lint/modes.ts';
import type { Source } from '../text/source.ts';
import { readFileOrRevision } from './git.ts';
import { type Io, readSource } from './io.ts';
import { type DiffSide, dumpSide, joinDecisions, joinRules, refuseMode } from './join.ts';
import { loadCluster, loadConfig } from './load.ts';
import type { RulesFlags } from './rules.ts';
import { fieldFinder } from './side-fields.ts';

/** A side that has been read, before it is clear for which node and family. */
export interface OpenSide {
  readonly name: string;
  /** The nodes for which there are rules; null: those of the one node that a dump is of. */
  readonly nodes: readonly string[] | null;
  on(node: string | undefined, family: Family | undefined): DiffSide;
}

/** A dump, manifests, a directory of them, or either of a git revision. */
export function openSide(io: Io, name: string, flags: RulesFlags): OpenSide {
  const sources = readFileOrRevision(io, name);
  for (const source of sources) refuseMode(name, otherText(source.text));
  const [first, ...others] = sources;
  if (!first || others.length > 0 || !looksLikeRules(first.text))
    return openManifests(io, name, sources, flags);
  return { name, nodes: null, on: (_node, family) => dumpSide(name, first, family) };
}

/** Compiled rules are compared as their own dump, so that lines can be pointed at. */
function openManifests(io: Io, name: string, sources: readonly Source[], flags: RulesFlags): OpenSide {
  const named = new Map(sources.map((source) => [source.name, source.text]));
  const virtual: Io = {
    ...io,
    read: (path) => named.get(path) ?? io.read(path),
    list: (path) => (named.has(path) ? null : io.list(path)),
  };
  // The configuration that is named, else one that lies among the manifests.
  const own = flags.config === undefined ? sources.find(holdsConfiguration) : undefined;
  const { config, problems: configProblems } = own ? readProxyConfig(own) : loadConfig(io, flags.config);
  const { cluster, objects, problems } = loadCluster(
    virtual,
    [...named.keys(), ...flags.cluster],
    own ? { ...flags, config: own.name } : flags,
    flags.node ?? config.hostnameOverride,
  );
  const configured = flags.config === undefined ? [] : configurationOf(io, flags.config);
  return {
    name,
    nodes: cluster.nodes.map((node) => node.name),
    on(node, family) {
      const { kubeVersion } = flags;
      const asked = { ...(node && { node }), ...(family && { family }), ...(kubeVersion && { kubeVersion }) };
      const rules = joinRules(cluster, config, asked, join(name, '<compiled>'));
      const all = [...configProblems, ...problems, ...rules.problems];
      const field = fieldFinder(() => joinDecisions(cluster, config, asked), [...configured, ...objects]);
      return { name, ...rules, problems: all, notes: [], field };
    },
  };
}

/** The configuration that is named, for the places of its fields. */
function configurationOf(io: Io, file: string): readonly KubeObject[] {
  return readManifests([readSource(io, file)]).objects.filter(
    ({ kind }) => kind === 'KubeProxyConfiguration',
  );
}

/** Only what names it is read for it. */
function holdsConfiguration(source: Source): boolean {
  if (!source.text.includes('KubeProxyConfiguration')) return false;
  return configurationsAmong(readManifests([source]).objects).length > 0;
}
