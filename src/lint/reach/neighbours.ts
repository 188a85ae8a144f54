import type { Address } from '../../address/address.ts';
import type { IrProgram } from '../../engine/ir.ts';
import type { Kept } from '../../engine/kept.ts';
import type { Outcome } from '../../engine/outcome.ts';
import type { Origin, Packet } from '../../engine/packet.ts';
import { tracePacket } from '../../engine/trace.ts';
import type { Host } from '../../host/model.ts';
import { type ClientKind, nodeAddress } from './clients.ts';
import { chainPlace, type Place, placeOf } from './front.ts';
import type { CutReason } from './judge.ts';

/** Messages by which machines on one link find each other's hardware address (RFC 4861), which are rules' matter in IPv6. */
const messages = { solicitation: 135, advertisement: 136 } as const;

/** They are sent with all hops left, and taken in no other way. */
const allHops: Kept = new Map([['ttl', { value: 255 }]]);

/** Who is no longer reached, since its address is not found out, and by what. */
export interface Unfound {
  readonly from: ClientKind;
  readonly place: Place;
  readonly why: CutReason;
}

/**
 * What drops messages between the node and its neighbours in any case: from global and link-local addresses, by unicast and to the group
 * of the address. What is not known, and what the kernel dislikes by itself, is none.
 */
export function unfoundNeighbours(program: IrProgram, host: Host): Unfound[] {
  const own = nodeAddress(host);
  if (typeof own !== 'bigint') return [];
  const pod = host.podPrefix?.address;
  const sides = [
    { from: 'external', origin: 'external', node: own, neighbour: own ^ 1n } as const,
    ...(typeof pod === 'bigint'
      ? [{ from: 'pod', origin: 'pod', node: pod | 1n, neighbour: pod | 77n } as const]
      : []),
  ];
  return sides.flatMap(({ from, origin, node, neighbour }) => {
    const ways = Object.values(messages).flatMap((type) => [
      variants(neighbour, node, origin, type),
      variants(node, neighbour, 'host', type),
    ]);
    const lost = ways.map((way) => lossOf(way, program, host)).find((one) => one !== null);
    return lost ? [{ from, ...lost }] : [];
  });
}

function variants(source: bigint, destination: bigint, from: Origin, type: number): readonly Packet[] {
  const sources = from === 'host' ? [source] : [source, linkLocal | (source & 0xffffn)];
  // An advertisement that was asked for goes to who asked.
  const destinations = type === 135 ? [destination, solicited(destination)] : [destination];
  return sources.flatMap((one) => destinations.map((to) => message(one, to, from, type)));
}

const linkLocal = 0xfe80n << 112n;

function solicited(address: bigint): bigint {
  return (0xff02n << 112n) | 0x1_ff00_0000n | (address & 0xff_ffffn);
}

function message(source: Address, destination: Address, from: Origin, type: number): Packet {
  const icmp = { type, code: 0 };
  const ports = { sourcePort: null, destinationPort: null };
  return { protocol: 58, source, destination, ...ports, from, flags: 0, icmp, state: null };
}

function lossOf(way: readonly Packet[], program: IrProgram, host: Host): Omit<Unfound, 'from'> | null {
  const outcomes = way.flatMap(
    (packet) => tracePacket(program, host, packet, { trace: true, kept: allHops }).outcomes,
  );
  const told = outcomes.filter(
    ({ verdict, reason, by }) => !(verdict === 'drop' && by === null && reason?.code !== 'policy-drop'),
  );
  const losses = told.map(lossBy);
  return losses.includes(null) ? null : (losses[0] ?? null);
}

function lossBy({ verdict, reason, by }: Outcome): Omit<Unfound, 'from'> | null {
  const part = 'neighbours';
  if (verdict !== 'drop' && verdict !== 'reject') return null;
  if (by !== null) {
    const how = verdict === 'drop' ? 'dropped' : 'rejected';
    return { place: placeOf(by.place), why: { kind: 'rule', place: by.place, how, part } };
  }
  if (reason?.code !== 'policy-drop') return null;
  const { table, chain } = reason;
  return { place: chainPlace(table, chain), why: { kind: 'policy', table, chain, part } };
}
