import { expect, test } from 'vitest';
import { programs } from '../nftables/programs.ts';
import { askNft, isNftThere } from './nft/nft.ts';

// The rulesets of programs, loaded by nft 1.0.6 in a network namespace, are listed as they are recorded.

test.runIf(isNftThere)('programs', () => {
  for (const { name, text, listed } of programs) expect(askNft(text), name).toEqual({ listed });
});
