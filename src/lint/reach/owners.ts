import type { RulePlace } from '../../engine/ir.ts';
import { ownerOf } from '../../iptables/owners.ts';
import { ownerOfTable } from '../../nftables/owners.ts';

/** Who made a chain, as its name tells, or that of its table; null: nobody who is known. */
export function ownerOfPlace({ table, chain }: Pick<RulePlace, 'table' | 'chain'>): string | null {
  return ownerOf(chain) ?? ownerOfTable(table);
}
