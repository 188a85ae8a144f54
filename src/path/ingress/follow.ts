import { type Address, familyOf, formatAddress, parseAddress } from '../../address/address.ts';
import { type Endpoint, type Service, type ServicePort, serviceKey } from '../../cluster/model.ts';
import type { KubeObject } from '../../manifest/kinds.ts';
import { add, type Fraction, fraction, multiply, zero } from '../../packet/fraction.ts';
import { endpointsOf, spread } from '../balancer.ts';
import type { Way } from '../connection.ts';
import { plus } from '../network.ts';
import type { Scene } from '../scene.ts';
import type { Carrier, Leg, UrlRequest, UrlTrace } from '../url.ts';
import { walkConnection } from '../walk.ts';
import { targetOf } from './backend.ts';
import { controllerService, speaksProxyProtocol } from './controller.ts';
import { callsPods, tlsFor } from './findings.ts';
import { chooseRoute } from './match.ts';
import { type Ingress, isOutside, type Route } from './model.ts';
import { partsOf } from './parts.ts';

const tcp = 6;

/** The Ingress that serves a host, and the route for a path; null where none does. */
export function routeOf(
  ingresses: readonly Ingress[],
  { host, path }: UrlRequest,
): { ingress: Ingress; route: Route | null } | null {
  const route = chooseRoute(
    ingresses.flatMap(({ routes }) => routes),
    host,
    path,
    (one) => one.ingress.controller,
  );
  if (route) return { ingress: route.ingress, route };
  const serving =
    ingresses.find((ingress) => ingress.addresses.includes(host)) ?? ingresses.find(isFor(host));
  return serving ? { ingress: serving, route: null } : null;
}

function isFor(host: string): (ingress: Ingress) => boolean {
  return ({ routes, defaultBackend }) =>
    chooseRoute(
      routes.map((route) => ({ ...route, path: null })),
      host,
      '/',
      () => 'unknown',
    ) !== null || defaultBackend !== null;
}

const nothing = {
  tls: null,
  parts: [],
  service: null,
  port: null,
  legs: [],
  stop: null,
  clientIn: [],
  clientNote: null,
  notes: [],
} as const;

/** Follows a request through an Ingress: to what ends its connection, and from there to a pod. */
export function followIngress(
  scene: Scene,
  objects: readonly KubeObject[],
  request: UrlRequest,
  { ingress, route }: { readonly ingress: Ingress; readonly route: Route | null },
): UrlTrace {
  const tls = request.scheme === 'https' ? (tlsFor(ingress.tls, request.host) ?? null) : null;
  const known = { ...nothing, request, ingress, route, tls };
  const backend = route ? route.backend : ingress.defaultBackend;
  if (!route && !backend) {
    return {
      ...known,
      stop: `no rule takes ${request.host}${request.path} and the Ingress has no default backend: the controller's own answers, with 404`,
    };
  }
  const target = targetOf(scene.cluster, ingress, backend);
  if (target.kind === 'missing') return { ...known, stop: target.what };
  if (target.kind === 'resource')
    return { ...known, stop: `${target.name} is no Service and is not followed` };
  const { service, port } = target;
  const found = { ...known, service, port, notes: notesOf(ingress, request) };
  const stop = refusal(ingress, request, tls !== null);
  if (stop !== null) return { ...found, stop };
  return isOutside(ingress.controller)
    ? throughBalancer(
        scene,
        { ...found, parts: partsOf(scene, request, ingress, route, tls, service, port) },
        ingress,
        service,
        port,
      )
    : throughController(scene, objects, found, ingress, service, port);
}

/** Why the first connection is not taken. */
function refusal(ingress: Ingress, { scheme, port }: UrlRequest, hasTls: boolean): string | null {
  if (port !== { http: 80, https: 443 }[scheme] && isOutside(ingress.controller) && !listens(ingress)) {
    return `the load balancer of an Ingress listens at 80 and 443 only, not at ${port}`;
  }
  if (ingress.controller === 'gce' && scheme === 'https' && !hasTls && !hasOtherCertificate(ingress)) {
    return 'there is no certificate (tls), so the cloud makes no HTTPS forwarding rule: nothing listens at 443';
  }
  if (
    ingress.controller === 'gce' &&
    scheme === 'http' &&
    ingress.annotations['kubernetes.io/ingress.allow-http'] === 'false'
  ) {
    return 'kubernetes.io/ingress.allow-http is false: nothing listens at 80';
  }
  return null;
}

const listens = ({ annotations }: Ingress) =>
  annotations['alb.ingress.kubernetes.io/listen-ports'] !== undefined;

function hasOtherCertificate({ annotations }: Ingress): boolean {
  return ['ingress.gcp.kubernetes.io/pre-shared-cert', 'networking.gke.io/managed-certificates'].some(
    (key) => annotations[key] !== undefined,
  );
}

