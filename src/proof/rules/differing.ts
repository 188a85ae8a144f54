import { chainKey } from '../../engine/program.ts';
import { builtInChains, type Hook, type TableName, tableNames } from '../../iptables/rule/ruleset.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { LazyChain } from './program.ts';

/** Where the kernel enters rules that are not the same on both sides. */
export interface DifferingEntry {
  readonly table: TableName;
  readonly hook: Hook;
  /** On either side; one that is not there does nothing. */
  readonly chains: readonly LazyChain[];
}

/** The built-in chains that do not read the same, with all that they lead to. */
export function differingEntries(left: Fingerprint, right: Fingerprint): readonly DifferingEntry[] {
  return tableNames.flatMap((table) =>
    builtInChains[table].flatMap((hook) => {
      const [one, other] = [left, right].map((print) => entered(print, table, hook)) as [Entered, Entered];
      if (one?.number === other?.number) return [];
      return [{ table, hook, chains: [one, other].flatMap((side) => (side ? [side.chain] : [])) }];
    }),
  );
}

type Entered = { readonly chain: LazyChain; readonly number: number | undefined } | null;

/** Null: everything passes. */
function entered({ program, chains }: Fingerprint, table: TableName, hook: Hook): Entered {
  const chain = program.entries.get(chainKey(table, hook));
  if (!chain || (chain.source.rules.length === 0 && chain.policy === 'ACCEPT')) return null;
  return { chain, number: chains.get(chain) };
}
