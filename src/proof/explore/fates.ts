import type { Packet } from '../../engine/packet.ts';
import type { Host } from '../../host/model.ts';
import type { Ruleset } from '../../iptables/rule/ruleset.ts';
import type { Box } from '../../sets/box.ts';
import type { ProofDoubt } from '../doubt.ts';
import { fingerprint } from '../rules/fingerprint.ts';
import { openBoxes } from './explore.ts';
import { Explorer } from './explorer.ts';
import type { Fate } from './fate.ts';
import { hostSets } from './host-sets.ts';
import { listOrigins } from './origins.ts';

/** Packets that fare alike. */
export interface FateCell {
  readonly box: Box;
  /** One of them, which was walked. */
  readonly packet: Packet;
  readonly fate: Fate;
  /** Why nothing is proved of the others; null where they fare as this one does. */
  readonly doubt: ProofDoubt | null;
  /** There are more, but so much was done for these that they are left. */
  readonly isLast: boolean;
}

/**
 * Divides boxes into cells of packets that fare alike on a node that remembers nothing, as after its rules were loaded.
 * Ends by itself once all packets were looked at; whoever stops asking before leaves the rest unproved.
 */
export function* fatesOf(ruleset: Ruleset, host: Host, boxes: readonly Box[]): Generator<FateCell, void> {
  const origins = listOrigins(host);
  const question = { prints: [fingerprint(ruleset)], host, sets: hostSets(host), origins };
  const explorer = new Explorer({ ...question, memory: 'nothing' });
  const open = openBoxes(boxes, question);
  for (let next = open.pop(); next; next = open.pop()) {
    const { box, packet, fates, blurred, rest } = explorer.look(next);
    for (const part of rest) open.push(part);
    const fate = fates[0] as Fate;
    const isLast = explorer.isSpent && open.length > 0;
    yield { box, packet, fate, doubt: doubtOf(fate, blurred), isLast };
    if (isLast) return;
  }
}

function doubtOf({ particular }: Fate, blurred: boolean): ProofDoubt | null {
  if (blurred) return { code: 'mask-has-holes' };
  if (particular) return { code: 'chosen-from-range' };
  return null;
}
