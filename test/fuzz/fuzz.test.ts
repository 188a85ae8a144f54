import { describe, test } from 'vitest';
import { fuzz } from './campaign.ts';
import { commandTarget } from './command.ts';
import { targets } from './targets.ts';

/** A sample in `npm test`, ten times as many in CI; `npm run fuzz` goes on with other seeds. */
const inputs = process.env.KUBENAT_KERNEL === 'required' ? 3_000 : 300;

describe('whatever is read gives an answer or a reason, soon', () => {
  test.each(Object.entries(targets))('%s', (name, target) => fuzz(name, target, 1, inputs), 0);

  test('the command line', async () => fuzz('command line', await commandTarget(), 1, inputs), 0);
});
