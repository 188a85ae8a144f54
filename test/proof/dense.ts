import { type Address, formatAddress, parseAddress } from '../../src/address/address.ts';
import { portProtocols } from '../../src/address/protocols.ts';
import { withSource } from '../../src/engine/local-routing.ts';
import { emptyMemory } from '../../src/engine/memory.ts';
import type { Outcome } from '../../src/engine/outcome.ts';
import { isIcmp, type Origin, type Packet } from '../../src/engine/packet.ts';
import { buildProgram } from '../../src/engine/program.ts';
import { ingressOf } from '../../src/engine/trace.ts';
import { Walk } from '../../src/engine/walk.ts';
import type { Host } from '../../src/host/model.ts';
import type { Ruleset } from '../../src/iptables/rule/ruleset.ts';
import type { PacketComparison } from '../../src/proof/compare.ts';
import type { Fate } from '../../src/proof/explore/fate.ts';
import { arrivalStates, type Box, dimensions, holds } from '../../src/sets/box.ts';
import type { IntervalSet } from '../../src/sets/intervals.ts';
import { because } from '../said.ts';

export const origins: readonly Origin[] = ['host', 'external', 'pod'];

/** A source of numbers below a bound, such as fast-check hands out. */
export type Dice = (below: number) => number;

function oneOf<T>(list: readonly T[], dice: Dice): T {
  return list[dice(list.length)] as T;
}

/** Every address that the texts name, and its neighbours. */
export function addressesIn(...texts: readonly string[]): Address[] {
  const found = new Set<Address>();
  for (const text of texts) {
    for (const [word] of text.matchAll(/(?<![\w.:])(?:\d+\.){3}\d+|[0-9a-f]{1,4}:[0-9a-f:]+/g)) {
      const address = parseAddress(word);
      if (address === undefined) continue;
      const step = typeof address === 'number' ? 1 : 1n;
      for (const near of [
        address,
        (address as number) + (step as number),
        (address as number) - (step as number),
      ]) {
        if (near >= 0 && near !== 2 ** 32 && near < 1n << 128n) found.add(near);
      }
    }
  }
  return [...found];
}

export function portsIn(...texts: readonly string[]): number[] {
  const found = new Set<number>([0, 80, 65535]);
  for (const text of texts) {
    for (const [, first, last] of text.matchAll(/--[ds]ports? (\d+)(?::(\d+))?/g)) {
      for (const port of [first, last].map(Number)) if (port >= 0) found.add(port).add(port + 1);
    }
  }
  return [...found].filter((port) => port <= 65535);
}

/** Packets that come near to everything that rules ask. */
export function nearbyPacket(addresses: readonly Address[], ports: readonly number[], dice: Dice): Packet {
  const family = typeof addresses[0];
  const own = addresses.filter((address) => typeof address === family);
  const protocol = oneOf([6, 6, 6, 17, 17, 132, family === 'number' ? 1 : 58, 47], dice);
  const ported = [6, 17, 132].includes(protocol);
  const state = oneOf(
    [null, null, null, null, 'ESTABLISHED', 'INVALID', 'RELATED', 'UNTRACKED'] as const,
    dice,
  );
  return {
    protocol,
    source: oneOf(own, dice),
    destination: oneOf(own, dice),
    sourcePort: ported ? oneOf([40000, ...ports], dice) : null,
    destinationPort: ported ? oneOf(ports, dice) : null,
    from: oneOf(origins, dice),
    flags: protocol === 6 ? 2 : 0,
    icmp:
      protocol === 1 ? { type: 8, code: 0 } : protocol === 58 ? { type: 128, code: 0 } : { type: 0, code: 0 },
    state,
  };
}

function member(set: IntervalSet, dice: Dice): Address {
  const at = dice(set.length / 2);
  const [first, last] = [set[2 * at] as Address, set[2 * at + 1] as Address];
  if (typeof first === 'number') return first + dice(Math.min((last as number) - first + 1, 2 ** 31));
  const size = (last as bigint) - first + 1n;
  return first + (size > 2n ** 31n ? BigInt(dice(2 ** 31)) : BigInt(dice(Number(size))));
}

/** Any packet of a box. */
export function packetIn({ sides }: Box, dice: Dice): Packet {
  const point = Object.fromEntries(
    dimensions.map((dimension) => [dimension, member(sides[dimension], dice)]),
  );
  const protocol = Number(point.protocol);
  const ported = [6, 17, 33, 132, 136].includes(protocol);
  const state = arrivalStates[Number(point.state)] as (typeof arrivalStates)[number];
  return {
    protocol,
    source: point.source as Address,
    destination: point.destination as Address,
    sourcePort: ported ? Number(point.sourcePort) : null,
    destinationPort: ported ? Number(point.destinationPort) : null,
    from: origins[Number(point.origin)] as Origin,
    flags: Number(point.flags),
    icmp: { type: Number(point.icmpType), code: Number(point.icmpCode) },
    state: state === 'NEW' ? null : state,
  };
}

