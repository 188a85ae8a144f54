import { type Address, type Family, familyOf, formatAddress } from '../../address/address.ts';
import { parsePrefix, type Subnet } from '../../address/subnet.ts';
import type { Manifest } from '../manifest/kinds.ts';
import { parseQuantity } from '../manifest/quantity.ts';
import type { ClusterNode } from './model.ts';
import { isWanted } from './node-affinity.ts';
import type { PodSpec } from './pod-spec.ts';
import { AddressPool, hashOf, podSpan } from './pool.ts';

/** A node with what decides whether a pod may run on it. */
export interface Place {
  readonly node: ClusterNode;
  readonly taints: readonly {
    readonly key?: string | null;
    readonly value?: string | null;
    readonly effect?: string | null;
  }[];
  readonly unschedulable: boolean;
  /** Thousandths of what `status.allocatable` says, and where there is none `status.capacity`; null where they say nothing. */
  readonly processors: number | null;
  /** The condition Ready; null where there are no conditions. */
  readonly ready: boolean | null;
  /** Only a stand-in, or the row of a table: nobody knows what else there is. */
  readonly assumed: boolean;
}

export function placeOfNode(node: ClusterNode, manifest: Manifest<'Node'> | undefined): Place {
  const { spec, status } = manifest?.value ?? {};
  const conditions = status?.conditions ?? [];
  return {
    node,
    taints: spec?.taints ?? [],
    unschedulable: spec?.unschedulable ?? false,
    processors: milliprocessors((status?.allocatable ?? status?.capacity)?.cpu),
    ready:
      conditions.length === 0 ? null : conditions.find(({ type }) => type === 'Ready')?.status === 'True',
    assumed: manifest === undefined,
  };
}

function milliprocessors(quantity: unknown): number | null {
  const processors = parseQuantity(String(quantity ?? ''));
  return processors === undefined ? null : Math.round(processors * 1000);
}

/** The nodes on which a pod may run: the scheduler's main rules. On a node that only stands in, every pod may. */
export function placesFor(places: readonly Place[], spec: PodSpec, isDaemon: boolean): readonly Place[] {
  if (places.every(({ assumed }) => assumed)) return places;
  return places.filter(
    (place) =>
      (isDaemon || !place.unschedulable) && isWanted(place.node, spec) && tolerated(place, spec, isDaemon),
  );
}

/** Whether a pod tolerates the taints of a node. */
export function tolerated({ taints }: Place, spec: PodSpec, isDaemon = false): boolean {
  return taints.every(
    (taint) =>
      taint.effect === 'PreferNoSchedule' || tolerates(spec, taint) || (isDaemon && isPassing(taint.key)),
  );
}

/** Taints that the controller of DaemonSets lets its pods tolerate. */
function isPassing(key: string | null | undefined): boolean {
  return /^node\.kubernetes\.io\/(?:not-ready|unreachable|unschedulable|network-unavailable|\w+-pressure)$/.test(
    key ?? '',
  );
}

function tolerates(spec: PodSpec, taint: Place['taints'][number]): boolean {
  return (spec.tolerations ?? []).some(
    ({ key, operator, value, effect }) =>
      (!effect || effect === taint.effect) &&
      (operator === 'Exists'
        ? !key || key === taint.key
        : key === taint.key && (value ?? '') === (taint.value ?? '')),
  );
}

/** Addresses for pods that nobody started yet, out of their nodes' pod prefixes, by the hash of their names. */
export class PodAddresses {
  readonly #pools = new Map<string, AddressPool>();
  readonly #inUse: () => Iterable<Address>;
  #taken: Set<Address> | undefined;
  /** Pods that have another address than their names' hash says, because another pod has that. */
  readonly moved = new Set<string>();

  /** `inUse` is asked only where an address is drawn. */
  constructor(inUse: () => Iterable<Address>) {
    this.#inUse = inUse;
  }

  /** One address for each family that the node has pod prefixes of; the node's own where it shares its network. */
  take(pod: string, { node }: Place, hostNetwork: boolean): readonly Address[] {
    if (hostNetwork) return onePerFamily(node.internalAddresses);
    return prefixesOf(node).flatMap((subnet) => this.#draw(pod, subnet) ?? []);
  }

  #draw(pod: string, subnet: Subnet): Address | undefined {
    const key = `${formatAddress(subnet.address)}/${subnet.mask}`;
    const pool = this.#pools.get(key) ?? new AddressPool(subnet, podSpan);
    this.#pools.set(key, pool);
    this.#taken ??= new Set(this.#inUse());
    for (;;) {
      const given = pool.take(pod);
      const isTaken = given !== null && this.#taken.has(given.address);
      if (isTaken || given?.collided) this.moved.add(pod);
      if (!isTaken) return given?.address;
    }
  }
}

function onePerFamily(addresses: readonly Address[]): readonly Address[] {
  const seen = new Map<Family, Address>();
  for (const address of addresses) if (!seen.has(familyOf(address))) seen.set(familyOf(address), address);
  return [...seen.values()];
}

/** Some networks keep no prefix for a node; then one of 256 stands in for it. */
function prefixesOf(node: ClusterNode): readonly Subnet[] {
  if (node.podPrefixes.length > 0) return node.podPrefixes;
  return [parsePrefix(`10.244.${hashOf(node.name) % 256}.0/24`) as Subnet];
}
