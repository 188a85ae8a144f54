import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fixtures } from '../cases.ts';
import { kubenat } from './harness.ts';

const folder = join(fixtures, 'service-test');
const table = join(folder, 'svc.txt');

// Written by `npm run golden`, and read by whoever commits it.
test.each(['node-1', 'node-2', 'node-3'])("the user's example on %s", async (node) => {
  const { out } = await kubenat(['compile', '--node', node, folder, table]);
  await expect(out).toMatchFileSnapshot(join(folder, 'expected', `${node}.save`));
});

test("the user's example, a client at the node port of a node without endpoint", async () => {
  const packet = 'tcp 198.51.100.7:40000 -> 10.100.0.3:32213 from external';
  const { out } = await kubenat(['trace', '--node', 'node-2', '--packet', packet, folder, table]);
  await expect(out).toMatchFileSnapshot(join(folder, 'expected', 'trace-node-port.txt'));
});
