// For vitest. `npx vitest run examples/packets.test.ts`
import { kubenat } from 'kubenat/vitest';
import { expect, test } from 'vitest';

const manifests = ['fixtures/service-test', 'fixtures/service-test/svc.txt'];
const node = kubenat.node({ manifests, node: 'node-2' });
const packet = node.packet('tcp 198.51.100.7:40000 -> 10.100.0.3:32213 from external');

test('a client outside reaches both pods by the node port', () => {
  expect(packet).toReach({ '10.0.1.2:8080': '1/2', '10.0.3.2:8080': '1/2' });
  expect(packet).not.toBeDropped();
  expect(packet).not.toBeRejected();
});

test('the pods do not see who calls', () => {
  expect(packet).not.toPreserveSourceIP();
  expect(packet).toBeMaskedBy('nat/KUBE-EXT[default/service-test]');
});

test('the rules are those that were reviewed', async () => {
  await expect(node).toCompileTo('../fixtures/service-test/expected/node-2.save');
});

test('without a traffic policy, nodes have the same rules', () => {
  const other = kubenat.node({ manifests, node: 'node-1' });
  expect(node).toMatchRules(other);
  expect(node).toBeEquivalentTo(other);
});
