import { writeDump } from '../iptables/dump/write.ts';
import type { NftTable } from '../nftables/model.ts';
import { printTable } from '../nftables/print/tables.ts';
import type { NodeDecisions } from '../proxy/decide/node.ts';
import { compile } from '../proxy/iptables/compile.ts';
import { modelOf } from '../proxy/nftables/model.ts';
import { refusalOf } from '../proxy/nftables/refusal.ts';
import { carryOut } from '../proxy/nftables/table.ts';
import { firstTransaction } from '../proxy/nftables/transaction.ts';

/** What stands in the tables of nftables mode: nothing where nft refuses them. */
export function tablesOf(decisions: NodeDecisions): readonly NftTable[] {
  const transaction = firstTransaction(decisions);
  return refusalOf(transaction) ? [] : [modelOf(carryOut(transaction))];
}

/** Whether both sides leave the same rules on a node, letter for letter, and the same `route_localnet`, which kube-proxy sets beside them. */
export function haveSameRules(before: NodeDecisions, after: NodeDecisions): boolean {
  return (
    before.config.mode === after.config.mode &&
    before.nodePorts.localhost === after.nodePorts.localhost &&
    textOf(before) === textOf(after)
  );
}

function textOf(decisions: NodeDecisions): string {
  return decisions.config.mode === 'nftables'
    ? tablesOf(decisions)
        .map((table) => printTable(table))
        .join('')
    : writeDump(compile(decisions));
}
