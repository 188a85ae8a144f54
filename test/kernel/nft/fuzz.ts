import { test } from 'vitest';
import { compareSeed, emptyTally } from './compare.ts';
import { isNftThere } from './nft.ts';

/** Generated rulesets, loaded and listed by nft 1.0.6 and by fmt, until it is told to stop. NFT_SEED goes on where another run was. */
test('until told to stop', () => {
  if (!isNftThere) throw new Error('nft 1.0.6 cannot be asked in a network namespace');
  const tally = emptyTally();
  const first = Number(process.env.NFT_SEED ?? Math.floor(Math.random() * 2 ** 30));
  process.stdout.write(`seed ${first}\n`);
  for (let seed = first; ; seed += 1) {
    const before = tally.differences.length;
    compareSeed(seed, tally);
    for (const text of tally.differences.slice(before)) process.stdout.write(`${text}\n`);
    if ((seed - first) % 100 !== 99) continue;
    const { taken, refused, linesRefused, linesNotHere, crashed, misprinted, differences } = tally;
    process.stdout.write(
      `${taken} taken, ${refused} refused, ${linesRefused} lines refused (${linesNotHere} by this kernel), ${crashed} that nft dies of, ${misprinted} that it misprints, ${differences.length} differ\n`,
    );
  }
});
