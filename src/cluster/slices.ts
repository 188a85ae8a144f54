import { type Address, formatEndpoint, parseAddress } from '../address/address.ts';
import { fullName, type Manifest } from '../manifest/kinds.ts';
import { type Endpoint, portKey, type ServiceEndpoints } from './model.ts';

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

/** By `portKey`, and then by `address:port`: all that is said of an endpoint, in its order. */
type Claims = Map<string, Map<string, Endpoint[]>>;

/**
 * The endpoints of one service, as kube-proxy 1.30 sees them (pkg/proxy/endpointslicecache.go): the first address of each
 * endpoint, once for each port; sorted by `address:port`, bytewise. kube-proxy goes through the slices in no order; here
 * it is that of their names. Where an endpoint is there several times, the first counts, but on its own node the last.
 */
export function endpointsOfSlices(slices: readonly Slice[]): SeenEndpoints {
  const claims: Claims = new Map();
  const disputants = new Set<string>();
  for (const slice of slices.length > 1 ? slices.toSorted(byName) : slices) {
    const endpoints = inOrder(slice.value.endpoints ?? []).flatMap((endpoint) => {
      const address = parseAddress(endpoint.addresses?.[0] ?? '');
      return address === undefined ? [] : [shared(endpoint, address)];
    });
    for (const { name, protocol, port } of slice.value.ports ?? []) {
      // A slice without a port number means all ports, which kube-proxy does not support.
      if (port === undefined || port === null) continue;
      const key = portKey({ name: name ?? '', protocol: protocol ?? 'TCP' });
      const known = claims.get(key) ?? new Map<string, Endpoint[]>();
      claims.set(key, known);
      for (const endpoint of endpoints) claim(known, endpoint, port, disputants);
    }
  }
  const byNode = new Map([...disputants].map((node) => [node, decide(claims, node)]));
  return { common: decide(claims, null), byNode };
}

/** kube-proxy sorts the endpoints of a slice by all their addresses, which only shows where the first ones are equal. */
function inOrder(endpoints: readonly SliceEndpoint[]): readonly SliceEndpoint[] {
  if (endpoints.every(({ addresses }) => addresses?.length === 1)) return endpoints;
  const key = ({ addresses }: SliceEndpoint) => (addresses ?? []).join(',');
  return endpoints.toSorted((left, right) => (key(left) < key(right) ? -1 : key(left) > key(right) ? 1 : 0));
}

function claim(
  known: Map<string, Endpoint[]>,
  endpoint: Omit<Endpoint, 'port'>,
  port: number,
  disputants: Set<string>,
): void {
  const { address, node, ready, serving, terminating, zoneHints, nodeHints } = endpoint;
  const full = { address, port, node, ready, serving, terminating, zoneHints, nodeHints };
  const key = formatEndpoint(address, port);
  const others = known.get(key);
  if (!others) {
    known.set(key, [full]);
    return;
  }
  others.push(full);
  if (node !== null) disputants.add(node);
}

function decide(claims: Claims, node: string | null): ServiceEndpoints {
  const result = new Map<string, readonly Endpoint[]>();
  for (const [port, endpoints] of claims) {
    const chosen = [...endpoints.keys()].sort().map((key) => {
      const said = endpoints.get(key) as Endpoint[];
      const own =
        said.length > 1 && node !== null ? said.findLast((endpoint) => endpoint.node === node) : undefined;
      return own ?? (said[0] as Endpoint);
    });
    result.set(port, chosen);
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
