import { expect, test } from 'vitest';
import { compareLines } from './lines.ts';

const dnat =
  'nat PREROUTING -s 10.244.0.0/16 -p tcp -m tcp --dport 5000 -j DNAT --to-destination 10.9.9.9:80';
// Errors about flows, which go untracked with ICMP, are told by themselves.
const notrack = 'raw PREROUTING -s 203.0.113.9/32 -p tcp -j CT --notrack';

/** It begins no entry, so that its answer is NEW, and nat, which is asked for nothing of its own, gives that to another one. */
test('what goes past connection tracking is told where nat alone asks for it', () => {
  expect(compareLines([dnat], [dnat, notrack]).same).toBe(false);
});

test('where only the chance changes to go past it, that is what is told', () => {
  const sometimes = (probability: string) =>
    `raw PREROUTING -s 203.0.113.9/32 -p udp -m udp --dport 53 -m statistic --mode random --probability ${probability} -j NOTRACK`;
  const asks = 'filter INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT';
  const { same, classes } = compareLines([sometimes('0.5'), asks], [sometimes('0.25'), asks]);
  expect(same).toBe(false);
  for (const { effects } of classes) expect(effects).toEqual([{ kind: 'shares', of: 'outcomes' }]);
});
