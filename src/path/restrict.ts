import type { Address } from '../address/address.ts';
import { type Cluster, type Service, serviceKey } from '../kube/cluster/model.ts';

/**
 * The cluster with these services alone, and such others as can take their packets: those that claim an address from
 * outside which is also one of these services', or a node's. Rules of all others never match such packets.
 */
export function restrictTo(cluster: Cluster, wanted: readonly Service[]): Cluster {
  const addresses = new Set<Address>([
    ...wanted.flatMap(addressesOf),
    ...cluster.nodes.flatMap(({ internalAddresses, externalAddresses }) => [
      ...internalAddresses,
      ...externalAddresses,
    ]),
  ]);
  const services = cluster.services.filter(
    (service) => wanted.includes(service) || claimed(service).some((address) => addresses.has(address)),
  );
  const keys = new Set(services.map(serviceKey));
  const kept = <V>(map: ReadonlyMap<string, V>) => new Map([...map].filter(([key]) => keys.has(key)));
  return {
    ...cluster,
    services,
    endpoints: kept(cluster.endpoints),
  };
}

function addressesOf(service: Service): Address[] {
  return [...service.clusterAddresses, ...claimed(service)];
}

function claimed({ externalAddresses, loadBalancer }: Service): Address[] {
  return [...externalAddresses, ...loadBalancer.flatMap(({ address }) => address ?? [])];
}
