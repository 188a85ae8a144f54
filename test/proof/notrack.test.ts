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
