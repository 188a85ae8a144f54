import type { Branch, Matched } from '../../engine/branch.ts';
import type { Connection } from '../../engine/connection.ts';
import { listMatched } from '../../engine/outcome.ts';
import type { Packet } from '../../engine/packet.ts';
import type { ConnmarkMatch, MarkMatch } from '../../iptables/rule/match.ts';
import type { Target } from '../../iptables/rule/target.ts';

/**
 * Of a flow that began before, nobody knows the mark. All that MARK and CONNMARK do is to clear bits and to turn bits, so
 * the packet's mark, and the flow's as it is by now, stay what a flow without a mark would give, with some bits of the old
 * mark turned into it. These masks say which.
 */
export interface FlowBits {
  readonly packet: number;
  readonly flow: number;
}

const untouched: FlowBits = { packet: 0, flow: 0xffffffff };

/** Which bits of the flow's old mark are in the marks after the rules that were met (xt_mark.c, xt_connmark.c). */
export function flowBits(matched: readonly Matched[]): FlowBits {
  return matched.reduce((bits, { place }) => carried(bits, place.rule.target), untouched);
}

function carried({ packet, flow }: FlowBits, target: Target | null): FlowBits {
  if (target?.kind === 'mark') return { packet: clear(packet, target.mask), flow };
  // The node's own answer begins without a mark.
  if (target?.kind === 'reject') return { packet: 0, flow };
  if (target?.kind !== 'connmark') return { packet, flow };
  if (target.action === 'set') return { packet, flow: clear(flow, target.mask) };
  const { packetMask, connectionMask } = target;
  return target.action === 'save'
    ? { packet, flow: turned(clear(flow, connectionMask), packet & packetMask) }
    : { packet: turned(clear(packet, packetMask), flow & connectionMask), flow };
}

const clear = (bits: number, mask: number) => (bits & ~mask) >>> 0;
const turned = (bits: number, by: number) => (bits ^ by) >>> 0;

/** What a match asks of the mark that the flow had: a mask, and what it must be there; true or false where it asks nothing. */
export type FlowQuestion = { readonly mask: number; readonly value: number } | boolean;

/** `-m mark` and `-m connmark`, not negated, of a packet whose flow began before. */
export function questionOf(
  { kind, mask, value }: MarkMatch | ConnmarkMatch,
  { mark, matched }: Branch,
  connection: Connection,
): FlowQuestion {
  const bits = flowBits(listMatched(matched));
  const [known, mixed] = kind === 'mark' ? [mark, bits.packet] : [connection.mark, bits.flow];
  const asked = (mixed & mask) >>> 0;
  const wanted = turned(value, known & mask);
  // What is no bit of the old mark is as it must be, or is not.
  if (clear(wanted, asked) !== 0) return false;
  return asked === 0 ? true : { mask: asked, value: wanted };
}

/** Whether a packet belongs to a flow that began before. */
export function isOld(state: Packet['state']): boolean {
  return state === 'ESTABLISHED' || state === 'RELATED';
}
