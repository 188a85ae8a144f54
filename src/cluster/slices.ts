import { type Address, formatEndpoint, parseAddress } from '../address/address.ts';
import { fullName, type Manifest } from '../manifest/kinds.ts';
import { type Endpoint, portKey, type ServiceEndpoints } from './model.ts';
import { sortedBy } from './order.ts';

type Slice = Manifest<'EndpointSlice'>;
type SliceEndpoint = NonNullable<Slice['value']['endpoints']>[number];

const serviceNameLabel = 'kubernetes.io/service-name';

/** The slices of each service, by `serviceKey`. Slices of host names, or of no service, are left out. */
export function slicesByService(slices: readonly Slice[]): Map<string, Slice[]> {
  const groups = new Map<string, Slice[]>();
  for (const slice of slices) {
    const service = slice.value.metadata?.labels?.[serviceNameLabel];
    if (!service || slice.value.addressType === 'FQDN') continue;
    const key = `${slice.namespace}/${service}`;
    const group = groups.get(key);
    if (group) group.push(slice);
    else groups.set(key, [slice]);
  }
  return groups;
}

/** The endpoints of one service: as most nodes see them, and as those do that see something else. */
export interface SeenEndpoints {
  readonly common: ServiceEndpoints;
  readonly byNode: ReadonlyMap<string, ServiceEndpoints>;
}

/** What the slices say of the endpoints of one port, by `address:port`. */
interface Claims {
  readonly first: Map<string, Endpoint>;
  /** What is said again, in its order: rare. */
  readonly again: { readonly key: string; readonly endpoint: Endpoint }[];
}

/**
 * The endpoints of one service, as kube-proxy 1.30 sees them (pkg/proxy/endpointslicecache.go): the first address of each
 * endpoint, once for each port; sorted by `address:port`, bytewise. kube-proxy goes through the slices in no order; here
 * it is that of their names. Where an endpoint is there several times, the first counts, but on its own node the last.
 */
export function endpointsOfSlices(slices: readonly Slice[]): SeenEndpoints {
  const ports = new Map<string, Claims>();
  for (const slice of slices.length > 1 ? sortedBy(slices, fullName) : slices) {
    const endpoints = inOrder(slice.value.endpoints ?? []);
    for (const { name, protocol, port } of slice.value.ports ?? []) {
      // A slice without a port number means all ports, which kube-proxy does not support.
      if (port === undefined || port === null) continue;
      const key = portKey({ name: name ?? '', protocol: protocol ?? 'TCP' });
      const claims = ports.get(key) ?? { first: new Map(), again: [] };
      ports.set(key, claims);
      for (const endpoint of endpoints) claim(claims, endpoint, port);
    }
  }
  const disputants = new Set(
    [...ports.values()].flatMap(({ again }) => again.map(({ endpoint }) => endpoint.node)),
  );
  const byNode = new Map<string, ServiceEndpoints>();
  for (const node of disputants) if (node !== null) byNode.set(node, decide(ports, node));
  return { common: decide(ports, null), byNode };
}

/** kube-proxy sorts the endpoints of a slice by all their addresses, which only shows where the first ones are equal. */
function inOrder(endpoints: readonly SliceEndpoint[]): readonly SliceEndpoint[] {
  if (endpoints.every(({ addresses }) => addresses?.length === 1)) return endpoints;
  return sortedBy(endpoints, ({ addresses }) => (addresses ?? []).join(','));
}

function claim({ first, again }: Claims, said: SliceEndpoint, port: number): void {
  const address = parseAddress(said.addresses?.[0] ?? '');
  if (address === undefined) return;
  const endpoint = endpointOf(said, address, port);
  const key = formatEndpoint(address, port);
  if (first.has(key)) again.push({ key, endpoint });
  else first.set(key, endpoint);
}

function decide(ports: ReadonlyMap<string, Claims>, node: string | null): ServiceEndpoints {
  const result = new Map<string, readonly Endpoint[]>();
  for (const [port, { first, again }] of ports) {
    const keys = [...first.keys()].sort();
    const own = new Map(
      again.filter(({ endpoint }) => endpoint.node === node).map(({ key, endpoint }) => [key, endpoint]),
    );
    result.set(
      port,
      keys.map((key) => own.get(key) ?? (first.get(key) as Endpoint)),
    );
  }
  return result;
}

const noHints: readonly string[] = [];

/** A condition that is not known counts as true, `terminating` as false. */
function endpointOf(said: SliceEndpoint, address: Address, port: number): Endpoint {
  const { conditions, hints } = said;
  return {
    address,
    port,
    node: said.nodeName ?? said.topology?.['kubernetes.io/hostname'] ?? null,
    ready: conditions?.ready ?? true,
    serving: conditions?.serving ?? true,
    terminating: conditions?.terminating ?? false,
    zoneHints: hints?.forZones?.map(({ name }) => name ?? '') ?? noHints,
    nodeHints: hints?.forNodes?.map(({ name }) => name ?? '') ?? noHints,
  };
}
