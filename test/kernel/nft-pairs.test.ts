import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Instrument, whyNot } from './instrument.ts';
import { isRequired } from './iptables.ts';
import { askPairs } from './nft-pairs.ts';

const reason = whyNot();
const pairs = Number(process.env.KERNEL_NFT_PAIRS ?? (isRequired ? 40 : 12));
const seed = Number(process.env.KERNEL_SEED ?? 20_264);

describe.skipIf(reason !== null && !isRequired)('pairs of rulesets of nft on the kernel itself', () => {
  let instrument: Instrument;
  beforeAll(() => {
    instrument = new Instrument();
  });
  afterAll(() => instrument.close());

  test(
    `of ${pairs} pairs none that is proved the same is not, seed ${seed}`,
    async () => {
      const { refuted, ...tally } = await askPairs(instrument, seed, pairs);
      console.log(JSON.stringify(tally));
      expect(refuted).toEqual([]);
      expect(tally.pairs).toBeGreaterThan(pairs / 3);
      expect(tally.proved / tally.equal).toBeGreaterThan(0.5);
      expect(tally.seen).toBeGreaterThan(0);
    },
    60_000 + pairs * 2000,
  );
});
