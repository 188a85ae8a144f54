import { loadNft } from '../../../src/nftables/check/load.ts';
import { printRuleset } from '../../../src/nftables/print/tables.ts';
import { generateRuleset } from './generate.ts';
import { askNft } from './nft.ts';
import { Random } from './random.ts';

export interface Tally {
  taken: number;
  refused: number;
  /** Rulesets on which nft 1.0.6 itself ends with a failed assertion. */
  crashed: number;
  readonly differences: string[];
}

export const emptyTally = (): Tally => ({ taken: 0, refused: 0, crashed: 0, differences: [] });

/** Asks nft and fmt about the ruleset of a seed. */
export function compareSeed(seed: number, tally: Tally): void {
  const text = generateRuleset(new Random(seed));
  const answer = askNft(text);
  if ('crashed' in answer) {
    tally.crashed += 1;
    return;
  }
  const { ruleset, problems } = loadNft({ name: 'generated', text });
  const error = problems.find(({ severity }) => severity === 'error')?.message;
  if ('refused' in answer) {
    tally.refused += 1;
    if (error === undefined) tally.differences.push(`seed ${seed}: nft refuses: ${answer.refused}\n${text}`);
    return;
  }
  tally.taken += 1;
  const own = error === undefined ? printRuleset(ruleset) : `refused: ${error}\n`;
  if (own !== answer.listed)
    tally.differences.push(`seed ${seed}\n${text}\nnft:\n${answer.listed}\nkubenat:\n${own}`);
}
