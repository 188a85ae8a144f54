import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeDump } from '../../src/iptables/dump/write.ts';
import { casesIn, compileCase, fixtures, readCase } from '../cases.ts';
import { endpointsInOrder, sentServicesInOrder } from './service-order.ts';

// What kube-proxy 1.28's own code made of generated clusters: see fixtures/proxier/README.md.

test.each(casesIn(join(fixtures, 'proxier')))('$id', (case_) => {
  const { ruleset } = compileCase(case_, { jumps: false, kubeVersion: '1.28' });
  const ours = writeDump(ruleset, { spelling: 'restore' });
  const recorded = sentServicesInOrder(endpointsInOrder(readCase(case_, 'kube-proxy.restore')));
  expect(sentServicesInOrder(ours)).toBe(recorded);
});
