import { describe, expect, test } from 'vitest';
import { writeDump } from '../../src/dump/write.ts';
import { releases } from '../../src/index.ts';
import { cases, compileCase, readCase, savedBy } from '../cases.ts';
import { count } from '../claims.ts';

const recordedReleases = [...releases.keys()].filter((release) => release <= '1.30');

describe.each(recordedReleases)('kube-proxy %s', (kubeVersion) => {
  test.each(cases)('$id: what iptables-save prints', (case_) => {
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
    expect(inOrder(ours)).toEqual(inOrder(readCase(case_, 'kube-proxy.restore')));
    count('the restore spelling');
  });
});

/** Chains in which kube-proxy writes one service after the other, in the random order of a Go map. */
const shared = new Set(['KUBE-SERVICES', 'KUBE-EXTERNAL-SERVICES', 'KUBE-NODEPORTS', 'KUBE-PROXY-FIREWALL']);

/**
 * A restore text as it can be compared: tables in order, their `:` lines sorted, each chain's rules in order; those of
 * shared chains sorted, but for the jump to the node ports, which must come last.
 */
function inOrder(text: string): unknown {
  return text
    .split('COMMIT\n')
    .slice(0, -1)
    .map((table) => {
      const lines = table.trimEnd().split('\n');
      const chains = new Map<string, string[]>();
      for (const line of lines.filter((line) => line.startsWith('-A '))) {
        const chain = line.split(' ')[1] as string;
        chains.set(chain, [...(chains.get(chain) ?? []), line]);
      }
      for (const [chain, rules] of chains) {
        const isLast = (rule: string) => rule.includes('must be the last rule');
        if (rules.some(isLast)) expect(isLast(rules.at(-1) as string)).toBe(true);
        if (shared.has(chain)) chains.set(chain, rules.toSorted());
      }
      return {
        table: lines[0],
        declared: lines.filter((line) => line.startsWith(':')).toSorted(),
        rules: Object.fromEntries([...chains].toSorted(([left], [right]) => (left < right ? -1 : 1))),
      };
    });
}
