import type { NftRuleset } from '../nftables/model.ts';
import type { TakesAway } from '../nftables/read/taken-away.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';

/** A text of nft among those of a node. */
export interface NftText {
  readonly source: Source;
  readonly ruleset: NftRuleset;
  readonly problems: readonly Problem[];
  readonly takesAway: TakesAway | null;
}