/** A packet that differs from one of a box in one respect, perhaps only just outside of it. */
export function neighbour(box: Box, near: readonly Packet[], dice: Dice): Packet {
  const packet = packetIn(box, dice);
  const other = oneOf(near, dice);
  const set = oneOf([box.sides.source, box.sides.destination], dice);
  const side = set === box.sides.source ? 'source' : 'destination';
  const edge = oneOf(set, dice);
  const step = (typeof edge === 'number' ? 1 : 1n) as never;
  const beyond = oneOf([(edge as never) + step, (edge as never) - step] as Address[], dice);
  const top = typeof edge === 'number' ? 2 ** 32 : 1n << 128n;
  const ported = packet.destinationPort !== null;
  const changes: Partial<Packet>[] = [
    { source: other.source },
    { destination: other.destination },
    { from: other.from },
    { state: packet.state === null ? other.state : null },
    beyond >= 0 && beyond < top ? { [side]: beyond } : {},
    ported ? { destinationPort: dice(65536) } : {},
    ported ? { sourcePort: dice(65536) } : {},
    ported && packet.protocol !== 6 ? { protocol: oneOf([17, 132, 33, 136], dice) } : {},
  ];
  return { ...packet, ...oneOf(changes, dice) };
}

/**
 * The packet as rules meet it: connection tracking calls the first one of a flow INVALID where no flow begins like that,
 * or does not look at it, and the node puts an address of its own in place of 0.0.0.0. Fields of other protocols count nothing.
 */
export function asMet(packet: Packet, host: Host): Packet {
  const { source } = packet.from === 'host' ? withSource(packet, host) : packet;
  const ports = portProtocols.has(packet.protocol) ? {} : { sourcePort: null, destinationPort: null };
  const flags = packet.protocol === 6 ? packet.flags : 0;
  const icmp = isIcmp(packet.protocol) ? packet.icmp : { type: 0, code: 0 };
  const sent = { ...packet, ...ports, source, flags, icmp };
  return sent.state === null ? { ...sent, state: firstState(sent) } : sent;
}

function firstState({ protocol, flags, icmp }: Packet): Packet['state'] {
  if (protocol === 6) return [2, 16].includes(flags & 0b10111) ? null : 'INVALID';
  if (protocol === 1) return [8, 13, 15, 17].includes(icmp.type) ? null : 'INVALID';
  if (protocol !== 58 || [128, 139].includes(icmp.type)) return null;
  // noct_valid_new of nf_conntrack_proto_icmpv6.c: a redirect (137) is none of them.
  return (icmp.type >= 130 && icmp.type <= 136) || icmp.type === 143 ? 'UNTRACKED' : 'INVALID';
}

export function isIn(packet: Packet, box: Box): boolean {
  return holds(box, {
    origin: origins.indexOf(packet.from as Origin),
    state: arrivalStates.indexOf(packet.state ?? 'NEW'),
    protocol: packet.protocol,
    source: packet.source,
    destination: packet.destination,
    sourcePort: packet.sourcePort ?? 0,
    destinationPort: packet.destinationPort ?? 0,
    flags: packet.flags,
    icmpType: packet.icmp.type,
    icmpCode: packet.icmp.code,
  });
}

/** What happens to a packet, in a form that can be compared with what happens to others. */
export type Tracer = (packet: Packet) => string;

export function tracerOf(ruleset: Ruleset, host: Host): Tracer {
  const program = buildProgram(ruleset);
  return (packet) => {
    const ingress = ingressOf(host, packet.from as Origin, packet);
    const ends = new Walk(program, host).run(packet, ingress, emptyMemory);
    return spell(
      ends.map(({ end, weight }) => ({ end, weight: [weight.n, weight.d] })),
      packet,
    );
  };
}

/** The same of a class: what `witness` stands for. */
export function spellFate({ items }: Fate, witness: Packet): string {
  return spell(
    items.map(({ end, weight }) => ({ end, weight: [weight.n, weight.d] as const })),
    witness,
  );
}

interface Ended {
  readonly end: Pick<Outcome, 'verdict' | 'dnat' | 'src' | 'delivered' | 'rejectWith' | 'reason'>;
  readonly weight: readonly [n: bigint, d: bigint];
}

/** What a packet kept of its own is spelt `=`. */
function spell(ends: readonly Ended[], packet: Packet): string {
  const shares = new Map<string, bigint>();
  for (const { end, weight } of ends) {
    const { verdict, dnat, src, delivered, rejectWith } = end;
    const source = src === formatAddress(packet.source) ? '=' : src;
    const parts = [verdict, spellEnd(dnat, packet), source, delivered, rejectWith];
    // Where the rule stands whose effect is not known is no part of a packet's fate.
    const reason = verdict === 'unknown' && because(end)?.replace(/\brule \d+ of /, '');
    const why = reason === false ? reason : reason?.replaceAll(formatAddress(packet.destination), '=');
    const key = [...parts, why].join(' ');
    shares.set(key, (shares.get(key) ?? 0n) + (weight[0] * 10n ** 15n) / weight[1]);
  }
  return [...shares]
    .map(([key, share]) => `${key} ${(share + 500n) / 1000n}`)
    .sort()
    .join('\n');
}

/** A packet without ports keeps its port as one does whose port stays: a class may hold both. */
function spellEnd(dnat: string | null, { destination, destinationPort }: Packet): string {
  if (dnat === null) return 'unchanged';
  const port = `:${destinationPort}`;
  const whole = destinationPort === null ? bracketed(dnat) + port : dnat;
  const own = `${bracketed(formatAddress(destination))}:`;
  const end = whole.startsWith(own) ? `=${whole.slice(own.length - 1)}` : whole;
  return end.endsWith(port) ? `${end.slice(0, -port.length)}:=` : end;
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

export function boxesOf({ classes, unproved, left }: PacketComparison): Box[] {
  return [...classes.flatMap(({ boxes }) => boxes), ...unproved.flatMap(({ boxes }) => boxes), ...left];
}
