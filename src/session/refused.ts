import { loadNft } from '../nftables/check/load.ts';
import { isNft } from '../nftables/read/recognise.ts';
import type { Problem } from '../text/problem.ts';
import type { Source } from '../text/source.ts';

/** What nft would refuse to load of a ruleset: the node has none of it then, or the text does not show all that there is. */
export function refusedBy(source: Source): readonly Problem[] {
  if (!isNft(source.text)) return [];
  return loadNft(source)
    .problems.filter(({ code }) => code === 'nft-refused')
    .map((problem): Problem => ({ ...problem, severity: 'warning' }));
}
