import type { Command } from 'commander';
import { parseAddress } from '../address/address.ts';
import type { ProxyMode } from '../kube/cluster/config.ts';
import { type Cluster, type Service, serviceKey } from '../kube/cluster/model.ts';
import { followDirect } from '../path/direct.ts';
import { targetOf } from '../path/ingress/backend.ts';
import { controllerService } from '../path/ingress/controller.ts';
import { findingsOf } from '../path/ingress/findings.ts';
import { followIngress, routeOf } from '../path/ingress/follow.ts';
import { type Ingress, readIngresses } from '../path/ingress/model.ts';
import { parseUrl, type UrlRequest } from '../path/url.ts';
import { chooseFamily } from '../proxy/decide/choice.ts';
import { printUrlJson } from '../report/path-url-json.ts';
import { printUrlText } from '../report/path-url-text.ts';
import type { CommandDetail } from '../report/words/command.ts';
import { refuse } from '../session/refuse.ts';
import { changedCluster, clientAddress, makeScene, type SceneChanges } from '../session/scene.ts';
import { rulesOfMode } from '../session/scene-modes.ts';
import { type Expected, want } from '../text/expected.ts';
import { InputError, type Problem } from '../text/problem.ts';
import type { Answer } from './answer.ts';
import { declareSceneFlags, type ManifestFlags, type NodeFlags } from './flags.ts';
import type { Io } from './io.ts';
import { loadCluster, loadConfig } from './load.ts';

export interface UrlFlags extends NodeFlags, ManifestFlags, SceneChanges {
  readonly url?: string;
  readonly cluster?: readonly string[];
  readonly mode?: ProxyMode;
  readonly format: 'text' | 'json';
}

export function declareUrlFlags(command: Command): Command {
  return declareSceneFlags(
    command.option(
      '--url <url>',
      'a request from outside, through Ingress, load balancer and nodes: https://testhost.com/shop',
    ),
  );
}

const ofPackets = [
  'packet',
  'connection',
  'flows',
  'log',
  'rules',
  'host',
  'whyNot',
  'sample',
  'node',
] as const;
const ofUrls = [
  'client',
  'staleBalancer',
  'serviceRoute',
  'withoutNode',
  'drainNode',
  'deadNode',
  'addNode',
] as const;

/** What only a request has, and no connection through all nodes. */
const onlyUrls = ['client'] as const;

/** Whether a request is to be followed, and no single packet. Flags of the one are no flags of the other. */
export function asksForUrl(flags: object): flags is UrlFlags & { readonly url: string } {
  const given = flags as Readonly<Record<string, unknown>>;
  const isGiven = (name: string) =>
    given[name] !== undefined && !(Array.isArray(given[name]) && given[name].length === 0);
  const isUrl = isGiven('url');
  for (const name of isUrl ? ofPackets : isGiven('nodes') ? onlyUrls : ofUrls) {
    if (!isGiven(name)) continue;
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const goes = (onlyUrls as readonly string[]).includes(name) ? '--url' : '--url, or --nodes all';
    refuse<CommandDetail>(
      isUrl ? { code: 'not-with-url', flag } : { code: 'goes-only-with', flag, other: goes },
      isUrl ? want.thing('manifests-and-url') : want.written(goes),
    );
  }
  return isUrl;
}

/** Follows a request from outside through the whole cluster, and its answer back. */
export function urlAnswer(
  io: Io,
  files: readonly string[],
  flags: UrlFlags & { readonly url: string },
): Answer {
  const config = loadConfig(io, flags.config, flags.mode);
  const loaded = loadCluster(
    io,
    [...files, ...(flags.cluster ?? [])],
    flags,
    flags.node ?? config.config.hostnameOverride,
  );
  const cluster = changedCluster(loaded.cluster, flags);
  const { family, problems } = chooseFamily(cluster, flags.family);
  const request = parseUrl(flags.url, clientAddress(flags.client, family));
  if (!request) return refuseUrl(flags.url);
  const ingresses = readIngresses(loaded.objects);
  const routed = routeOf(ingresses, request);
  const scene = makeScene(
    cluster,
    servicesFor(cluster, request, routed),
    family,
    config.config,
    flags,
    rulesOfMode,
  );
  const trace = routed ? followIngress(scene, loaded.objects, request, routed) : followDirect(scene, request);
  if (!trace)
    return refuse<CommandDetail>(
      { code: 'no-ingress-serves', host: request.host, family },
      expected(ingresses, cluster),
    );
  const { assumed } = scene.network;
  return {
    status: 0,
    output: flags.format === 'json' ? printUrlJson(trace, assumed) : printUrlText(trace, assumed, io),
    format: flags.format,
    problems: [
      ...config.problems,
      ...withoutIngressNote(loaded.problems),
      ...problems,
      ...findingsOf(cluster, ingresses),
    ],
  };
}

/** That no rules are made of an Ingress is no news where it is followed. */
export function withoutIngressNote(problems: readonly Problem[]): Problem[] {
  return problems.filter(({ code }) => code !== 'not-compiled');
}

/** The backend, what leads to the controller, and whatever has the address that is called. */
function servicesFor(cluster: Cluster, request: UrlRequest, routed: ReturnType<typeof routeOf>): Service[] {
  const called = cluster.services.filter((service) => answers(service, request));
  if (!routed) return called;
  const { ingress, route } = routed;
  const target = targetOf(cluster, ingress, route ? route.backend : ingress.defaultBackend);
  const controller = controllerService(cluster, ingress);
  return [
    ...called,
    ...(target.kind === 'port' ? [target.service] : []),
    ...(controller ? [controller] : []),
  ];
}

/** Whether a service has the address or the name that is called, or the port, which may be a node's. */
function answers(service: Service, { host, port }: UrlRequest): boolean {
  const address = parseAddress(host);
  const { loadBalancer, externalAddresses, clusterAddresses, ports } = service;
  return (
    loadBalancer.some((one) => one.hostname === host || (address !== undefined && one.address === address)) ||
    [...externalAddresses, ...clusterAddresses].some((one) => one === address) ||
    ports.some(({ nodePort }) => nodePort === port)
  );
}

function expected(ingresses: readonly Ingress[], { services }: Cluster): Expected {
  const hosts = new Set(ingresses.flatMap(({ routes }) => routes.flatMap(({ host }) => host ?? [])));
  const known =
    hosts.size > 0
      ? want.thing('hosts-of-ingresses', [...hosts].slice(0, 6).join(', '))
      : want.thing('ingress-among-files');
  const open = services.filter(({ type }) => type === 'LoadBalancer').map(serviceKey);
  return open.length === 0
    ? known
    : want.orElse(known, want.thing('address-of-balancer', open.slice(0, 4).join(', ')));
}

function refuseUrl(text: string): never {
  const message = `${text} is no URL of HTTP or HTTPS`;
  throw new InputError([
    { code: 'url-syntax', severity: 'error', message, expected: want.suchAs('https://testhost.com/shop') },
  ]);
}
