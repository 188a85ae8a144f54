import { expect, test } from 'vitest';
import { programs } from '../nftables/programs.ts';
import { compareSeed, emptyTally } from './nft/compare.ts';
import { askNft, isNftThere } from './nft/nft.ts';

// Rulesets of programs, loaded by nft 1.0.6 in a network namespace, are listed as they are recorded.

const some = programs.filter((_, at) => at % 5 === 0);

test.runIf(isNftThere).each(some)('$name', ({ text, listed }) => {
  expect(askNft(text)).toMatchObject({ listed });
});

// A few of the rulesets that `npm run fuzz:nft` makes: few in each test, so that none lasts long on a slow machine.
test.runIf(isNftThere).each([1, 11, 21, 31, 41, 51])('generated rulesets from seed %i', (first) => {
  const tally = emptyTally();
  for (let seed = first; seed < first + 10; seed += 1) compareSeed(seed, tally);
  expect(tally.differences).toEqual([]);
  expect(tally.taken).toBeGreaterThan(7);
});
