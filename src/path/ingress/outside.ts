import { type Address, parseAddress } from '../../address/address.ts';
import { type Service, type ServicePort, serviceKey } from '../../kube/cluster/model.ts';
import { fraction } from '../../sets/fraction.ts';
import { spread } from '../balancer.ts';
import type { Way } from '../connection.ts';
import { plus } from '../network.ts';
import type { Scene } from '../scene.ts';
import type { Leg, UrlStop, UrlTrace } from '../url.ts';
import { walkConnection } from '../walk.ts';
import { callsPods, type Ingress } from './model.ts';
import { type Found, readyEndpoints, tcp, weighed } from './second.ts';

/** A cloud's load balancer ends the client's connection and calls the nodes, or the pods themselves. */
export function throughBalancer(
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
    caller: { code: 'client' },
    to: parseAddress(address) ?? null,
    called: { code: 'balancer' },
    port: request.port,
    ways: null,
  };
  const isDirect = callsPods(ingress, service.name);
  const source = balancerSource(scene, ingress);
  const ways = isDirect ? fromOutside(scene, source, service, port) : overNodes(scene, source, service, port);
  const stopped = 'code' in ways;
  const second: Leg = {
    from: source,
    caller: { code: 'balancer' },
    to: null,
    called: { code: isDirect ? 'pod' : 'node' },
    port: isDirect ? 0 : (port.nodePort ?? 0),
    ways: stopped ? [] : ways,
  };
  const code = ingress.controller === 'gce' ? 'cloud-front-ends' : 'balancer-addresses';
  return {
    ...found,
    legs: stopped ? [first] : [first, second],
    stop: stopped ? ways : null,
    clientIn: ['X-Forwarded-For'],
    clientNote: { code: 'balancer-calls' },
    notes: [...found.notes, { code, address: source }],
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

function overNodes(scene: Scene, source: Address, service: Service, port: ServicePort): Way[] | UrlStop {
  const { nodePort } = port;
  if (nodePort === null) return { code: 'no-node-port', service: serviceKey(service), port: port.port };
  const portions = spread(scene, service, port);
  if (portions.length === 0) return { code: 'no-healthy-target' };
  return portions.flatMap(({ node, weight }) => {
    const destination = scene.network.addressOf(node) ?? 0;
    const flow = { protocol: tcp, source, sourcePort: null, destination, destinationPort: nodePort };
    return weighed(walkConnection(scene, flow, { at: 'arriving', node }), weight);
  });
}

/** From the cloud's own network to pods' addresses, which it routes. */
function fromOutside(scene: Scene, source: Address, service: Service, port: ServicePort): Way[] | UrlStop {
  const endpoints = readyEndpoints(scene, service, port);
  if (endpoints.length === 0)
    return { code: 'no-ready-endpoint', service: serviceKey(service), controller: false };
  return endpoints.flatMap(({ address, port: number, node }) => {
    const flow = { protocol: tcp, source, sourcePort: null, destination: address, destinationPort: number };
    const start = node === null ? ({ at: 'outside' } as const) : ({ at: 'arriving', node } as const);
    return weighed(walkConnection(scene, flow, start), fraction(1, endpoints.length));
  });
}
