import { type Address, familyOf } from '../address/address.ts';
import type { Service, ServicePort } from '../kube/cluster/model.ts';
import type { Scene } from './scene.ts';

export type EntryKind =
  | 'cluster-ip'
  | 'node-port'
  /** A node's address at the Service's own port, which is no entry at all, though people try it. */
  | 'service-port-on-node'
  | 'load-balancer'
  | 'external-ip';

/** An address and a port at which a service may be called. */
export interface Entry {
  readonly kind: EntryKind;
  readonly address: Address;
  readonly port: number;
  /** Whose address it is, where it is a node's. */
  readonly node: string | null;
  /** The node to which the network outside hands what is for this address; null: whoever has it, or nobody. */
  readonly via: string | null;
  /** Who is asked about it: an address to which nobody outside has a way but by `via` is for the inside alone. */
  readonly callers: 'all' | 'inside' | 'outside';
  /** Of a load balancer. */
  readonly mode: 'VIP' | 'Proxy' | null;
}

/** Every entry to a service port, by kind; of the nodes only those that stand for all. */
export function listEntries(
  { network }: Scene,
  service: Service,
  port: ServicePort,
  nodes: readonly string[],
): Entry[] {
  const isOurs = (address: Address) => familyOf(address) === network.family;
  const plain = { node: null, via: null, callers: 'all', mode: null } as const;
  const onNodes = nodes.flatMap((node) => {
    const address = network.addressOf(node);
    return address === null ? [] : [{ node, address }];
  });
  const entries: Entry[] = service.clusterAddresses
    .filter(isOurs)
    .map((address) => ({ kind: 'cluster-ip', address, port: port.port, ...plain }));
  for (const { node, address } of onNodes) {
    if (port.nodePort !== null)
      entries.push({ kind: 'node-port', address, port: port.nodePort, ...plain, node });
  }
  for (const { address, mode } of service.loadBalancer) {
    if (address === null || !isOurs(address)) continue;
    entries.push({ kind: 'load-balancer', address, port: port.port, ...plain, mode });
  }
  for (const address of service.externalAddresses.filter(isOurs)) {
    entries.push(...externalEntries(address, port, nodes, network.holderOf(address).kind === 'node'));
  }
  for (const place of onNodes) {
    entries.push({ kind: 'service-port-on-node', ...plain, ...place, port: port.port });
  }
  return entries;
}

/** Kubernetes brings nobody to an external address: some router must hand it to a node, so each kind of node is tried. */
function externalEntries(
  address: Address,
  { port }: ServicePort,
  nodes: readonly string[],
  isNodes: boolean,
): Entry[] {
  const entry = { kind: 'external-ip', address, port, node: null, via: null, mode: null } as const;
  if (isNodes) return [{ ...entry, callers: 'all' }];
  return [
    { ...entry, callers: 'inside' },
    ...nodes.map((via): Entry => ({ ...entry, via, callers: 'outside' })),
  ];
}
