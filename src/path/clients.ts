import type { Address } from '../address/address.ts';
import { contains, prefixLength } from '../address/subnet.ts';
import type { Endpoint } from '../kube/cluster/model.ts';
import type { Start } from './connection.ts';
import { type Network, plus } from './network.ts';

export type ClientKind = 'endpoint' | 'pod' | 'node' | 'outside' | 'outside-admitted';

/** Who calls. */
export interface Client {
  readonly kind: ClientKind;
  readonly address: Address;
  /** Null: outside of the cluster. */
  readonly node: string | null;
}

export function startOf({ kind, node }: Client): Start {
  if (node === null) return { at: 'outside' };
  return { at: kind === 'node' ? 'host' : 'pod', node };
}

/** A client of an address: on the node that has it, or whose pod has it, else outside. */
export function clientAt(network: Network, address: Address, kind: 'outside' | 'outside-admitted'): Client {
  const holder = network.holderOf(address);
  if (holder.kind !== 'node' && holder.kind !== 'pod') return { kind, address, node: null };
  return { kind: holder.kind, address, node: holder.node };
}

/** The clients on one node: a pod that is an endpoint itself, one that is none, and the node. */
export function clientsOn(network: Network, node: string, endpoints: readonly Endpoint[]): Client[] {
  const own = endpoints.find(
    (endpoint) => endpoint.node === node && network.holderOf(endpoint.address).kind === 'pod',
  );
  const pod = freePod(network, node, endpoints);
  const address = network.addressOf(node);
  return [
    ...(own ? [{ kind: 'endpoint', address: own.address, node } as const] : []),
    ...(pod === null ? [] : [{ kind: 'pod', address: pod, node } as const]),
    ...(address === null ? [] : [{ kind: 'node', address, node } as const]),
  ];
}

/** An address of the node's pods that no endpoint has; null where the node has no prefix for them, or a tiny one. */
function freePod(network: Network, node: string, endpoints: readonly Endpoint[]): Address | null {
  const prefix = network.podPrefixOf(node);
  const length = prefix && prefixLength(prefix);
  if (!prefix || length === undefined) return null;
  const bits = (network.family === 'ipv4' ? 32 : 128) - length;
  const size = 2 ** Math.min(bits, 8);
  const taken = new Set(endpoints.map(({ address }) => address));
  for (let offset = size - 6; offset > 1; offset -= 1) {
    const address = plus(prefix.address, offset);
    if (!taken.has(address) && contains(prefix, address)) return address;
  }
  return null;
}
