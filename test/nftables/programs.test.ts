import { expect, test } from 'vitest';
import { loadNft } from '../../src/nftables/check/load.ts';
import { printRuleset } from '../../src/nftables/print/tables.ts';
import { programs } from './programs.ts';

// Rulesets in the shapes that Docker, libvirt, netavark, Calico, flannel, Istio, fw4 and others document.

test('there are forty', () => {
  expect(programs.length).toBeGreaterThanOrEqual(40);
});

test.each(programs)('$name', ({ text, listed }) => {
  const { ruleset, problems } = loadNft({ name: 'text', text });
  expect(problems).toEqual([]);
  expect(printRuleset(ruleset)).toBe(listed);
});
