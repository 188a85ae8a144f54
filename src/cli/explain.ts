import { Option } from 'commander';
import { type Family, familyOf } from '../address/address.ts';
import { readSources } from '../files/files.ts';
import type { ProxyMode } from '../kube/cluster/config.ts';
import { type Cluster, type Service, serviceKey } from '../kube/cluster/model.ts';
import { readTaken } from '../nftables/check/load.ts';
import { isNft } from '../nftables/read/recognise.ts';
import { type ExplainedService, type ExplainOptions, explainPort } from '../path/explain.ts';
import { controllerService } from '../path/ingress/controller.ts';
import { findingsOf } from '../path/ingress/findings.ts';
import { readIngresses } from '../path/ingress/model.ts';
import type { Scene } from '../path/scene.ts';
import { chooseFamily } from '../proxy/decide/choice.ts';
import { printExplainJson } from '../report/explain-json.ts';
import { printExplainMarkdown } from '../report/explain-markdown.ts';
import { explainGraph, printExplainPicture } from '../report/explain-picture.ts';
import { printTablesJson, printTablesText } from '../report/explain-tables.ts';
import { printExplainText } from '../report/explain-text.ts';
import { chainNameIn } from '../report/path-names.ts';
import { mostDrawn, type PictureFormat, pictureFormats } from '../report/pictures.ts';
import type { CommandDetail } from '../report/words/command.ts';
import type { Language } from '../report/words/language.ts';
import { openCluster } from '../session/cluster.ts';
import { type ExplainedTable, explainTables } from '../session/explain-tables.ts';
import { refuse } from '../session/refuse.ts';
import { changedCluster, clientAddress, makeScene, type SceneChanges } from '../session/scene.ts';
import { rulesOfMode } from '../session/scene-modes.ts';
import { parseShard, shareOf } from '../session/shard.ts';
import { told } from '../text/detail.ts';
import { type Expected, want } from '../text/expected.ts';
import { nearest } from '../text/nearest.ts';
import { InputError, refuseErrors } from '../text/problem.ts';
import type { Source } from '../text/source.ts';
import type { Answer } from './answer.ts';
import {
  declareContextFlag,
  declareManifestFlags,
  declareNodeFlags,
  declareSceneFlags,
  type ManifestFlags,
  modeOption,
  type NodeFlags,
} from './flags.ts';
import type { Io } from './io.ts';
import { loadConfig } from './load.ts';
import type { Subcommand } from './run.ts';
import { withoutIngressNote } from './trace-url.ts';

interface ExplainFlags extends NodeFlags, ManifestFlags, SceneChanges {
  readonly format: 'text' | 'json' | 'markdown' | PictureFormat;
  readonly allNodes?: boolean;
  readonly mode?: ProxyMode;
  readonly shard: string;
}

export const explainCommand: Subcommand = {
  declare(command, io, answer) {
    const described = command
      .argument(
        '[file...]',
        'manifests, or what nft list ruleset printed (- is standard input); at the end a service: namespace/name, or its name',
      )
      .usage('[options] [file...] [service]');
    declareSceneFlags(declareManifestFlags(declareNodeFlags(declareContextFlag(described))))
      .option('--kube-version <release>', 'the release of kube-proxy')
      .addOption(modeOption())
      .option(
        '--all-nodes',
        'every node that differs from the others, not only one with an endpoint and one without',
      )
      .option(
        '--shard <i/n>',
        'only part i of n of the services, or of the entries of the one; for jobs that share the work',
        '1/1',
      )
      .addOption(
        new Option('--format <format>', 'for people, for programs, for a review, or as a picture')
          .choices(['text', 'json', 'markdown', ...pictureFormats])
          .default('text'),
      )
      .action((files: string[], flags: ExplainFlags) => answer(() => explainAnswer(io, files, flags)));
  },
};

