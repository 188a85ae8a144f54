import { type Address, familyOf, parseAddress } from '../address/address.ts';
import { type Service, serviceKey } from '../kube/cluster/model.ts';
import { namedBalancerNotes } from './named-balancers.ts';
import type { Scene } from './scene.ts';
import type { ClientNote, Leg, UrlNote, UrlRequest, UrlTrace } from './url.ts';
import { walkConnection } from './walk.ts';

/** A request to an address, without any Ingress: one connection, from the client to whatever the address leads to. */
export function followDirect(scene: Scene, request: UrlRequest): UrlTrace | null {
  const address = addressOf(scene, request.host);
  if (address === undefined || familyOf(address) !== scene.network.family) return null;
  const service = scene.cluster.services.find((candidate) => claims(candidate, address)) ?? null;
  const port = service?.ports.find((candidate) => candidate.port === request.port) ?? null;
  const flow = {
    protocol: 6,
    source: request.client,
    sourcePort: 40000,
    destination: address,
    destinationPort: request.port,
  };
  const ways = walkConnection(scene, flow, { at: 'outside' });
  const leg: Leg = {
    from: request.client,
    caller: { code: 'client' },
    to: address,
    called: service ? { code: 'address-of', service: serviceKey(service) } : { code: 'address', address },
    port: request.port,
    ways,
  };
  const reached = ways.filter(({ end }) => end.kind === 'reached');
  const seen = reached.filter(({ end }) => end.kind === 'reached' && end.source === request.client);
  const isUntold = ways.some(({ end }) => end.kind === 'unknown');
  return {
    request,
    ingress: null,
    route: null,
    tls: null,
    parts: [],
    service,
    port,
    legs: [leg],
    stop: reached.length > 0 ? null : { code: isUntold ? 'pod-untold' : 'no-pod-reached' },
    clientIn: seen.length > 0 ? ['packet'] : [],
    clientNote: reached.length > seen.length ? noteOf(seen.length > 0, service) : null,
    notes: notesOf(service, request),
  };
}

/** An address, or the name of a service's load balancer. */
function addressOf({ cluster }: Scene, host: string): Address | undefined {
  const named = cluster.services.flatMap(({ loadBalancer }) =>
    loadBalancer.flatMap(({ hostname, address }) => (hostname === host ? (address ?? []) : [])),
  );
  return parseAddress(host) ?? named[0];
}

function claims({ loadBalancer, externalAddresses, clusterAddresses }: Service, address: Address): boolean {
  const addresses = [...loadBalancer.map((one) => one.address), ...externalAddresses, ...clusterAddresses];
  return addresses.includes(address);
}

function noteOf(some: boolean, service: Service | null): ClientNote {
  return { code: 'source-replaced', some, keeps: service?.externalTrafficPolicy === 'Cluster' };
}

function notesOf(service: Service | null, { scheme, path }: UrlRequest): UrlNote[] {
  if (!service) return [];
  return [
    ...namedBalancerNotes(service),
    ...(scheme === 'https' ? [{ code: 'tls-carried' } as const] : []),
    ...(path !== '/' && path !== '' ? [{ code: 'paths-alike', path } as const] : []),
  ];
}
