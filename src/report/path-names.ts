import type { NodeRules } from '../path/connection.ts';
import { nftChainName } from './nft-names.ts';
import { nameOfChain } from './trace-names.ts';

/** A name that people can read for a chain of a node. */
export function chainNameIn({ ruleset }: NodeRules, table: string, chain: string): string {
  if (ruleset === null) return nftChainName(table, chain);
  const found = ruleset.tables.find(({ name }) => name === table)?.chains.get(chain);
  return (found && nameOfChain(table, found)) ?? chain;
}
