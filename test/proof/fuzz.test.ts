import { expect, test } from 'vitest';
import { count } from '../claims.ts';
import { propertySeed } from '../seed.ts';
import { tryPairs } from './campaign.ts';

const pairs = Number(process.env.KUBENAT_PAIRS ?? 12);

/** `npm run fuzz:proof` goes on with other seeds. */
test(`${pairs} pairs of rule sets, half of them equal by construction, seed ${propertySeed}`, () => {
  const tally = tryPairs(propertySeed, pairs);
  count('what a change does to packets', tally.packets);
  process.stdout.write(
    `${tally.pairs} pairs, ${tally.packets} packets walked again, ${tally.proved} of ${tally.equal} equal ones proved\n`,
  );
  expect(tally.pairs).toBeGreaterThan(pairs / 2);
  expect(tally.equal).toBeGreaterThan(0);
  expect(tally.proved / tally.equal).toBeGreaterThan(0.8);
}, 600_000);
