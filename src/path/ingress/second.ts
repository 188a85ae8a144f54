import { familyOf } from '../../address/address.ts';
import type { Endpoint, Service, ServicePort } from '../../kube/cluster/model.ts';
import { type Fraction, multiply } from '../../sets/fraction.ts';
import { endpointsOf } from '../balancer.ts';
import type { Way } from '../connection.ts';
import type { Scene } from '../scene.ts';
import type { UrlTrace } from '../url.ts';

// What all second connections have in common, whoever makes them.

export const tcp = 6;

/** A request of which the rule and the backend are known, before it is followed. */
export type Found = Omit<UrlTrace, 'legs' | 'clientIn' | 'clientNote'>;

export function readyEndpoints({ cluster, network }: Scene, service: Service, port: ServicePort): Endpoint[] {
  return endpointsOf(cluster, service, port).filter(
    ({ address, ready }) => ready && familyOf(address) === network.family,
  );
}

/** Ways that are taken with a chance. */
export function weighed(ways: readonly Way[], weight: Fraction): Way[] {
  return ways.map((way) => ({ ...way, weight: multiply(weight, way.weight) }));
}
