import type { Family } from '../address/address.ts';
import { readDump } from '../iptables/dump/read.ts';
import { writeDump } from '../iptables/dump/write.ts';
import { looksLikeRules } from '../iptables/pasted/looks-like-rules.ts';
import { readRules } from '../iptables/pasted/read.ts';
import type { KeptSet } from '../iptables/rule/kept-set.ts';
import type { Ruleset } from '../iptables/rule/ruleset.ts';
import type { ClusterNode } from '../kube/cluster/model.ts';
import type { KubeObject } from '../kube/manifest/kinds.ts';
import { readManifests } from '../kube/manifest/read.ts';
import { configurationsAmong } from '../kube/manifest/unread.ts';
import { otherMode, otherText } from '../lint/modes.ts';
import { usedFamilies } from '../proxy/decide/choice.ts';
import { addProxyJumps } from '../proxy/iptables/proxy-jumps.ts';
import { want } from '../text/expected.ts';
import { InputError, type Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Allocation } from './allocation.ts';
import { openCluster, openConfig } from './cluster.ts';
import { type FieldFinder, fieldFinder } from './fields.ts';
import { dumpsByFamily } from './joined.ts';
import { keptBeside } from './node-state.ts';
import type { OthersLeftOut, SideNote } from './note.ts';
import { decidedRules, type NodeRequest, RulesOfNodes } from './rules.ts';

/** Rules that are compared. */
export interface ReportSide {
  /** As the user named it. */
  readonly name: string;
  readonly ruleset: Ruleset;
  /** The rules as text; compiled ones as they would be saved. */
  readonly source: Source;
  /** Where the field stands that a rule came of. Only compiled rules come of fields. */
  readonly field?: FieldFinder;
}

/** One side of a comparison. */
export interface Side extends ReportSide {
  readonly node: ClusterNode | null;
  readonly problems: readonly Problem[];
  /** What was done to it. */
  readonly notes: readonly SideNote[];
}

/**
 * A dump as a side, with kube-proxy's own jumps where it has none. Rules of other modes than iptables are refused; those of a node whose
 * kube-proxy has none here may be `told`.
 */
export function dumpSide(
  name: string,
  given: Source,
  family: Family | undefined,
  none: 'refused' | 'told' = 'refused',
): Side {
  refuseMode(name, otherText(given.text));
  const { ruleset, problems, source } = readRules(given, family ? { family } : {});
  const other = otherMode(ruleset);
  if (other?.mode === 'none' && none === 'told')
    return { name, ruleset, source, node: null, problems, notes: [{ code: 'no-proxy-chains', side: name }] };
  refuseMode(name, other?.message ?? null);
  const { ruleset: whole, added } = addProxyJumps(ruleset);
  if (!added) return { name, ruleset, source, node: null, problems, notes: [] };
  const notes = [{ code: 'jumps-added', side: name } as const];
  const text = { name: source.name, text: writeDump(whole) };
  const read = readDump(text, { family: whole.family, open: true });
  return { name, ruleset: read.ruleset, source: text, node: null, problems, notes };
}

/** Refuses what is in another mode than iptables, for a reason from `otherText` or `otherMode`. */
export function refuseMode(name: string, other: string | null): void {
  if (other === null) return;
  const expected = want.thing('save-in-iptables-mode');
  throw new InputError([{ code: 'proxy-mode', severity: 'error', message: `${name}: ${other}`, expected }]);
}

/** A side that has been read, before it is clear for which node and family. */
export interface OpenSide {
  readonly name: string;
  /** The nodes for which there are rules; null: those of the one node that a dump is of. */
  readonly nodes: readonly string[] | null;
  /** What the node's sets hold, as keys; absent: nobody says. */
  readonly kept?: ReadonlyMap<string, KeptSet>;
  /** Of manifests, those of their cluster addresses; of a dump, both where it holds both, else null. */
  readonly families: readonly Family[] | null;
  on(node: string | undefined, family: Family | undefined): Side;
}

