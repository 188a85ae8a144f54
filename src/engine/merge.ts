import { add } from '../sets/fraction.ts';
import { dataKey } from '../text/data-key.ts';
import type { Branch } from './branch.ts';

/** Fewer branches are left alone: each keeps the rules that it matched. */
const few = 64;

/** Joins branches at the same station that no longer differ. Keeps the order. */
export function mergeBranches(branches: readonly Branch[]): readonly Branch[] {
  if (branches.length <= few) return branches;
  const identity = new Identity();
  const merged = new Map<string, Branch>();
  for (const branch of branches) {
    const key = stateKey(branch, identity);
    const known = merged.get(key);
    if (known) known.weight = add(known.weight, branch.weight);
    else merged.set(key, branch);
  }
  return [...merged.values()];
}

class Identity {
  private readonly numbers = new Map<unknown, number>();

  of(value: unknown): number {
    const number = this.numbers.get(value) ?? this.numbers.size;
    this.numbers.set(value, number);
    return number;
  }
}

/** Everything that the rest of the walk depends on. What is compared by identity may be equal and yet kept apart. */
function stateKey(branch: Branch, identity: Identity): string {
  const { steps, position, memory, collector, supposed, contents, rejected, answer, twin, copied } = branch;
  const { template } = branch;
  return dataKey([
    [steps, memory, collector, supposed, contents, twin, copied, template?.by].map((part) =>
      identity.of(part),
    ),
    [position, branch.source, branch.sourcePort, branch.destination, branch.destinationPort, branch.mark],
    [branch.ingress, branch.egress, branch.firstEgress, branch.gateway, branch.local, branch.broadcast],
    [branch.routed, branch.tracking, template?.zones, rejected, answer, branch.copies, branch.unheard],
  ]);
}
