import { type Address, type Family, familyOf, formatEndpoint } from '../address/address.ts';
import {
  type Endpoint,
  numberOfProtocol,
  type Protocol,
  portKey,
  type Service,
  type ServicePort,
  serviceKey,
} from '../kube/cluster/model.ts';
import { knownRelease } from '../proxy/decide/release.ts';
import { type Change, isFlushed, type TrackedEnds } from '../proxy/flush.ts';

/** What an open connection meets after a change. */
export type ConnectionFate =
  /** Its endpoint serves on. */
  | 'goes-on'
  /** Its endpoint terminates, and serves until its pod ends. */
  | 'ending'
  /** It goes on to an address that is no endpoint of the service any more. */
  | 'dead'
  /** Its entry is deleted, and the next packet goes to an endpoint that is chosen anew. */
  | 'chosen-anew'
  /** Its entry is deleted, and the next packet is rejected or dropped, as no endpoint is left. */
  | 'refused'
  /** Its entry is deleted, and no rule knows the address that it calls any more. */
  | 'not-translated'
  /** Whether its entry is deleted is not known. */
  | 'unknown';

/** Where a connection was opened. */
export type Front =
  | { readonly kind: 'address'; readonly address: Address; readonly port: number }
  | { readonly kind: 'node-port'; readonly port: number };

/** Releases of kube-proxy with which the same becomes of a connection, oldest first. */
export interface FateBy {
  readonly releases: readonly string[];
  readonly fate: ConnectionFate;
}

/** Connections of one service port to one endpoint, opened at fronts where the same becomes of them. */
export interface RolloutRow {
  /** `namespace/name`. */
  readonly service: string;
  readonly port: string;
  readonly protocol: Protocol;
  /** `address:port`. */
  readonly endpoint: string;
  readonly fronts: readonly Front[];
  readonly fates: readonly FateBy[];
}

/** What becomes of each connection that can be open before a change, with each of these releases of kube-proxy. */
export function compareRollout(
  change: Change,
  family: Family,
  releases: readonly string[],
): readonly RolloutRow[] {
  return change.before.services
    .filter(({ unproxied }) => unproxied === null)
    .flatMap((service) => service.ports.flatMap((port) => portRows(change, family, releases, service, port)));
}

function portRows(
  change: Change,
  family: Family,
  releases: readonly string[],
  service: Service,
  port: ServicePort,
): RolloutRow[] {
  const fronts = frontsOf(service, port, family);
  const endpoints = endpointsOf(change.before, service, port, family).filter(({ serving }) => serving);
  return endpoints.flatMap((endpoint) => {
    const rows = new Map<string, RolloutRow>();
    for (const front of fronts) {
      const fates = byRelease(releases, (version) =>
        fateOf(change, family, service, port, front, endpoint, version),
      );
      const key = JSON.stringify(fates);
      const known = rows.get(key);
      rows.set(key, {
        service: serviceKey(service),
        port: port.name,
        protocol: port.protocol,
        endpoint: formatEndpoint(endpoint.address, endpoint.port),
        fronts: [...(known?.fronts ?? []), front],
        fates,
      });
    }
    return [...rows.values()];
  });
}

function frontsOf(service: Service, port: ServicePort, family: Family): readonly Front[] {
  const balancers = service.loadBalancer.flatMap(({ address, mode }) =>
    address !== null && mode === 'VIP' ? [address] : [],
  );
  const addresses = [...service.clusterAddresses, ...service.externalAddresses, ...balancers];
  const own = [...new Set(addresses)].filter((address) => familyOf(address) === family);
  return [
    ...own.map((address): Front => ({ kind: 'address', address, port: port.port })),
    ...(port.nodePort === null ? [] : [{ kind: 'node-port', port: port.nodePort } as const]),
  ];
}

function endpointsOf(
  { endpoints }: Change['before'],
  service: Service,
  port: ServicePort,
  family: Family,
): readonly Endpoint[] {
  const all = endpoints.get(serviceKey(service))?.get(portKey(port)) ?? [];
  return all.filter(({ address }) => familyOf(address) === family);
}

function byRelease(releases: readonly string[], fateWith: (version: string) => ConnectionFate): FateBy[] {
  const groups: { releases: string[]; fate: ConnectionFate }[] = [];
  for (const version of releases) {
    const fate = fateWith(version);
    const last = groups.at(-1);
    if (last?.fate === fate) last.releases.push(version);
    else groups.push({ releases: [version], fate });
  }
  return groups;
}

function fateOf(
  change: Change,
  family: Family,
  service: Service,
  port: ServicePort,
  front: Front,
  endpoint: Endpoint,
  version: string,
): ConnectionFate {
  const flushed = isFlushed(
    trackedEnds(front, endpoint, port, change, family),
    change,
    knownRelease(version),
  );
  const after = change.after.services.find((one) => serviceKey(one) === serviceKey(service));
  const left = after?.ports.find((one) => portKey(one) === portKey(port));
  const endpoints = after && left ? endpointsOf(change.after, after, left, family) : [];
  const still = endpoints.find((one) => one.address === endpoint.address && one.port === endpoint.port);
  if (flushed === null) return 'unknown';
  if (!flushed) return still ? (still.terminating ? 'ending' : 'goes-on') : 'dead';
  if (!after || !left || !hasFront(frontsOf(after, left, family), front)) return 'not-translated';
  return endpoints.some(({ serving }) => serving) ? 'chosen-anew' : 'refused';
}

/** Where a node port is called, the address is one of the node's; no rule of flushing asks which. */
function trackedEnds(
  front: Front,
  endpoint: Endpoint,
  port: ServicePort,
  { before }: Change,
  family: Family,
): TrackedEnds {
  const nodeAddress = before.nodes
    .flatMap(({ internalAddresses }) => internalAddresses)
    .find((address) => familyOf(address) === family);
  return {
    protocol: numberOfProtocol[port.protocol],
    destination: front.kind === 'address' ? front.address : (nodeAddress ?? endpoint.address),
    destinationPort: front.port,
    server: endpoint.address,
    serverPort: endpoint.port,
  };
}

function hasFront(fronts: readonly Front[], front: Front): boolean {
  return fronts.some((one) =>
    one.kind === 'address'
      ? front.kind === 'address' && one.address === front.address && one.port === front.port
      : front.kind === 'node-port' && one.port === front.port,
  );
}

/** Whether a change leaves such connections alone, with every release. */
export function isLeftAlone({ fates }: RolloutRow): boolean {
  return fates.every(({ fate }) => fate === 'goes-on');
}
