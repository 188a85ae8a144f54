import { canonicalRuleset, loadedRuleset } from '../nftables/canonical/ruleset.ts';
import type { NftRuleset } from '../nftables/model.ts';
import { printRuleset } from '../nftables/print/tables.ts';

/** Equal for rulesets that nft lists alike, without what counts up, which is nothing to packets. */
export function canonicalText(ruleset: NftRuleset): string {
  return printRuleset(canonicalRuleset(ruleset), { stateless: true });
}

/** Equal for rulesets of which the kernel gets the same, but for when elements expire: nft lists alike what is not, `ip6 nexthdr tcp tcp dport 80` as `tcp dport 80`. */
export function loadedText(ruleset: NftRuleset): string {
  return printRuleset(loadedRuleset(ruleset), { stateless: true, used: true });
}
