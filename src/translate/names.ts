import type { Table, TableName } from '../iptables/rule/ruleset.ts';
import { reserved } from '../nftables/read/reserved.ts';

/** The name of a table in nft: another one than iptables-nft has, whose tables it would else be mixed with on the node. */
export function tableName(table: TableName): string {
  return `iptables-${table}`;
}

/** The names of a table's chains in nft, which has no other letters and knows its own words. */
export function chainNames({ chains }: Table): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const give = (chain: string, name: string) => {
    names.set(chain, name);
    taken.add(name);
  };
  const isName = (name: string) => /^[A-Za-z_][A-Za-z0-9_./-]*$/.test(name) && !reserved.has(name);
  for (const chain of chains.keys()) if (isName(chain)) give(chain, chain);
  for (const chain of chains.keys()) {
    if (names.has(chain)) continue;
    const start = `chain_${chain.replace(/[^A-Za-z0-9_./-]/g, '_')}`;
    let name = start;
    for (let more = 2; taken.has(name); more += 1) name = `${start}_${more}`;
    give(chain, name);
  }
  return names;
}
