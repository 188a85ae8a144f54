import { type Address, familyOf } from '../address/address.ts';
import {
  type Cluster,
  type Endpoint,
  portKey,
  type Service,
  type ServicePort,
  serviceKey,
} from '../kube/cluster/model.ts';
import type { Release } from './decide/release.ts';

/** An entry of connection tracking: where a request asked to go, and who answers. Ports of protocols without any are null. */
export interface TrackedEnds {
  readonly protocol: number;
  readonly destination: Address;
  readonly destinationPort: number | null;
  readonly server: Address;
  readonly serverPort: number | null;
}

/** A cluster before and after a change that a running kube-proxy sees. */
export interface Change {
  readonly before: Cluster;
  readonly after: Cluster;
}

/** Where a UDP service port is reached, and who serves it. */
interface UdpPort {
  readonly name: string;
  readonly clusterAddress: Address;
  /** The cluster's, external ones, and those of balancers for which nodes answer. */
  readonly addresses: readonly Address[];
  readonly port: number;
  readonly nodePort: number | null;
  readonly serving: readonly Endpoint[];
  readonly endpoints: readonly Endpoint[];
}

/**
 * Whether kube-proxy deletes an entry when it sees the change, in either mode; null: it is not known, since the release was not looked
 * at, or it depends on what kube-proxy sees first. From kube-proxy's source, 1.30 to 1.36, and from what 1.30 to 1.37 did.
 */
export function isFlushed(entry: TrackedEnds, change: Change, { udpFlushing }: Release): boolean | null {
  if (entry.protocol !== 17) return false;
  if (udpFlushing === 'unknown') return null;
  const ports = { before: udpPorts(change.before, entry), after: udpPorts(change.after, entry) };
  if (udpFlushing === 'events') return isFlushedByEvent(entry, ports);
  if (!endpointsDiffer(ports)) return false;
  const stale = ports.after.some((port) => leadsElsewhere(entry, port, udpFlushing));
  if (stale || udpFlushing !== 'ends-and-empty') return stale;
  // A Service that goes: whether its endpoints are seen to go before it does is chance.
  const gone = ports.before.filter(({ name }) => ports.after.every((port) => port.name !== name));
  return gone.some((port) => leadsElsewhere(entry, { ...port, serving: [] }, udpFlushing)) ? null : false;
}

interface Ports {
  readonly before: readonly UdpPort[];
  readonly after: readonly UdpPort[];
}

function udpPorts(cluster: Cluster, { destination }: TrackedEnds): readonly UdpPort[] {
  const family = familyOf(destination);
  return cluster.services
    .filter(({ unproxied }) => unproxied === null)
    .flatMap((service) =>
      service.ports
        .filter(({ protocol }) => protocol === 'UDP')
        .flatMap((port) => udpPort(cluster, service, port, family) ?? []),
    );
}

function udpPort(cluster: Cluster, service: Service, port: ServicePort, family: string): UdpPort | null {
  const own = (address: Address) => familyOf(address) === family;
  const clusterAddress = service.clusterAddresses.find(own);
  if (clusterAddress === undefined) return null;
  const balancers = service.loadBalancer.flatMap(({ address, mode }) =>
    address !== null && mode === 'VIP' ? [address] : [],
  );
  const all = cluster.endpoints.get(serviceKey(service))?.get(portKey(port)) ?? [];
  const endpoints = all.filter(({ address }) => own(address));
  return {
    name: `${serviceKey(service)}:${portKey(port)}`,
    clusterAddress,
    addresses: [clusterAddress, ...service.externalAddresses.filter(own), ...balancers.filter(own)],
    port: port.port,
    nodePort: port.nodePort,
    serving: endpoints.filter(({ serving }) => serving),
    endpoints,
  };
}

/** Entries are looked at when the endpoints of any UDP port have changed, whichever it is. */
function endpointsDiffer({ before, after }: Ports): boolean {
  const told = (ports: readonly UdpPort[]) =>
    ports.flatMap(({ name, endpoints }) => endpoints.map((one) => `${name} ${endpointKey(one)}`)).sort();
  const [had, has] = [told(before), told(after)];
  return had.length !== has.length || had.some((one, index) => one !== has[index]);
}

function endpointKey({ address, port, ready, serving, terminating }: Endpoint): string {
  return [address, port, ready, serving, terminating].join(' ');
}

/** The entry is for this front, and none of its serving endpoints answers it. */
function leadsElsewhere(entry: TrackedEnds, port: UdpPort, how: Release['udpFlushing']): boolean {
  const byAddress = port.addresses.includes(entry.destination) && entry.destinationPort === port.port;
  const byNodePort = port.nodePort !== null && entry.destinationPort === port.nodePort;
  const isEmpty = port.serving.length === 0;
  if (isEmpty && how !== 'ends-and-empty') return false;
  if (!byAddress && !(byNodePort && !isEmpty)) return false;
  return port.serving.every(
    (endpoint) =>
      endpoint.address !== entry.server || (how !== 'addresses' && endpoint.port !== entry.serverPort),
  );
}

/** As kube-proxy did up to 1.31: by what went and what came. The port of an entry to an address does not count. */
function isFlushedByEvent(entry: TrackedEnds, { before, after }: Ports): boolean {
  const goneAddress = before.some(
    ({ name, clusterAddress }) =>
      clusterAddress === entry.destination && after.every((port) => port.name !== name),
  );
  return (
    goneAddress ||
    after.some((port) =>
      isStale(
        entry,
        port,
        before.find(({ name }) => name === port.name),
      ),
    )
  );
}

function isStale(entry: TrackedEnds, port: UdpPort, before: UdpPort | undefined): boolean {
  const isTo =
    port.addresses.includes(entry.destination) ||
    (port.nodePort !== null && entry.destinationPort === port.nodePort);
  if (!isTo) return false;
  if (port.serving.length > 0 && (before?.serving.length ?? 0) === 0) return true;
  const isThere = (endpoint: Endpoint) =>
    port.serving.some((one) => one.address === endpoint.address && one.port === endpoint.port);
  return (before?.serving ?? []).some((endpoint) => endpoint.address === entry.server && !isThere(endpoint));
}
