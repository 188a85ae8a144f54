import { describe, expect, test } from 'vitest';
import { releases } from '../../src/index.ts';
import { writeDump } from '../../src/iptables/dump/write.ts';
import { cases, compileCase, readCase, savedBy } from '../cases.ts';
import { count } from '../claims.ts';
import { endpointsInOrder } from './service-order.ts';

const recordedReleases = [...releases.keys()].filter((release) => release <= '1.30');

/** Not recorded before 1.30, when these were compiled by the proxier alone, which does not see labels. */
const labelled = ['named/headless-slice-label', 'named/ignored-services'];

describe.each(recordedReleases)('kube-proxy %s', (kubeVersion) => {
  const recorded = cases.filter(({ id }) => kubeVersion === '1.30' || !labelled.includes(id));

  test.each(recorded)('$id: what iptables-save prints', (case_) => {
    const { ruleset } = compileCase(case_, { kubeVersion });
    expect(writeDump(ruleset)).toBe(savedBy(case_, kubeVersion));
    count('compiled rules');
  });
});

test('all releases that are recorded are compared', () => {
  expect(recordedReleases).toEqual(['1.25', '1.26', '1.27', '1.28', '1.29', '1.30']);
  expect(cases.length).toBeGreaterThan(100);
});

describe('what kube-proxy sends to iptables-restore', () => {
  test.each(cases)('$id', (case_) => {
    const { ruleset } = compileCase(case_, { jumps: false });
    const ours = writeDump(ruleset, { spelling: 'restore' });
    expect(ours).toBe(endpointsInOrder(readCase(case_, 'kube-proxy.restore')));
    count('the restore spelling');
  });
});
