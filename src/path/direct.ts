import { type Address, familyOf, formatAddress, parseAddress } from '../address/address.ts';
import { type Service, serviceKey } from '../kube/cluster/model.ts';
import { namedBalancerNotes } from './named-balancers.ts';
import type { Scene } from './scene.ts';
import type { Leg, UrlRequest, UrlTrace } from './url.ts';
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
  const toName = service ? `the address of ${serviceKey(service)}` : formatAddress(address);
  const leg: Leg = {
    from: request.client,
    fromName: 'the client',
    to: address,
    toName,
    port: request.port,
    ways,
  };
  const reached = ways.filter(({ end }) => end.kind === 'reached');
  const seen = reached.filter(({ end }) => end.kind === 'reached' && end.source === request.client);
  return {
    request,
    ingress: null,
    route: null,
    tls: null,
    parts: [],
    service,
    port,
    legs: [leg],
    stop: reached.length === 0 ? 'no connection reaches a pod' : null,
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

function noteOf(some: boolean, service: Service | null): string {
  const remedy =
    service?.externalTrafficPolicy === 'Cluster' ? '; externalTrafficPolicy: Local would keep it' : '';
  return `${some ? 'on some ways ' : ''}its address is replaced, and nothing adds a header, as no HTTP is understood on the way${remedy}`;
}

function notesOf(service: Service | null, { scheme, path }: UrlRequest): string[] {
  if (!service) return [];
  return [
    ...namedBalancerNotes(service),
    ...(scheme === 'https'
      ? ['a Service carries TLS but does not end it: the pods need the certificate themselves']
      : []),
    ...(path !== '/' && path !== ''
      ? [
          `a Service does not look at hosts and paths: every path leads to the same pods (an Ingress would tell ${path} apart)`,
        ]
      : []),
  ];
}