function explainAnswer(io: Io, words: readonly string[], flags: ExplainFlags): Answer {
  const { files, name } = splitWords(io, words, flags.context !== undefined);
  const config = loadConfig(io, flags.config, flags.mode);
  const sources = readManifests(io, files, flags);
  if (sources.some(({ text }) => isNft(text))) return tablesAnswer(sources, name, flags, io.language);
  const asked = flags.node ?? config.config.hostnameOverride;
  const loaded = openCluster(sources, flags, flags.config !== undefined, asked);
  const cluster = changedCluster(loaded.cluster, flags);
  const { family, problems } = chooseFamily(cluster, flags.family);
  if (flags.node !== undefined && !cluster.nodes.some((node) => node.name === flags.node)) {
    refuse<CommandDetail>(
      { code: 'no-such-node-for', flag: '--node', name: flags.node },
      want.thing('node-name'),
    );
  }
  const ingresses = readIngresses(loaded.objects);
  const shard = parseShard(flags.shard, io.env.JOB_COMPLETION_INDEX);
  const services = servicesOf(cluster, name, family);
  // Where there are many services they are what is shared out, else the entries of the one.
  const own = services.length > 1 ? shareOf(services, shard) : services;
  const options: ExplainOptions = {
    objects: loaded.objects,
    ingresses,
    client: clientAddress(flags.client, family),
    node: flags.node ?? null,
    allNodes: flags.allNodes ?? false,
    shard: services.length > 1 ? { index: 0, count: 1 } : shard,
  };
  const controllers = ingresses.flatMap((ingress) => controllerService(cluster, ingress) ?? []);
  const explained = own.map((service) => {
    const scene = makeScene(cluster, [service, ...controllers], family, config.config, flags, rulesOfMode);
    return explainService(scene, serviceKey(service), options, flags.config !== undefined);
  });
  return {
    status: 0,
    output: printers[flags.format](explained, io),
    format: flags.format,
    problems: [
      ...config.problems,
      ...withoutIngressNote(loaded.problems),
      ...problems,
      ...findingsOf(cluster, ingresses),
    ],
  };
}

const picture =
  (format: PictureFormat) =>
  (all: readonly ExplainedService[], { language }: Io): string => {
    const boxes = explainGraph(all).nodes.length;
    if (boxes > mostDrawn)
      refuse<CommandDetail>({ code: 'boxes-too-many', count: boxes }, want.thing('service-at-end'));
    return printExplainPicture(all, format, language);
  };

const printers: Readonly<
  Record<ExplainFlags['format'], (all: readonly ExplainedService[], io: Io) => string>
> = {
  text: printExplainText,
  json: printExplainJson,
  markdown: (all, { language }) => printExplainMarkdown(all, language),
  svg: picture('svg'),
  dot: picture('dot'),
  mermaid: picture('mermaid'),
};

function readManifests(io: Io, files: readonly string[], flags: ExplainFlags): readonly Source[] {
  if (files.length === 0 && flags.context === undefined)
    refuse<CommandDetail>({ code: 'no-manifests' }, want.thing('files-or-cluster'));
  return readSources(io, files, flags);
}

/** What kube-proxy's own tables say, where rulesets of nft are given. */
function tablesAnswer(
  sources: readonly Source[],
  name: string | null,
  flags: ExplainFlags,
  language?: Language,
): Answer {
  const { format, family } = flags;
  if (format !== 'text' && format !== 'json')
    refuse<CommandDetail>({ code: 'format-of-nft', format }, want.either('text', 'json'));
  const read = sources.map((source) => {
    if (!isNft(source.text))
      refuse<CommandDetail>({ code: 'no-ruleset', name: source.name }, want.thing('manifests-or-nft'));
    return readTaken(source);
  });
  const problems = read.flatMap((one) => one.problems);
  refuseErrors(problems);
  const ruleset = { tables: read.flatMap((one) => one.ruleset.tables) };
  const all = explainTables(ruleset, family ? [family] : ['ipv4', 'ipv6']);
  if (all.length === 0)
    refuse<CommandDetail>({ code: 'no-proxy-table' }, want.thing('ruleset-in-nftables-mode'));
  const tables = name === null ? all : ofService(all, name);
  const output = format === 'json' ? printTablesJson(tables) : printTablesText(tables, language);
  return { status: 0, output, format, problems };
}

