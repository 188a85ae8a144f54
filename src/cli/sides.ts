import type { Scope } from '../diff/scope.ts';
import { readBeside, readSource, readSources } from '../files/files.ts';
import { readFileOrRevision } from '../files/git.ts';
import { readLiveCluster } from '../files/live-cluster.ts';
import { looksLikeRules } from '../iptables/pasted/looks-like-rules.ts';
import { isNft } from '../nftables/read/recognise.ts';
import { abilitiesOf, type NodeAbilities } from '../proxy/drift/abilities.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { besideRules } from '../session/node-state.ts';
import { refuse } from '../session/refuse.ts';
import { type OpenSide, openSide, type SideTexts } from '../session/side.ts';
import { want } from '../text/expected.ts';
import type { Source } from '../text/source.ts';
import type { ManifestFlags, NodeFlags } from './flags.ts';
import type { Io } from './io.ts';

/** Flags that decide which rules two sides are. */
export interface SidesFlags extends NodeFlags, ManifestFlags {
  readonly configAfter?: string;
  readonly cluster: readonly string[];
  readonly host: readonly string[];
  readonly assume?: string;
  readonly kubeVersion?: string;
  readonly kubeVersionA?: string;
  readonly kubeVersionB?: string;
  readonly scope: Scope;
}

export type TwoTexts = readonly [SideTexts, SideTexts];

export interface OpenedSides {
  readonly texts: TwoTexts;
  /** What somebody says of the host; null: nobody does. */
  readonly assumed: Source | null;
  /** What tells of the node's network. */
  readonly hosts: readonly Source[];
  readonly sides: readonly [OpenSide, OpenSide];
}

/** The texts of a cluster as it is, and as it is once the files were applied to it: of an object that is in both, theirs counts. */
export function readApplied(
  io: Io,
  context: string,
  files: string,
  { context: _, ...flags }: SidesFlags,
): TwoTexts {
  const live = readLiveCluster(io, context);
  const { config, configAfter } = flags;
  const change = readTexts(io, files, flags, configAfter ?? config);
  const [rules] = change.sources.filter(({ text }) => looksLikeRules(text) || isNft(text));
  if (rules)
    refuse<CommandDetail>({ code: 'rules-with-context', name: rules.name }, want.thing('drift-instead'));
  const before = { ...change, name: `context ${context}`, sources: [live], config: sourceOf(io, config) };
  return [before, { ...change, sources: [live, ...change.sources] }];
}

/** The texts of both sides: files, directories, or revisions of git. */
export function readSides(io: Io, before: string, after: string, flags: SidesFlags): TwoTexts {
  const { config, configAfter } = flags;
  return [readTexts(io, before, flags, config), readTexts(io, after, flags, configAfter ?? config)];
}

/** Throws an InputError where a side is not one of rules of iptables, or of manifests. */
export function openSides(io: Io, texts: TwoTexts, flags: SidesFlags): OpenedSides {
  const abilities = abilitiesIn(texts);
  const versions = [flags.kubeVersionA, flags.kubeVersionB];
  const sides = texts.map((text, side) => {
    const kubeVersion = versions[side] ?? flags.kubeVersion;
    const opened = openSide(text, { ...flags, abilities, ...(kubeVersion && { kubeVersion }) });
    return flags.context === undefined ? opened : withoutRepeated(opened);
  }) as [OpenSide, OpenSide];
  const assumed = flags.assume === undefined ? null : readSource(io, flags.assume);
  return { texts, assumed, hosts: readHosts(io, texts, flags), sides };
}

/** That what is applied to a cluster is there already goes without saying. */
function withoutRepeated({ on, ...side }: OpenSide): OpenSide {
  return {
    ...side,
    on: (node, family) => {
      const own = on(node, family);
      return { ...own, problems: own.problems.filter(({ code }) => code !== 'duplicate') };
    },
  };
}

/** What tells of the node's network: the files for it, else what was gathered with the rules, the later side's first. */
export function readHosts(io: Io, [before, after]: TwoTexts, { host }: SidesFlags): readonly Source[] {
  return readBeside(io, 'host', host, [...after.sources, ...before.sources]);
}

function readTexts(io: Io, name: string, flags: SidesFlags, config: string | undefined): SideTexts {
  return {
    name,
    sources: besideRules(readFileOrRevision(io, name, flags)),
    cluster: readSources(io, flags.cluster, flags),
    config: sourceOf(io, config),
  };
}

const sourceOf = (io: Io, path: string | undefined) => (path === undefined ? null : readSource(io, path));

/** What a node can do, where one side is its dump. */
function abilitiesIn(texts: TwoTexts): NodeAbilities {
  return Object.assign({}, ...texts.flatMap(({ sources }) => sources).map(({ text }) => abilitiesOf(text)));
}
