import { type Address, type Family, parseAddress } from '../address/address.ts';
import type { Cluster, LoadBalancerIngress, Service } from '../kube/cluster/model.ts';
import { plus } from './network.ts';
import type { BalancerNote } from './url.ts';

/** Addresses that are nobody's (RFC 5737, RFC 3849): they stand for what a balancer's name leads to. */
const firstAddresses: Readonly<Record<Family, string>> = { ipv4: '203.0.113.201', ipv6: '2001:db8:cb::201' };

/**
 * Balancers that have a name only, as some clouds give them: each gets an address to be called at. No node knows it, so
 * they can only make connections to node ports. Rules are to be compiled from the cluster as it was.
 */
export function withNamedBalancers(cluster: Cluster, family: Family): Cluster {
  let next = parseAddress(firstAddresses[family]) as Address;
  const taken = new Set(
    cluster.services.flatMap(({ loadBalancer }) => loadBalancer.map(({ address }) => address)),
  );
  const name = (ingress: LoadBalancerIngress): LoadBalancerIngress => {
    if (ingress.address !== null || ingress.hostname === null) return ingress;
    while (taken.has(next)) next = plus(next, 1);
    taken.add(next);
    return { ...ingress, address: next, mode: 'Proxy' };
  };
  const services = cluster.services.map((service): Service => {
    const isNamed = service.loadBalancer.some(
      ({ address, hostname }) => address === null && hostname !== null,
    );
    return isNamed ? { ...service, loadBalancer: service.loadBalancer.map(name) } : service;
  });
  return { ...cluster, services };
}

/** What is to be said of the balancers of a service that have names only. */
export function namedBalancerNotes({ loadBalancer }: Service): BalancerNote[] {
  return loadBalancer.flatMap(({ address, hostname }) =>
    address === null || hostname === null ? [] : [{ code: 'balancer-by-name', name: hostname, address }],
  );
}
