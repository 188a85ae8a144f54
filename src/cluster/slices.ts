import { type Address, formatEndpoint, parseAddress } from '../address/address.ts';
import { fullName, type Manifest } from '../manifest/kinds.ts';
import { type Endpoint, type Protocol, portKey, type ServiceEndpoints } from './model.ts';

type Slice = Manifest<'EndpointSlice'>;
type SliceEndpoint = NonNullable<Slice['value']['endpoints']>[number];

const serviceNameLabel = 'kubernetes.io/service-name';
/** kube-proxy watches only what has neither (cmd/kube-proxy/app/server.go). */
export const passedOverLabels = {
  headless: 'service.kubernetes.io/headless',
  foreignProxy: 'service.kubernetes.io/service-proxy-name',
} as const;

/** The slices of each service, by `serviceKey`. Slices that kube-proxy passes over, or that belong to none, are left out. */
export function slicesByService(slices: readonly Slice[]): Map<string, Slice[]> {
  const groups = new Map<string, Slice[]>();
  for (const slice of slices) {
    const labels = slice.value.metadata?.labels ?? {};
    const service = labels[serviceNameLabel];
    const passedOver = Object.values(passedOverLabels).some((label) => Object.hasOwn(labels, label));
    if (!service || passedOver || slice.value.addressType === 'FQDN') continue;
    const key = `${slice.namespace}/${service}`;
    const group = groups.get(key);
    if (group) group.push(slice);
    else groups.set(key, [slice]);
  }
  return groups;
}

/**
 * The endpoints of one service, as kube-proxy 1.30 sees them (pkg/proxy/endpointslicecache.go): the first address of each
 * endpoint, once for each port, in the order of `ServiceEndpoints`. kube-proxy goes through the slices in no order; here
 * it is that of their names.
 */
export function endpointsOfSlices(slices: readonly Slice[]): ServiceEndpoints {
  const ports = new Map<string, Endpoint[]>();
  const ordered = slices.length > 1 ? slices.toSorted(byName) : slices;
  for (const slice of ordered) {
    const endpoints = (slice.value.endpoints ?? []).flatMap((endpoint) => {
      const address = parseAddress(endpoint.addresses?.[0] ?? '');
      return address === undefined ? [] : [shared(endpoint, address)];
    });
    for (const { name, protocol, port } of slice.value.ports ?? []) {
      // A slice without a port number means all ports, which kube-proxy does not support.
      if (port === undefined || port === null) continue;
      const key = portKey({ name: name ?? '', protocol: (protocol ?? 'TCP') as Protocol });
      const known = ports.get(key) ?? [];
      ports.set(key, known);
      for (const endpoint of endpoints) known.push(withPort(endpoint, port));
    }
  }
  return sorted(ports);
}

/** Field by field: a spread of 100,000 objects costs five times as much. */
function withPort(endpoint: Omit<Endpoint, 'port'>, port: number): Endpoint {
  const { address, node, ready, serving, terminating, zoneHints, nodeHints } = endpoint;
  return { address, port, node, ready, serving, terminating, zoneHints, nodeHints };
}

/** Puts the endpoints of each port in the order of `ServiceEndpoints`. */
export function sorted(ports: ReadonlyMap<string, readonly Endpoint[]>): ServiceEndpoints {
  const result = new Map<string, readonly Endpoint[]>();
  for (const [port, endpoints] of ports) {
    const keyed = endpoints.map((endpoint) => ({
      endpoint,
      key: formatEndpoint(endpoint.address, endpoint.port),
    }));
    keyed.sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
    result.set(
      port,
      keyed.map(({ endpoint }) => endpoint),
    );
  }
  return result;
}

const noHints: readonly string[] = [];

/** What the ports of an endpoint share. A condition that is not known counts as true, `terminating` as false. */
function shared(endpoint: SliceEndpoint, address: Address): Omit<Endpoint, 'port'> {
  const { conditions, hints } = endpoint;
  return {
    address,
    node: endpoint.nodeName ?? endpoint.topology?.['kubernetes.io/hostname'] ?? null,
    ready: conditions?.ready ?? true,
    serving: conditions?.serving ?? true,
    terminating: conditions?.terminating ?? false,
    zoneHints: hints?.forZones?.map(({ name }) => name ?? '') ?? noHints,
    nodeHints: hints?.forNodes?.map(({ name }) => name ?? '') ?? noHints,
  };
}

function byName(left: Slice, right: Slice): number {
  return fullName(left) < fullName(right) ? -1 : 1;
}
