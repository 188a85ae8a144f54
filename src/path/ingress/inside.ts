import { type Address, familyOf, formatAddress } from '../../address/address.ts';
import { type Endpoint, type Service, type ServicePort, serviceKey } from '../../kube/cluster/model.ts';
import type { KubeObject } from '../../kube/manifest/kinds.ts';
import { add, fraction, multiply, zero } from '../../sets/fraction.ts';
import type { Way } from '../connection.ts';
import type { Scene } from '../scene.ts';
import type { Carrier, Leg, UrlRequest, UrlTrace } from '../url.ts';
import { walkConnection } from '../walk.ts';
import { controllerService, speaksProxyProtocol } from './controller.ts';
import type { Ingress } from './model.ts';
import { type Found, readyEndpoints, tcp, weighed } from './second.ts';

/** A controller in a pod ends the client's connection and calls endpoints, or the cluster address. */
export function throughController(
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
