import type { Command } from 'commander';
import { parsePacket } from '../engine/notation.ts';
import { packProgram } from '../engine/pack.ts';
import type { DirectoryFlags } from '../files/expand.ts';
import { readBeside, readSource, readSources } from '../files/files.ts';
import { readFileOrRevision } from '../files/git.ts';
import { looksLikeRules } from '../iptables/pasted/looks-like-rules.ts';
import { serviceKey } from '../kube/cluster/model.ts';
import { pastedParts } from '../kube/manifest/pasted-parts.ts';
import { redact } from '../kube/manifest/redact.ts';
import { modeNotes } from '../lint/modes.ts';
import { isNft } from '../nftables/read/recognise.ts';
import type { PageData } from '../report/page.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { openConfig } from '../session/cluster.ts';
import { joinDumps } from '../session/joined.ts';
import { besideRules } from '../session/node-state.ts';
import { type NodeProgram, openProgram, type ProgramRequest } from '../session/program.ts';
import { refuse } from '../session/refuse.ts';
import type { RulesTexts } from '../session/rules.ts';
import type { VersionOptions, VersionTexts } from '../session/version.ts';
import { readVersion, type Version } from '../session/version.ts';
import { told } from '../text/detail.ts';
import { want } from '../text/expected.ts';
import { type Problem, refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import {
  collect,
  declareContextFlag,
  declareManifestFlags,
  declareNodeFlags,
  hostText,
  modeOption,
} from './flags.ts';
import type { Io } from './io.ts';
import type { ProgramFlags } from './rules.ts';

/** What is drawn, of a page or a picture. */
export interface ShownFlags extends ProgramFlags {
  readonly host: readonly string[];
  readonly sets: readonly string[];
}

/** What `report` and `serve` show. */
export interface PageFlags extends ShownFlags {
  readonly before: readonly string[];
  readonly configBefore?: string;
  readonly service?: string;
  readonly packet?: string;
}

/** What both pages and pictures are made of. */
export function declareShownInput(command: Command): Command {
  const described = command.argument(
    '[file...]',
    'manifests, or what iptables-save or nft list ruleset printed; - is standard input',
  );
  return declareContextFlag(declareManifestFlags(declareNodeFlags(described)))
    .option(
      '--rules <dump>',
      'a dump, or the tables of one, where manifests are given with --cluster',
      collect,
      [],
    )
    .option('--cluster <file>', 'objects of the cluster, beside a dump', collect, [])
    .option('--host <file>', hostText, collect, [])
    .option(
      '--sets <file>',
      "what ipset save or list printed: the contents of the node's sets; what ipvsadm -Sn printed: what IPVS answers for",
      collect,
      [],
    )
    .option('--kube-version <release>', 'the release of kube-proxy, where manifests are compiled')
    .addOption(modeOption());
}

export function declarePageInput(command: Command): Command {
  return declareShownInput(command)
    .option(
      '--before <file>',
      'the version before, a file, a directory or REV:PATH of git: what changed is shown, too',
      collect,
      [],
    )
    .option('--config-before <file>', "kube-proxy's configuration of that version, where it is another")
    .option('--service <name>', 'the service to begin with: namespace/name')
    .option('--packet <packet>', "the packet to begin with: 'tcp 198.51.100.7:40000 -> 10.96.0.1:80'");
}

export interface PageInput {
  readonly data: PageData;
  /** The later version, read as the page will read it. */
  readonly version: Version;
}

/** Reads all that the page is given, and reads it as the page will. Throws an InputError with all that is wrong. */
export function readPageInput(
  io: Io,
  files: readonly string[],
  flags: PageFlags,
  live: string | null = null,
): PageInput {
  if (files.length === 0 && flags.rules.length === 0 && flags.context === undefined) {
    refuse<CommandDetail>({ code: 'nothing-to-show' }, want.thing('page-inputs'));
  }
  if (flags.configBefore !== undefined && flags.before.length === 0) {
    refuse<CommandDetail>({ code: 'config-before-alone' }, want.thing('before-too'));
  }
  if (flags.packet !== undefined) parsePacket({ name: '--packet', text: flags.packet });
  const words = flags.rules.length === 0 ? files : [...files, ...flags.cluster];
  const given = versionOf(io, words, readSources(io, words, flags), flags, flags.config);
  const options = optionsOf(io, flags, given.rules === null ? [] : [given.rules]);
  const after = withLowered(given, options);
  if (after.lowered !== undefined && flags.before.length > 0)
    refuse<CommandDetail>({ code: 'before-of-nft' }, want.thing('diff-instead'));
  const before = flags.before.length === 0 ? null : versionBefore(io, flags);
  const version = readVersion(after, options);
  version.nodeView(flags.node ?? version.nodes[0] ?? '');
  if (before) readVersion(before, options);
  const named = [
    ...flags.rules,
    ...files,
    ...(flags.context === undefined ? [] : [`context ${flags.context}`]),
  ].join(' ');
  const title = before ? `${flags.before.join(' ')} → ${named}` : named;
  const service = flags.service === undefined ? '' : knownService(version, flags.service);
  const data = {
    title,
    version: redacted(after),
    before: before && redacted(before),
    options,
    state: stateOf(flags, service),
    live,
  };
  return { data, version };
}

/** What shows one node's rules says whose they are, where nobody asked for one. */
export function otherNodes({ data, cluster, nodes, options }: Version): readonly Problem[] {
  const [shown] = nodes;
  const others = cluster.nodes.map(({ name }) => name).filter((name) => name !== shown);
  if (data.rules || others.length === 0 || options.node !== undefined) return [];
  const detail: CommandDetail = { code: 'first-of-nodes', node: shown ?? '', count: others.length + 1 };
  return [
    {
      code: 'node-choice',
      severity: 'note',
      ...told<CommandDetail>(detail),
      expected: want.thing(
        'node-for-another',
        `${others.slice(0, 5).join(', ')}${others.length > 5 ? ' …' : ''}`,
      ),
    },
  ];
}

/** Of a dump whose kube-proxy runs in ipvs mode, which the rules alone do not tell. */
export function modeOf({ data, nodes, nodeView }: Version): readonly Problem[] {
  // Rules of nft are a program that was lowered, of which kube-proxy's mode is known.
  if (!data.rules || data.lowered !== undefined) return [];
  return modeNotes(data.rules.name, nodeView(nodes[0] ?? '').rules.ruleset);
}

/** A page is made to be handed around: it holds what it shows. */
function redacted(version: VersionTexts): VersionTexts {
  const { manifests, config } = version;
  return {
    ...version,
    manifests: manifests.flatMap(pastedParts).map(redact),
    config: config && redact(config),
  };
}

function versionBefore(io: Io, flags: PageFlags): VersionTexts {
  const sources = flags.before.flatMap((name) => readFileOrRevision(io, name, flags));
  const { rules: _, config, configBefore, ...others } = flags;
  return versionOf(io, flags.before, sources, { ...others, rules: [] }, configBefore ?? config);
}

function versionOf(
  io: Io,
  files: readonly string[],
  sources: readonly Source[],
  { rules, cluster, ...flags }: Pick<PageFlags, 'rules' | 'cluster'> & DirectoryFlags,
  config: string | undefined,
): VersionTexts {
  const configured = config === undefined ? null : readSource(io, config);
  const only = rules.length === 0 ? rulesAlone(sources) : undefined;
  if (only)
    return { words: cluster, manifests: readSources(io, cluster, flags), rules: only, config: configured };
  const dump = joinDumps(besideRules(rules.map((file) => readSource(io, file))));
  return { words: files, manifests: sources, rules: dump ?? null, config: configured };
}

/** The rules, where nothing else was given: one text, the tables of one dump, or what was gathered of a node. */
function rulesAlone(sources: readonly Source[]): Source | undefined {
  const [first, ...others] = sources;
  if (!first || first.text.trim() === '') return undefined;
  const isAlone = others.every(({ node }) => node) && (isNft(first.text) || looksLikeRules(first.text));
  if (isAlone) return first;
  return sources.every(({ text }) => !isNft(text) && looksLikeRules(text)) ? joinDumps(sources) : undefined;
}

/** Rules of nft, given or compiled in nftables mode, are read here: the page is given the program that they are. */
function withLowered(version: VersionTexts, options: VersionOptions): VersionTexts {
  const { rules, manifests, config } = version;
  if (rules !== null && !isNft(rules.text)) return version;
  if (rules !== null) {
    const { family } = options;
    const { program } = lowered({ dumps: [rules], objects: [], config: null }, family ? { family } : {});
    return { ...version, lowered: packProgram(program) };
  }
  if (openConfig(config, options.mode).config.mode !== 'nftables') return version;
  const [first] = readVersion(version, options).nodes;
  const request = { ...options, ...(first !== undefined && { node: first }) };
  const { program, texts } = lowered({ dumps: [], objects: manifests, config }, request);
  const [text] = texts;
  return { ...version, lowered: packProgram(program), ...(text && { compiled: text.source }) };
}

function lowered(texts: RulesTexts, request: ProgramRequest): NodeProgram {
  const opened = openProgram(texts, request);
  refuseErrors(opened.problems);
  return opened;
}

function optionsOf(io: Io, flags: PageFlags, rules: readonly Source[]): VersionOptions {
  const { node, family, mode, kubeVersion, serviceCidr, nodePortRange, loadBalancerCidr, namespace } = flags;
  const host = readBeside(io, 'host', flags.host, rules);
  const sets = readBeside(io, 'sets', flags.sets, rules);
  return {
    ...(node && { node }),
    ...(family && { family }),
    ...(mode && { mode }),
    ...(kubeVersion && { kubeVersion }),
    ...(serviceCidr && { serviceCidr }),
    ...(nodePortRange && { nodePortRange }),
    ...(loadBalancerCidr && { loadBalancerCidr }),
    ...(namespace && { namespace }),
    ...(host.length > 0 && { host }),
    ...(sets.length > 0 && { sets }),
  };
}

/** A name without a namespace is one of that which was asked for. */
export const withNamespace = (service: string, namespace = 'default'): string =>
  service.includes('/') ? service : `${namespace}/${service}`;

/** Pictures ask for services of dumps, too (`report`); the page knows those of manifests. */
function knownService({ data, cluster, options }: Version, asked: string): string {
  const service = withNamespace(asked, options.namespace);
  const keys = cluster.services.map(serviceKey);
  if (keys.includes(service) || (data.rules !== null && keys.length === 0)) return service;
  refuse<CommandDetail>(
    { code: 'no-service', service },
    want.nearestOf(service, keys) ?? want.thing('service-of-files'),
  );
}

/** Where the page begins, as it writes places into its address (src/web/page/state.ts). */
function stateOf({ packet, before }: PageFlags, service: string): string {
  const view = packet !== undefined ? 'packet' : service !== '' ? 'chains' : before.length > 0 ? 'diff' : '';
  const members = Object.entries({ view, service, packet: packet ?? '' });
  return new URLSearchParams(members.filter(([, value]) => value !== '')).toString();
}
