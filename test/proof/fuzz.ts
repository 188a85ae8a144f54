import { expect, test } from 'vitest';
import { Instrument, whyNot } from '../kernel/instrument.ts';
import { tryPairs } from './campaign.ts';
import { askKernel } from './kernel-campaign.ts';

/** So many pairs between two words on how it goes. */
const round = 50;

/** Until it is stopped, or after KUBENAT_PAIRS pairs; from KUBENAT_SEED on. */
test('pairs of rule sets, compared in two ways', () => {
  const first = Number(process.env.KUBENAT_SEED ?? Date.now() % 2 ** 31);
  const most = Number(process.env.KUBENAT_PAIRS ?? Number.POSITIVE_INFINITY);
  const sum = { pairs: 0, equal: 0, proved: 0, packets: 0 };
  process.stdout.write(`KUBENAT_SEED=${first}\n`);
  for (let done = 0; done < most; done += round) {
    const tally = tryPairs(first + done, Math.min(round, most - done));
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += tally[name];
    process.stdout.write(
      `${sum.pairs} pairs, ${sum.packets} packets walked again, ${sum.proved} of ${sum.equal} equal ones proved\n`,
    );
  }
});

/** The same pairs' verdicts, held against the live kernel where there is one to ask. */
test.skipIf(whyNot() !== null)('verdicts, and what the kernel does', async () => {
  const first = Number(process.env.KUBENAT_SEED ?? Date.now() % 2 ** 31);
  const most = Number(process.env.KUBENAT_PAIRS ?? Number.POSITIVE_INFINITY);
  const instrument = new Instrument();
  const sum = { pairs: 0, equal: 0, proved: 0, packets: 0, witnesses: 0, refused: 0 };
  for (let done = 0; done < most; done += round) {
    const { refuted, unseen, ...counts } = await askKernel(
      instrument,
      first + done,
      Math.min(round, most - done),
    );
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += counts[name];
    process.stdout.write(
      `${sum.pairs} pairs asked of the kernel, ${sum.packets} packets, ${sum.proved} of ${sum.equal} equal ones proved, ${sum.refused} refused, ${sum.witnesses} witnesses, ${unseen.length} changes of the last not seen\n`,
    );
    expect(refuted).toEqual([]);
  }
  instrument.close();
});