function ofService(tables: readonly ExplainedTable[], name: string): readonly ExplainedTable[] {
  const isOwn = (service: string) => {
    const [whole = ''] = service.split(':');
    return name === service || name === whole || name === whole.slice(whole.indexOf('/') + 1);
  };
  const own = tables.map((table) => ({
    ...table,
    services: table.services.filter(({ service }) => isOwn(service)),
  }));
  const found = own.filter(({ services }) => services.length > 0);
  if (found.length > 0) return found;
  const known = [...new Set(tables.flatMap(({ services }) => services.map(({ service }) => service)))];
  return refuse<CommandDetail>(
    { code: 'no-service-or-file', name },
    want.nearestOf(name, known) ?? want.written(known.slice(0, 10).join(', ')),
  );
}

/** All services, or the one of a name, as far as they have addresses of the family or need none. */
function servicesOf(cluster: Cluster, name: string | null, family: Family): Service[] {
  const named = name === null ? cluster.services : [findService(cluster, name)];
  const isOurs = ({ unproxied, clusterAddresses }: Service) =>
    unproxied !== null || clusterAddresses.some((address) => familyOf(address) === family);
  return named.filter(isOurs);
}

function explainService(
  scene: Scene,
  key: string,
  options: ExplainOptions,
  isConfigured: boolean,
): ExplainedService {
  const service = scene.cluster.services.find((candidate) => serviceKey(candidate) === key) as Service;
  const ports = service.unproxied === null ? service.ports : [];
  return {
    key,
    service,
    explanations: ports.map((port) => explainPort(scene, service, port, options)),
    chainName: (node, table, chain) => chainNameIn(scene.rulesOf(node), table, chain),
    assumed: [...scene.network.assumed, ...(isConfigured ? [] : podsNotTold(service))],
  };
}

/** Under the policy Local it decides what a node does for its pods that has no endpoint. */
function podsNotTold({ unproxied, externalTrafficPolicy }: Service): ExplainedService['assumed'] {
  return unproxied === null && externalTrafficPolicy === 'Local' ? [{ code: 'pods-not-told' }] : [];
}

/** The last word is the service, unless it is a file. */
function splitWords(
  io: Io,
  words: readonly string[],
  isLive: boolean,
): { files: readonly string[]; name: string | null } {
  const last = words.at(-1);
  if (last === undefined || (words.length === 1 && !isLive) || exists(io, last))
    return { files: words, name: null };
  return { files: words.slice(0, -1), name: last };
}

function exists(io: Io, path: string): boolean {
  if (path === '-') return true;
  try {
    if (io.list(path) === null) io.read(path);
    return true;
  } catch {
    return false;
  }
}

function findService({ services }: Cluster, name: string): Service {
  const found = services.filter((service) => name === serviceKey(service) || name === service.name);
  if (found.length === 1) return found[0] as Service;
  const keys = found.length > 1 ? found.map(serviceKey) : services.map(serviceKey);
  const close =
    found.length > 1 ? undefined : nearest(name, [...keys, ...services.map((service) => service.name)]);
  const detail: CommandDetail = { code: found.length > 1 ? 'several-services' : 'no-service-or-file', name };
  const expected = close ? want.perhaps(close) : oneOf(keys);
  throw new InputError([
    { code: 'service-choice', severity: 'error', ...told<CommandDetail>(detail), expected },
  ]);
}

function oneOf(keys: readonly string[]): Expected {
  if (keys.length === 0) return want.thing('files-with-services');
  return want.oneOf(keys.length > 10 ? [...keys.slice(0, 10), '…'] : keys);
}
