import { expect, test } from 'vitest';
import { programs } from '../nftables/programs.ts';
import { askNft, isNftThere } from './nft/nft.ts';

// Rulesets of programs, loaded by nft 1.0.6 in a network namespace, are listed as they are recorded.

const some = programs.filter((_, at) => at % 5 === 0);

test.runIf(isNftThere).each(some)('$name', ({ text, listed }) => {
  expect(askNft(text)).toEqual({ listed });
});
