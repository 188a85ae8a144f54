import { type Address, formatEndpoint } from '../../address/address.ts';
import { parseSloppyAddress } from '../../address/sloppy.ts';
import type { Manifest } from '../manifest/kinds.ts';
import type { EndpointsRow } from '../manifest/rows.ts';
import { type Endpoint, portKey, type ServiceEndpoints, type ServicePort } from './model.ts';

/** Endpoints by `portKey`, each once, on their way into the model. */
export class EndpointCollection {
  readonly #ports = new Map<string, Map<string, Endpoint>>();

  add(port: Pick<ServicePort, 'name' | 'protocol'>, endpoint: Endpoint): void {
    const key = portKey(port);
    const known = this.#ports.get(key) ?? new Map<string, Endpoint>();
    this.#ports.set(key, known);
    const spelled = formatEndpoint(endpoint.address, endpoint.port);
    if (!known.has(spelled)) known.set(spelled, endpoint);
  }

  /** Sorted by `address:port`, bytewise. */
  sorted(): ServiceEndpoints {
    const result = new Map<string, readonly Endpoint[]>();
    for (const [port, endpoints] of this.#ports) {
      const entries = [...endpoints].sort(([left], [right]) => (left < right ? -1 : 1));
      result.set(
        port,
        entries.map(([, endpoint]) => endpoint),
      );
    }
    return result;
  }
}

/** An endpoint of which nothing else is known. */
export const plainEndpoint = {
  node: null,
  ready: true,
  serving: true,
  terminating: false,
  zoneHints: [],
  nodeHints: [],
} as const;

/** A v1 Endpoints object, as the control plane mirrors it to slices: only `ready` is said of an endpoint. */
export function endpointsOfObject(value: Manifest<'Endpoints'>['value']): ServiceEndpoints {
  const collection = new EndpointCollection();
  for (const { addresses, notReadyAddresses, ports } of value.subsets ?? []) {
    const groups = [
      { ready: true, entries: addresses ?? [] },
      { ready: false, entries: notReadyAddresses ?? [] },
    ];
    for (const { name, protocol, port } of ports ?? []) {
      for (const { ready, entries } of groups) {
        for (const { ip, nodeName } of entries) {
          const address = parseSloppyAddress(ip ?? '');
          if (address === undefined || !port) continue;
          const endpoint = { ...plainEndpoint, address, port, node: nodeName ?? null, ready };
          collection.add({ name: name ?? '', protocol: protocol || 'TCP' }, endpoint);
        }
      }
    }
  }
  return collection.sorted();
}

/**
 * A row of `kubectl get endpoints`, which prints no names of ports: the service's only port, or the one whose target port
 * has the number. Undefined where that is not enough to tell.
 */
export function endpointsOfRow(
  row: EndpointsRow,
  ports: readonly ServicePort[],
  nodeOf: (address: Address) => string | null,
): ServiceEndpoints | undefined {
  const collection = new EndpointCollection();
  for (const { address, port } of row.endpoints) {
    const candidates = ports.length === 1 ? ports : ports.filter(({ targetPort }) => targetPort === port);
    const [only] = candidates;
    if (!only || candidates.length > 1) return undefined;
    const node = nodeOf(address);
    collection.add(only, { ...plainEndpoint, address, port, node, ...(node === null && { unplaced: true }) });
  }
  return collection.sorted();
}
