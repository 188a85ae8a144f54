import type { Address } from '../../address/address.ts';
import type { Guide } from '../../engine/guide.ts';
import type { IrProgram, RulePlace } from '../../engine/ir.ts';
import type { Outcome } from '../../engine/outcome.ts';
import type { Packet } from '../../engine/packet.ts';
import type { Host } from '../../host/model.ts';
import { dataKey } from '../../text/data-key.ts';
import { aimedAxes } from './aim.ts';
import { allAxes, combinationsOf, firstOf, packetsOf } from './axes.ts';
import { type Move, movesOf, remembers, Side, type Turn } from './conversation.ts';
import { World } from './world.ts';

/** A packet to which the two programs do something else, and the one that began its flow: itself, or an earlier one. */
export interface Differing {
  readonly first: Packet;
  readonly turn: Turn;
  /** All that was sent, it last. */
  readonly sent: readonly Move[];
  /** What becomes of it on either side. */
  readonly before: readonly Outcome[];
  readonly after: readonly Outcome[];
}

/** What the second procedure found. */
export interface SecondLook {
  readonly differing: readonly Differing[];
  /** How many conversations were walked on both sides; of these, for how many a side left open what happens. */
  readonly walked: number;
  readonly open: number;
  /** Whether every combination was walked, or some of them. */
  readonly whole: boolean;
}

export interface SecondOptions {
  /** How many conversations are walked at most. */
  readonly limit?: number;
  /**
   * Whether something is supposed of what no packet says: the TOS, how often a limit was asked. Without it that stays open, and what differs
   * does so in every world. Default: yes.
   */
  readonly supposing?: boolean;
}

const defaultLimit = 4000;

/**
 * A second procedure, deliberately simple, that shares nothing with the first but the program and the walk: every field's values are cut
 * at all bounds that either program or the host mentions, and a packet of each combination is walked through both, with all
 * that follows it: the same again, answers, later packets of either end, and where rules remember, other flows.
 * Where there are too many, up to half are packets that can meet rules which only one side has, and the rest are taken in large steps
 * through all combinations, so that each value meets many others.
 */
export function lookAgain(
  before: IrProgram,
  after: IrProgram,
  host: Host,
  { limit = defaultLimit, supposing = true }: SecondOptions = {},
): SecondLook {
  const { packets, whole } = packetsBetween(before, after, host, limit);
  return { ...lookAt(packets, before, after, host, supposing), whole };
}

/** The same of these packets. */
export function lookAt(
  packets: readonly Packet[],
  before: IrProgram,
  after: IrProgram,
  host: Host,
  supposing: boolean,
): Omit<SecondLook, 'whole'> {
  const programs = [before, after] as const;
  const haveStates = programs.some(remembers);
  const differing: Differing[] = [];
  let open = 0;
  for (const [number, first] of packets.entries()) {
    const moves = movesOf(first, haveStates, haveStates ? besideOf(first, number, packets) : []);
    const found = compare(programs, host, moves, supposing ? new World(number) : {});
    if (found === 'open') open += 1;
    else if (found) differing.push({ first, ...found });
  }
  return { differing, walked: packets.length, open };
}

/** The rules of one side that the last of these packets meets, on any of its ways. */
export function rulesMet(sent: readonly Move[], program: IrProgram, host: Host): readonly RulePlace[] {
  const side = new Side(program, host, {}, true);
  for (const move of sent) side.send(move);
  return side.outcomes.flatMap(({ matched }) => matched.map(({ place }) => place));
}

/** First packets that may tell two programs apart, up to so many; `whole`: there are no others. */
export function packetsBetween(
  before: IrProgram,
  after: IrProgram,
  host: Host,
  limit: number,
): { readonly packets: readonly Packet[]; readonly whole: boolean } {
  const axes = allAxes([before, after], host);
  const whole = combinationsOf(axes) <= BigInt(limit);
  const aimed = firstOf(aimedAxes(before, after, host), Math.floor(limit / 2));
  const packets = distinct([...aimed, ...packetsOf(axes, whole ? limit : limit - aimed.length)]);
  return { packets, whole };
}

/** The first packet of which the two sides make something else; null: of none. */
function compare(
  programs: readonly [IrProgram, IrProgram],
  host: Host,
  moves: readonly Move[],
  guide: Guide,
): Omit<Differing, 'first'> | 'open' | null {
  const [left, right] = programs.map((program) => new Side(program, host, guide)) as [Side, Side];
  for (const [at, move] of moves.entries()) {
    const [was, is] = [left.send(move), right.send(move)];
    if (was === null || is === null) return 'open';
    if (was !== is)
      return { turn: move.turn, sent: moves.slice(0, at + 1), before: left.outcomes, after: right.outcomes };
  }
  return null;
}

/** Packets that are like one but for a thing in which others of the list are not, or two. */
function besideOf(first: Packet, number: number, packets: readonly Packet[]): readonly Packet[] {
  const others = [...packets.slice(number + 1), ...packets.slice(0, number)].filter(
    ({ from, state }) => from === first.from && state === null,
  );
  const another = <Name extends keyof Packet>(name: Name) => {
    const found = others.find((packet) => packet.protocol === first.protocol && packet[name] !== first[name]);
    return found ? { [name]: found[name] } : {};
  };
  const port = another('destinationPort');
  const neighbour = { source: neighbourOf(first.source) };
  const ofProtocol = others.find(
    ({ protocol, destination }) => protocol !== first.protocol && destination === first.destination,
  );
  return [
    { ...first, ...port },
    { ...first, ...neighbour, ...port },
    { ...first, ...neighbour },
    { ...first, ...another('source'), ...another('destination') },
    ...(ofProtocol ? [ofProtocol] : []),
  ];
}

const neighbourOf = (address: Address): Address =>
  typeof address === 'number' ? (address ^ 1) >>> 0 : address ^ 1n;

function distinct(packets: readonly Packet[]): readonly Packet[] {
  return [...new Map(packets.map((packet) => [dataKey(packet), packet])).values()];
}
