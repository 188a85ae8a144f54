import { type Address, type Family, familyOf, formatAddress } from '../../address/address.ts';
import { parsePrefix, type Subnet } from '../../address/subnet.ts';
import type { Manifest } from '../manifest/kinds.ts';
import type { ClusterNode } from './model.ts';
import type { PodSpec } from './pods.ts';
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
}

export function placeOfNode(node: ClusterNode, manifest: Manifest<'Node'> | undefined): Place {
  const spec = manifest?.value.spec;
  return { node, taints: spec?.taints ?? [], unschedulable: spec?.unschedulable ?? false };
}

/** The nodes on which a pod may run: the scheduler's main rules. All nodes where it would be none. */
export function placesFor(places: readonly Place[], spec: PodSpec, isDaemon: boolean): readonly Place[] {
  const allowed = places.filter(({ node, taints, unschedulable }) => {
    const wanted = Object.entries(spec.nodeSelector ?? {});
    return (
      (isDaemon || !unschedulable) &&
      wanted.every(([key, value]) => node.labels[key] === value) &&
      taints.every((taint) => taint.effect === 'PreferNoSchedule' || tolerates(spec, taint))
    );
  });
  return allowed.length > 0 ? allowed : places;
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
