import type { NftRuleset } from '../model.ts';
import { canonicalObject } from './objects.ts';
import { canonicalRule, loadedRule } from './rules.ts';
import { canonicalSet } from './sets.ts';

/** A ruleset as `nft list ruleset` (1.0.6) gives it back once it was loaded into an empty kernel. */
export function canonicalRuleset(ruleset: NftRuleset): NftRuleset {
  return made(ruleset, canonicalRule);
}

/** The same as the kernel gets it: rules that it takes for others may be listed alike. */
export function loadedRuleset(ruleset: NftRuleset): NftRuleset {
  return made(ruleset, loadedRule);
}

function made({ tables }: NftRuleset, rule: typeof canonicalRule): NftRuleset {
  return {
    tables: tables.map((table) => ({
      ...table,
      objects: table.objects.map(canonicalObject),
      sets: table.sets.map(canonicalSet),
      chains: table.chains.map((chain) => ({
        ...chain,
        ...(chain.base && { base: { ...chain.base, devices: [...chain.base.devices].sort() } }),
        rules: chain.rules.map((own) => rule(own, table)),
      })),
    })),
  };
}
