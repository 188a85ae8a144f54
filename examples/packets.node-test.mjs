// For node:test. `node --test examples/packets.node-test.mjs`
import { test } from 'node:test';
import { assertCompilesTo, assertMaskedBy, assertNeverReaches, assertReaches, kubenat } from 'kubenat/test';

const manifests = ['fixtures/service-test', 'fixtures/service-test/svc.txt'];
const node = kubenat.node({ manifests, node: 'node-2' });
const packet = node.packet('tcp 198.51.100.7:40000 -> 10.100.0.3:32213 from external');

test('a client outside reaches both pods by the node port', () => {
  assertReaches(packet, ['10.0.1.2:8080', '10.0.3.2:8080']);
  assertNeverReaches(packet, '10.0.2.2:8080');
});

test('the pods do not see who calls', () => {
  assertMaskedBy(packet, 'nat/KUBE-POSTROUTING/3');
});

test('the rules are those that were reviewed', () => {
  assertCompilesTo(node, 'fixtures/service-test/expected/node-2.save');
});
