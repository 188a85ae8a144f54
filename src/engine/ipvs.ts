import {
  type RealServer,
  serverKey,
  type VirtualServer,
  type VirtualServers,
} from '../host/virtual-servers.ts';
import { type Fraction, fraction } from '../sets/fraction.ts';
import type { Branch } from './branch.ts';

/** A real server, and the share of new connections that it gets. */
export interface ServerShare {
  readonly server: RealServer;
  readonly share: Fraction;
}

/** The virtual server that a packet is for; null: none. `unknown`: that cannot be told. */
export function serverFor(
  { protocol, destination, destinationPort, mark, rejected }: Branch,
  { byKey, byMark }: VirtualServers,
): VirtualServer | 'unknown' | null {
  if (rejected) return null;
  if (byMark && mark !== 0) return 'unknown';
  if (destinationPort === null) return null;
  return byKey.get(serverKey(protocol, destination, destinationPort)) ?? null;
}

/**
 * Real servers with the share of new connections that each gets, where the list goes round from a place that is not known;
 * none: there is nobody to send to. Null where the scheduler asks what no list tells, or packets are not translated.
 */
export function sharesOf({ scheduler, servers }: VirtualServer): readonly ServerShare[] | null {
  const able = servers.filter(({ weight }) => weight > 0);
  if (able.some(({ forwarding }) => forwarding !== 'masq')) return null;
  const weights = able.map(({ weight }) => (scheduler === 'rr' ? 1 : weight));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  // One server alone is what any scheduler takes.
  if (able.length > 1 && scheduler !== 'rr' && scheduler !== 'wrr') return null;
  return able.map((server, index) => ({ server, share: fraction(weights[index] as number, sum) }));
}
