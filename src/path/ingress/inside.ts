import { type Address, familyOf } from '../../address/address.ts';
import { type Endpoint, type Service, type ServicePort, serviceKey } from '../../kube/cluster/model.ts';
import type { KubeObject } from '../../kube/manifest/kinds.ts';
import { add, fraction, multiply, zero } from '../../sets/fraction.ts';
import type { Way } from '../connection.ts';
import type { Scene } from '../scene.ts';
import type { Carrier, ClientNote, Leg, UrlRequest, UrlStop, UrlTrace } from '../url.ts';
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
    const stop = { code: 'controller-unknown', className: ingress.className } as const;
    return { ...found, legs: [], stop, clientIn: [], clientNote: null };
  }
  const first = toController(scene, request, own);
  if ('code' in first) return { ...found, legs: [], stop: first, clientIn: [], clientNote: null };
  const reached = (first.ways ?? []).filter(({ end }) => end.kind === 'reached' && end.reply.broken === null);
  const endpoints = readyEndpoints(scene, service, port);
  const stop: UrlStop | null =
    reached.length === 0
      ? { code: 'controller-not-reached' }
      : endpoints.length === 0
        ? { code: 'no-ready-endpoint', service: serviceKey(service), controller: true }
        : null;
  if (stop !== null) return { ...found, legs: [first], stop, clientIn: [], clientNote: null };
  const viaService = ingress.annotations['nginx.ingress.kubernetes.io/service-upstream'] === 'true';
  const second = fromController(scene, reached, viaService ? clusterTarget(scene, service, port) : endpoints);
  return {
    ...found,
    legs: [first, second],
    ...whereClientIs(objects, request, own, reached),
    notes: [...found.notes, { code: 'controller-by-name', service: serviceKey(own) }],
  };
}

function toController(scene: Scene, request: UrlRequest, own: Service): Leg | UrlStop {
  const port = own.ports.find((candidate) => candidate.port === request.port);
  if (!port) return { code: 'controller-port', service: serviceKey(own), port: request.port };
  const isOurs = (address: Address) => familyOf(address) === scene.network.family;
  const balancer = own.loadBalancer.flatMap(({ address }) => address ?? []).find(isOurs);
  if (balancer === undefined)
    return { code: 'controller-address', service: serviceKey(own), host: request.host };
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
    caller: { code: 'client' },
    to: balancer,
    called: { code: 'balancer-of', service: serviceKey(own) },
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
    caller: { code: 'controller' },
    to: null,
    called: { code: 'endpoint' },
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
): { readonly clientIn: readonly Carrier[]; readonly clientNote: ClientNote } {
  const hidden = reached.filter(({ end }) => end.kind === 'reached' && end.source !== client);
  if (hidden.length === 0) {
    return { clientIn: ['X-Forwarded-For'], clientNote: { code: 'controller-names-client' } };
  }
  const isProxied = hidden.every(({ hops }) =>
    hops.some((hop) => hop.kind === 'balancer' && hop.mode === 'Proxy'),
  );
  if (isProxied && speaksProxyProtocol(objects, own)) {
    return {
      clientIn: ['PROXY protocol', 'X-Forwarded-For'],
      clientNote: { code: 'proxy-protocol' },
    };
  }
  const addresses = new Set(hidden.flatMap(({ end }) => (end.kind === 'reached' ? [end.source] : [])));
  const some = hidden.length < reached.length;
  return {
    clientIn: some ? ['X-Forwarded-For'] : [],
    clientNote: {
      code: 'controller-sees',
      some,
      addresses: [...addresses],
      service: isProxied ? null : serviceKey(own),
    },
  };
}