/** The texts of one side. */
export interface SideTexts {
  /** As the user named it. */
  readonly name: string;
  /** A dump, or manifests. */
  readonly sources: readonly Source[];
  /** Objects of the cluster, beside manifests. */
  readonly cluster: readonly Source[];
  /** kube-proxy's configuration; null: one among the manifests counts, or its defaults. */
  readonly config: Source | null;
  /** Of rules of the same node in the other language, which are not compared: by family, what was left out. */
  readonly beside?: Readonly<Record<Family, OthersLeftOut | null>>;
}

/** A dump, or manifests that are compiled for the node that is asked for. Throws an InputError. */
export function openSide(texts: SideTexts, request: NodeRequest & Allocation): OpenSide {
  const { name, sources } = texts;
  for (const source of sources) refuseMode(name, otherText(source.text));
  const [first, ...others] = sources.every(({ text }) => looksLikeRules(text)) ? dumpsByFamily(sources) : [];
  if (!first) return openManifests(texts, request);
  const dumps = [first, ...others];
  const families = others.length > 0 ? dumps.flatMap((dump) => dump.family ?? []) : null;
  const kept = keptBeside(sources);
  return {
    name,
    nodes: null,
    ...(kept && { kept }),
    families,
    on(_node, family) {
      const own = dumps.find((dump) => dump.family === family) ?? first;
      const side = dumpSide(name, own.source, family ?? own.family ?? undefined);
      const leftOut = texts.beside?.[side.ruleset.family];
      return leftOut ? { ...side, notes: [...side.notes, leftOut] } : side;
    },
  };
}

/** Compiled rules are compared as their own dump, so that lines can be pointed at. */
function openManifests(texts: SideTexts, request: NodeRequest & Allocation): OpenSide {
  const { name, cluster: beside } = texts;
  const sources = [...new Map(texts.sources.map((source) => [source.name, source])).values()];
  const configuration = texts.config ?? sources.find(holdsConfiguration) ?? null;
  const { config, problems: ofConfig } = openConfig(configuration);
  const asked = request.node ?? config.hostnameOverride;
  const loaded = openCluster([...sources, ...beside], request, configuration !== null, asked);
  const { cluster, objects } = loaded;
  const configured = texts.config === null ? [] : configurationIn(texts.config);
  const made = new RulesOfNodes(cluster, config, compiledName(name));
  return {
    name,
    nodes: cluster.nodes.map((node) => node.name),
    families: usedFamilies(cluster),
    on(node, family) {
      const { kubeVersion, abilities } = request;
      const wanted = {
        ...(node && { node }),
        ...(family && { family }),
        ...(kubeVersion && { kubeVersion }),
        ...(abilities && { abilities }),
      };
      const rules = made.of(wanted);
      const problems = [...ofConfig, ...loaded.problems, ...rules.problems];
      const field = fieldFinder(() => decidedRules(cluster, config, wanted), [...configured, ...objects]);
      return { name, ...rules, problems, notes: [], field };
    },
  };
}

/** As if the rules lay beside the manifests. */
const compiledName = (name: string): string => join(name.replace(/^\.\/+(?=.)/, ''), '<compiled>');

const join = (folder: string, file: string): string => {
  let end = folder.length;
  while (folder[end - 1] === '/') end -= 1;
  return `${folder.slice(0, end)}/${file}`;
};

/** The configuration that is named, for the places of its fields. */
function configurationIn(source: Source): readonly KubeObject[] {
  return readManifests([source]).objects.filter(({ kind }) => kind === 'KubeProxyConfiguration');
}

/** Only what names it is read for it. */
export function holdsConfiguration(source: Source): boolean {
  if (!source.text.includes('KubeProxyConfiguration')) return false;
  return configurationsAmong(readManifests([source]).objects).length > 0;
}
