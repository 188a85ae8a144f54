import type { RulePlace } from '../../engine/ir.ts';
import { ownerOf } from '../../iptables/owners.ts';
import { ownerOfTable } from '../../nftables/owners.ts';

/** Who made a chain, as its name tells, or that of its table; null: nobody who is known. */
export function ownerOfPlace({ table, chain }: Pick<RulePlace, 'table' | 'chain'>): string | null {
  return ownerOf(chain) ?? ownerOfTable(table);
}

/** Those who carry out policies of the cluster: what their chains drop is dropped on purpose. */
export const ofPolicies: ReadonlySet<string | null> = new Set([
  'Antrea',
  'Calico',
  'Cilium',
  'kube-router',
  'OVN-Kubernetes',
  'Weave Net',
]);