function notesOf(ingress: Ingress, { scheme, host }: UrlRequest): string[] {
  const { controller, className, tls } = ingress;
  return [
    ...(controller === 'unknown'
      ? [
          `class ${className ?? '(none)'} is not known here: ImplementationSpecific paths are taken for prefixes`,
        ]
      : []),
    ...(scheme === 'http' && controller === 'nginx' && tlsFor(tls, host)
      ? ['the controller answers HTTP with a redirect to HTTPS, unless ssl-redirect is off']
      : []),
    ...(scheme === 'https' && !isOutside(controller) && !tlsFor(tls, host)
      ? ['no secret serves this host: the controller shows a certificate of its own, which clients refuse']
      : []),
  ];
}

type Found = Omit<UrlTrace, 'legs' | 'clientIn' | 'clientNote'>;

function throughBalancer(
  scene: Scene,
  found: Found,
  ingress: Ingress,
  service: Service,
  port: ServicePort,
): UrlTrace {
  const { request } = found;
  const [address = ''] = ingress.addresses;
  const first: Leg = {
    from: request.client,
    fromName: 'the client',
    to: parseAddress(address) ?? null,
    toName: 'the load balancer',
    port: request.port,
    ways: null,
  };
  const source = balancerSource(scene, ingress);
  const ways = callsPods(ingress)
    ? fromOutside(scene, source, service, port)
    : overNodes(scene, source, service, port);
  const stopped = typeof ways === 'string';
  const second: Leg = {
    from: source,
    fromName: 'the load balancer',
    to: null,
    toName: callsPods(ingress) ? 'a pod' : 'a node',
    port: callsPods(ingress) ? 0 : (port.nodePort ?? 0),
    ways: stopped ? [] : ways,
  };
  const said =
    ingress.controller === 'gce'
      ? "the cloud's front ends call from 35.191.0.0/16 and 130.211.0.0/22"
      : "the load balancer calls from addresses of its own in the nodes' network";
  return {
    ...found,
    legs: stopped ? [first] : [first, second],
    stop: stopped ? ways : null,
    clientIn: ['X-Forwarded-For'],
    clientNote:
      "the load balancer makes the second connection, so no packet that the pod sees has the client's address",
    notes: [...found.notes, `${said}; ${formatAddress(source)} stands for them`],
  };
}

function balancerSource({ network }: Scene, { controller }: Ingress): Address {
  if (network.family === 'ipv6') return parseAddress('2600:2d00:1:1::1') as Address;
  const { link } = network;
  if (controller === 'gce' || !link) return parseAddress('35.191.0.1') as Address;
  let offset = 250;
  while (network.holderOf(plus(link.address, offset)).kind !== 'outside') offset -= 1;
  return plus(link.address, offset);
}

function overNodes(scene: Scene, source: Address, service: Service, port: ServicePort): Way[] | string {
  const { nodePort } = port;
  if (nodePort === null)
    return `the load balancer calls node ports, and ${serviceKey(service)} has none for port ${port.port}`;
  const portions = spread(scene, service, port);
  if (portions.length === 0) return 'no node passes the health check, so the load balancer answers with 502';
  return portions.flatMap(({ node, weight }) => {
    const destination = scene.network.addressOf(node) ?? 0;
    const flow = { protocol: tcp, source, sourcePort: null, destination, destinationPort: nodePort };
    return weighed(walkConnection(scene, flow, { at: 'arriving', node }), weight);
  });
}

/** From the cloud's own network to pods' addresses, which it routes. */
function fromOutside(scene: Scene, source: Address, service: Service, port: ServicePort): Way[] | string {
  const endpoints = readyEndpoints(scene, service, port);
  if (endpoints.length === 0) return `no endpoint of ${serviceKey(service)} is ready`;
  return endpoints.flatMap(({ address, port: number, node }) => {
    const flow = { protocol: tcp, source, sourcePort: null, destination: address, destinationPort: number };
    const start = node === null ? ({ at: 'outside' } as const) : ({ at: 'arriving', node } as const);
    return weighed(walkConnection(scene, flow, start), fraction(1, endpoints.length));
  });
}

function readyEndpoints({ cluster, network }: Scene, service: Service, port: ServicePort): Endpoint[] {
  return endpointsOf(cluster, service, port).filter(
    ({ address, ready }) => ready && familyOf(address) === network.family,
  );
}

function weighed(ways: readonly Way[], weight: Fraction): Way[] {
  return ways.map((way) => ({ ...way, weight: multiply(weight, way.weight) }));
}

function throughController(
  scene: Scene,
  objects: readonly KubeObject[],
  found: Found,
  ingress: Ingress,
  service: Service,
  port: ServicePort,
): UrlTrace {
  const { request } = found;
  const own = controllerService(scene.cluster, ingress);
  if (!own) {
    const stop = `which Service leads to the controller of class ${ingress.className ?? '(none)'} is not known: none among the files has its name`;
    return { ...found, legs: [], stop, clientIn: [], clientNote: null };
  }
  const first = toController(scene, request, own);
  if (typeof first === 'string') return { ...found, legs: [], stop: first, clientIn: [], clientNote: null };
  const reached = (first.ways ?? []).filter(({ end }) => end.kind === 'reached' && end.reply.broken === null);
  const endpoints = readyEndpoints(scene, service, port);
  const stop =
    reached.length === 0
      ? 'the first connection does not come to the controller'
      : endpoints.length === 0
        ? `no endpoint of ${serviceKey(service)} is ready: the controller answers with 503`
        : null;
  if (stop !== null) return { ...found, legs: [first], stop, clientIn: [], clientNote: null };
  const viaService = ingress.annotations['nginx.ingress.kubernetes.io/service-upstream'] === 'true';
  const second = fromController(scene, reached, viaService ? clusterTarget(scene, service, port) : endpoints);
  return {
    ...found,
    legs: [first, second],
    ...whereClientIs(objects, request, own, reached),
    notes: [...found.notes, `the controller's Service is ${serviceKey(own)}, by its name`],
  };
}

