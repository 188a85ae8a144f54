import { dataKey } from '../../text/data-key.ts';
import type { Decision } from '../decide/decide.ts';
import type { NodeDecisions } from '../decide/node.ts';
import type { TableContext } from './context.ts';
import type { ElementSpec, Operation, Transaction } from './operations.ts';
import { writeService } from './services.ts';
import { podParts, writeSetup } from './setup.ts';

/** kube-proxy's first transaction in nftables mode on a node. Throws where the release has no such mode. */
export function firstTransaction(decisions: NodeDecisions): Transaction {
  const shape = decisions.release.nftables;
  if (!shape) throw new Error('this release has no nftables mode');
  const operations: Operation[] = [];
  const add = (...more: readonly Operation[]) => {
    operations.push(...more);
  };
  const made = new Set<string>();
  const context: TableContext = {
    decisions,
    shape,
    mark: 2 ** decisions.config.masqueradeBit,
    pods: podParts({ decisions, shape }),
    add,
    ensureChain: (name) => {
      if (made.has(name)) return false;
      made.add(name);
      add({ do: 'add-chain', chain: { name } }, { do: 'flush', what: 'chain', name });
      return true;
    },
    ensureElement: elementKeeper(add),
  };
  writeSetup(context);
  for (const decision of decisions.servicePorts) writeService(context, decision);
  return { family: decisions.family, operations };
}

/** Each element once; one with the key of another takes its place (ensureElem of proxier.go). */
function elementKeeper(add: TableContext['add']): TableContext['ensureElement'] {
  const known = new Map<string, string>();
  return (set: string, element: ElementSpec, origin: Decision) => {
    const key = dataKey([set, element.key]);
    const verdict = JSON.stringify(element.verdict ?? null);
    const before = known.get(key);
    if (before === verdict) return;
    if (before !== undefined) add({ do: 'delete-element', set, element });
    known.set(key, verdict);
    add({ do: 'add-element', set, element, origin });
  };
}
