import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeDump } from '../../src/iptables/dump/write.ts';
import { casesIn, compileCase, fixtures, readCase } from '../cases.ts';
import { inOrder } from './restore-order.ts';

// What kube-proxy 1.28's own code made of generated clusters: see fixtures/proxier/README.md.

test.each(casesIn(join(fixtures, 'proxier')))('$id', (case_) => {
  const { ruleset } = compileCase(case_, { jumps: false, kubeVersion: '1.28' });
  const ours = writeDump(ruleset, { spelling: 'restore' });
  expect(inOrder(ours)).toEqual(inOrder(readCase(case_, 'kube-proxy.restore')));
});
