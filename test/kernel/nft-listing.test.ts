import { expect, test } from 'vitest';
import { programs } from '../nftables/programs.ts';
import { compareSeed, emptyTally } from './nft/compare.ts';
import { askNft, isNftThere } from './nft/nft.ts';

// Rulesets of programs, loaded by nft 1.0.6 in a network namespace, are listed as they are recorded.

const some = programs.filter((_, at) => at % 5 === 0);

test.runIf(isNftThere).each(some)('$name', ({ text, listed }) => {
  expect(askNft(text)).toEqual({ listed });
});

// A few of the rulesets that `npm run fuzz:nft` makes.
test.runIf(isNftThere).each([3, 4, 7, 13, 14, 15, 16, 17])('the generated ruleset %i', (seed) => {
  const tally = emptyTally();
  compareSeed(seed, tally);
  expect(tally).toEqual({ taken: 1, refused: 0, crashed: 0, differences: [] });
});
