import { type Address, formatEndpoint } from '../../address/address.ts';
import { parseSloppyAddress } from '../../address/sloppy.ts';
import { groupedBy, sortedBy } from '../../text/lists.ts';
import { fullName, type Manifest } from '../manifest/kinds.ts';
import { headlessLabel, otherProxyLabel } from './labels.ts';
import { type Endpoint, portKey, type ServiceEndpoints } from './model.ts';

type Slice = Manifest<'EndpointSlice'>;
type SliceEndpoint = NonNullable<Slice['value']['endpoints']>[number];

const serviceNameLabel = 'kubernetes.io/service-name';

const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
const controllers: ReadonlySet<string> = new Set([
  'endpointslice-controller.k8s.io',
  'endpointslicemirroring-controller.k8s.io',
]);

const managerOf = ({ value }: Slice) => value.metadata?.labels?.[managedByLabel];

/** It made this one, and so all that there are. */
export function isMadeByControlPlane(slice: Slice): boolean {
  return controllers.has(managerOf(slice) ?? '');
}

/** Somebody else says that it is his. */
export function isForeign(slice: Slice): boolean {
  const manager = managerOf(slice);
  return manager !== undefined && !controllers.has(manager);
}

/** Those of two sets of slices. */
export function joined(first: ServiceEndpoints, second: ServiceEndpoints): ServiceEndpoints {
  const ports = new Map(first);
  for (const [port, endpoints] of second) {
    const all = [...(first.get(port) ?? []), ...endpoints];
    ports.set(
      port,
      sortedBy(all, ({ address, port: number }) => formatEndpoint(address, number)),
    );
  }
  return ports;
}

/** The slices of each service, by `serviceKey`. Slices of host names, or of no service, are left out. */
export function slicesByService(slices: readonly Slice[]): ReadonlyMap<string, readonly Slice[]> {
  const serviceOf = ({ value }: Slice) => value.metadata?.labels?.[serviceNameLabel];
  return groupedBy(
    slices.filter((slice) => serviceOf(slice) && slice.value.addressType !== 'FQDN'),
    (slice) => `${slice.namespace}/${serviceOf(slice)}`,
  );
}

/**
 * The endpoints of one service, as kube-proxy sees them (pkg/proxy/endpointslicecache.go): the first address of each
 * endpoint, once for each port; in the order of `ServiceEndpoints`. kube-proxy goes through the slices in no order; here
 * it is that of their names.
 */
export function endpointsOfSlices(slices: readonly Slice[]): ServiceEndpoints {
  const ports = new Map<string, Endpoint[]>();
  for (const slice of slices.length > 1 ? sortedBy(slices, fullName) : slices) {
    const labels = slice.value.metadata?.labels ?? {};
    // Whatever else is known of it: no release sees these.
    if (Object.hasOwn(labels, headlessLabel)) continue;
    const isHidden = Object.hasOwn(labels, otherProxyLabel);
    const endpoints = inOrder(slice.value.endpoints ?? []);
    for (const { name, protocol, port } of slice.value.ports ?? []) {
      // A slice without a port number means all ports, which kube-proxy does not support; it takes 0 for none.
      if (!port) continue;
      const key = portKey({ name: name ?? '', protocol: protocol ?? 'TCP' });
      const known = ports.get(key) ?? [];
      ports.set(key, known);
      for (const said of endpoints) {
        const address = parseSloppyAddress(said.addresses?.[0] ?? '');
        if (address === undefined) continue;
        const endpoint = endpointOf(said, address, port);
        known.push(isHidden ? { ...endpoint, ofOtherProxy: true } : endpoint);
      }
    }
  }
  const byText = ({ address, port }: Endpoint) => formatEndpoint(address, port);
  return new Map(Array.from(ports, ([port, endpoints]) => [port, sortedBy(endpoints, byText)]));
}

/** kube-proxy sorts the endpoints of a slice by all their addresses, which only shows where the first ones are equal. */
function inOrder(endpoints: readonly SliceEndpoint[]): readonly SliceEndpoint[] {
  if (endpoints.every(({ addresses }) => addresses?.length === 1)) return endpoints;
  return sortedBy(endpoints, ({ addresses }) => (addresses ?? []).join(','));
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
