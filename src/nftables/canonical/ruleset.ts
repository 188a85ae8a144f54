import type { NftRuleset } from '../model.ts';
import { canonicalObject } from './objects.ts';
import { canonicalRule } from './rules.ts';
import { canonicalSet } from './sets.ts';

/** A ruleset as `nft list ruleset` (1.0.6) gives it back once it was loaded into an empty kernel. */
export function canonicalRuleset({ tables }: NftRuleset): NftRuleset {
  return {
    tables: tables.map((table) => ({
      ...table,
      objects: table.objects.map(canonicalObject),
      sets: table.sets.map(canonicalSet),
      chains: table.chains.map((chain) => ({
        ...chain,
        rules: chain.rules.map((rule) => canonicalRule(rule, table.family)),
      })),
    })),
  };
}