function toController(scene: Scene, request: UrlRequest, own: Service): Leg | string {
  const port = own.ports.find((candidate) => candidate.port === request.port);
  if (!port) return `the controller's Service ${serviceKey(own)} has no port ${request.port}`;
  const isOurs = (address: Address) => familyOf(address) === scene.network.family;
  const balancer = own.loadBalancer.flatMap(({ address }) => address ?? []).find(isOurs);
  if (balancer === undefined) {
    return `the controller's Service ${serviceKey(own)} has no load balancer's address, so ${request.host} leads nowhere that is known`;
  }
  const flow = {
    protocol: tcp,
    source: request.client,
    sourcePort: 40000,
    destination: balancer,
    destinationPort: port.port,
  };
  const ways = walkConnection(scene, flow, { at: 'outside' });
  return {
    from: request.client,
    fromName: 'the client',
    to: balancer,
    toName: `the load balancer of ${serviceKey(own)}`,
    port: port.port,
    ways,
  };
}

type Called = Pick<Endpoint, 'address' | 'port'>;

function clusterTarget({ network }: Scene, service: Service, port: ServicePort): Called[] {
  const address = service.clusterAddresses.find((candidate) => familyOf(candidate) === network.family);
  return address === undefined ? [] : [{ address, port: port.port }];
}

/** Each pod of the controller, with the share of connections that came to it, calls each endpoint as often. */
function fromController(scene: Scene, reached: readonly Way[], called: readonly Called[]): Leg {
  const total = reached.reduce((sum, { weight }) => add(sum, weight), zero);
  const ways = reached.flatMap(({ end, weight }) => {
    if (end.kind !== 'reached') return [];
    const share = fraction(weight.n * total.d, weight.d * total.n);
    const at = scene.network.holderOf(end.address).kind === 'node' ? 'host' : 'pod';
    return called.flatMap(({ address, port }) => {
      const flow = {
        protocol: tcp,
        source: end.address,
        sourcePort: null,
        destination: address,
        destinationPort: port,
      };
      return weighed(
        walkConnection(scene, flow, { at, node: end.node }),
        multiply(share, fraction(1, called.length)),
      );
    });
  });
  return {
    from: null,
    fromName: 'the controller',
    to: null,
    toName: 'an endpoint',
    port: called[0]?.port ?? 0,
    ways: merged(ways),
  };
}

/** The controller's pod is reached on several ways, and then goes on alike. */
function merged(ways: readonly Way[]): Way[] {
  const byKey = new Map<string, Way>();
  for (const way of ways) {
    const { end, hops } = way;
    const key = [
      hops[0]?.before.source,
      hops.length,
      end.kind,
      ...(end.kind === 'reached' ? [end.address, end.port, end.source] : []),
    ].join(' ');
    const known = byKey.get(key);
    const weight = known ? add(known.weight, way.weight) : way.weight;
    byKey.set(key, { ...way, weight });
  }
  return [...byKey.values()];
}

/** The controller tells the pod whom it saw itself: the client, or whoever hid it on the first connection. */
function whereClientIs(
  objects: readonly KubeObject[],
  { client }: UrlRequest,
  own: Service,
  reached: readonly Way[],
): { readonly clientIn: readonly Carrier[]; readonly clientNote: string } {
  const hidden = reached.filter(({ end }) => end.kind === 'reached' && end.source !== client);
  if (hidden.length === 0) {
    return { clientIn: ['X-Forwarded-For'], clientNote: 'the controller saw the client itself and names it' };
  }
  const isProxied = hidden.every(({ hops }) =>
    hops.some((hop) => hop.kind === 'balancer' && hop.mode === 'Proxy'),
  );
  if (isProxied && speaksProxyProtocol(objects, own)) {
    return {
      clientIn: ['PROXY protocol', 'X-Forwarded-For'],
      clientNote:
        'the load balancer names the client to the controller in the PROXY protocol, and the controller to the pod',
    };
  }
  const sources = new Set(
    hidden.flatMap(({ end }) => (end.kind === 'reached' ? [formatAddress(end.source)] : [])),
  );
  const some = hidden.length < reached.length ? 'on some ways ' : '';
  const remedy = isProxied
    ? 'the PROXY protocol between them would help'
    : `externalTrafficPolicy: Local on ${serviceKey(own)} would help`;
  return {
    clientIn: hidden.length < reached.length ? ['X-Forwarded-For'] : [],
    clientNote: `${some}the controller itself sees ${[...sources].join(', ')} and names that in X-Forwarded-For; ${remedy}`,
  };
}
