import { canonicalRuleset } from '../nftables/canonical/ruleset.ts';
import type { NftRuleset } from '../nftables/model.ts';
import { printRuleset } from '../nftables/print/tables.ts';

/** Equal for rulesets that nft lists alike, without what counts up, which is nothing to packets. */
export function canonicalText(ruleset: NftRuleset): string {
  return printRuleset(canonicalRuleset(ruleset), { stateless: true });
}
