import { expect, test } from 'vitest';
import { assertReaches, kubenat, type TestNode, type TestPacket } from '../../src/testing/vitest.ts';

/** Never called: `npm run typecheck` reads it, and refuses what it should refuse but does not. */
async function types(node: TestNode, packet: TestPacket) {
  expect(packet).toReach('10.0.1.2:8080');
  expect(packet).toReach(['10.0.1.2:8080']);
  expect(packet).not.toReach({ '10.0.1.2:8080': '1/2' });
  expect(packet).toBeMaskedBy('nat/KUBE-POSTROUTING');
  expect(node).toMatchRules(node);
  await expect(node).toCompileTo('node-1.save');
  // @ts-expect-error endpoints are texts
  expect(packet).toReach(8080);
  // @ts-expect-error there must be some
  expect(packet).toReach();
  // @ts-expect-error a share is a text
  expect(packet).toReach({ '10.0.1.2:8080': 0.5 });
  // @ts-expect-error a rule is a text
  expect(packet).toBeMaskedBy(3);
  // @ts-expect-error it asks nothing
  expect(packet).toBeRejected('tcp-reset');
  // @ts-expect-error a file has a name
  expect(node).toCompileTo();
  // @ts-expect-error there is no such matcher
  expect(packet).toBeDroped();
  // @ts-expect-error a node is no packet
  assertReaches(node, '10.0.1.2:8080');
  // @ts-expect-error manifests, not manifest
  kubenat.node({ manifest: 'deploy' });
}

test('the matchers have types', () => {
  expect(types).toBeTypeOf('function');
});
