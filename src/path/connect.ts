import { formatAddress, formatEndpoint } from '../address/address.ts';
import {
  type ConnectionVerdict,
  openingOf,
  type Plan,
  planOf,
  type Reached,
  type StepName,
  verdictOfRejection,
} from '../engine/connect.ts';
import { isAnswer } from '../engine/hearing.ts';
import type { Rejection, Verdict } from '../engine/outcome.ts';
import { isIcmp, type Packet, type Quoted } from '../engine/packet.ts';
import type { Reason } from '../engine/reasons.ts';
import { add, type Fraction, formatFraction, one, toNumber } from '../sets/fraction.ts';
import { dataKey } from '../text/data-key.ts';
import { type Carried, type CarriedHop, Carrier, type Memories, type Place, rejectionBy } from './carry.ts';
import type { LostReason } from './lost.ts';
import type { Network } from './network.ts';
import type { Scene } from './scene.ts';

/** One packet of a connection, through the cluster. */
export interface ClusterStep {
  readonly step: StepName;
  /** As it was sent. */
  readonly packet: Packet;
  readonly hops: readonly CarriedHop[];
  /** Null: it came to whom it was for. */
  readonly failed: StepFailure | null;
  /** What a node answered to the client instead of letting it through; null: nothing that would tell the client anything. */
  readonly rejection: CarriedRejection | null;
}

/** A reset, or an ICMP error, on its way back to the client. */
export interface CarriedRejection {
  /** As it left the node that gave it. */
  readonly packet: Packet;
  /** Nodes behind that one. */
  readonly hops: readonly CarriedHop[];
  /** Null: the client hears of it. */
  readonly failed: StepFailure | null;
}

/** Why a packet did not come to whom it was for. */
export type StepFailure =
  /** The last node ended it. */
  | { readonly kind: 'stopped' }
  /** It came past the nodes that translated, or to somebody else. */
  | {
      readonly kind: 'strayed';
      readonly from: string;
      readonly called: string;
      readonly past: readonly string[];
    }
  | { readonly kind: 'lost'; readonly reason: LostReason }
  /** Whether it came is not known. */
  | { readonly kind: 'untold'; readonly reason: LostReason | Reason };

/** What becomes of a share of the connections. */
export interface ClusterConnection {
  readonly verdict: ConnectionVerdict;
  /** The packet at which it fails: the last of the steps. */
  readonly at: StepName | null;
  /** `address:port` of the server; null: none was reached. */
  readonly server: string | null;
  readonly reached: Reached | null;
  /** Whom the server sees. */
  readonly seen: string | null;
  readonly probability: number;
  readonly weight: string;
  readonly steps: readonly ClusterStep[];
}

interface Underway {
  readonly memories: Memories;
  readonly weight: Fraction;
  /** How the client's packets set out: after a balancer, from the node that it chose, and as the balancer's `own`, where it makes a connection. */
  readonly client: { readonly packet: Packet; readonly place: Place; readonly own: boolean };
  readonly server: { readonly packet: Packet; readonly place: Place } | null;
  readonly steps: readonly ClusterStep[];
}

interface Ended extends Underway {
  readonly verdict: ConnectionVerdict;
  readonly at: StepName | null;
}

/**
 * Follows a connection through all nodes on its way, and its answers back, each node with what it remembers of it. The server
 * is taken to listen, and to answer. Packets of TCP begin with a SYN, whatever flags are given.
 */
export function connectThrough(scene: Scene, packet: Packet, place: Place): readonly ClusterConnection[] {
  const opening = openingOf(packet);
  const client = { packet: { ...opening, from: null }, place, own: false };
  let ways: readonly Underway[] = [{ memories: new Map(), weight: one, client, server: null, steps: [] }];
  const ended: Ended[] = [];
  planOf(opening).forEach((plan, index) => {
    const carrier = new Carrier(scene, index * 0.01);
    const next: Underway[] = [];
    for (const way of ways) {
      for (const taken of take(carrier, way, plan)) {
        if (taken.at !== null) ended.push(taken);
        else next.push(taken);
      }
    }
    ways = next;
  });
  return merge([...ended, ...ways.map((way): Ended => ({ ...way, verdict: 'established', at: null }))]);
}

/** Where a packet with this source is sent; undefined: the cluster does not tell. */
export function placeOf({ source, from }: Packet, network: Network): Place | undefined {
  if (from === 'external') return { at: 'outside' };
  const holder = network.holderOf(source);
  if (holder.kind === 'pod' && (from === null || from === 'pod'))
    return { at: 'node', node: holder.node, from: 'pod' };
  if (holder.kind === 'node' && (from === null || from === 'host'))
    return { at: 'node', node: holder.node, from: 'host' };
  return holder.kind === 'outside' && from === null ? { at: 'outside' } : undefined;
}

/** One packet on one way: ways that go on have no `at`. */
function take(carrier: Carrier, way: Underway, plan: Plan): readonly Ended[] {
  const sender = plan.back ? (way.server as NonNullable<Underway['server']>) : way.client;
  const packet = plan.back ? answerTo(sender.packet, plan) : { ...sender.packet, flags: plan.flags };
  return carrier.send(packet, sender.place, plan.back, way).flatMap((carried) => {
    const failed = failureOf(carried, plan, way);
    const next: Underway = {
      memories: carried.memories,
      weight: carried.weight,
      client: way.client,
      server: way.server,
      steps: [...way.steps, { step: plan.step, packet, hops: carried.hops, failed, rejection: null }],
    };
    if (failed === null) return { ...reached(next, carried), verdict: 'established', at: null };
    const told = toldBy(carried, plan, way.steps.length === 0);
    if (told !== null) return refuse(carrier, next, carried, plan, told);
    const mayBeTold = !plan.back && carried.hops.at(-1)?.end.eaten !== undefined;
    const isUntold = mayBeTold || stopOf(carried) === 'unknown';
    return { ...next, verdict: isUntold ? 'unknown' : plan.lost, at: plan.step };
  });
}

/** What the client hears of a packet of its own that was rejected, if it hears of it; null: nothing. */
function toldBy({ end, hops }: Carried, { back }: Plan, opens: boolean): 'refused' | 'reset' | null {
  const last = end.kind === 'stopped' && !back ? hops.at(-1) : undefined;
  return last?.end.rejection ? verdictOfRejection(last.end, opens) : null;
}

/** A packet was rejected: so is the connection, if the client hears of it. */
function refuse(
  carrier: Carrier,
  way: Underway,
  rejected: Carried,
  { step, lost }: Plan,
  told: 'refused' | 'reset',
): readonly Ended[] {
  const rejecting = rejected.hops.at(-1) as CarriedHop;
  const packet = rejectionBy(rejecting);
  const isProxied = rejected.balanced?.own ?? way.client.own;
  const untold = isProxied ? kept : mayBypass(rejecting, packet);
  return carrier.sendRejection(packet, rejected).map((carried) => {
    const { memories, weight, hops } = carried;
    const failed = untold ?? unheard(carried, way.client.packet);
    const steps = way.steps.with(-1, {
      ...(way.steps.at(-1) as ClusterStep),
      rejection: { packet, hops: hops.slice(1), failed },
    });
    const isKnown = untold === null && stopOf(carried) !== 'unknown';
    const verdict = failed === null ? told : isKnown ? lost : 'unknown';
    return { ...way, memories, weight, steps, verdict, at: step };
  });
}

/** A reset whose way is not known, where a translation would be undone on one way alone; null: it arrives in any case. */
function mayBypass({ end: { left, rejection } }: CarriedHop, reset: Packet): StepFailure | null {
  const { pastRules } = rejection as Rejection;
  if (typeof pastRules === 'boolean' || isAnswer(reset, left)) return null;
  return { kind: 'untold', reason: { code: 'reset-way-unknown', doubt: pastRules } };
}

const kept: StepFailure = { kind: 'untold', reason: { code: 'balancer-may-tell' } };

/** Why a client does not hear of a rejection; null: it does. Of an error, what it quotes tells whom it is for. */
function unheard({ end }: Carried, client: Packet): StepFailure | null {
  if (end.kind !== 'arrived') return end;
  const { packet } = end;
  const wanted = answerTo(client, packet);
  const fits = packet.about
    ? packet.destination === client.source && sameEnds(packet.about, client)
    : sameEnds(packet, wanted);
  return fits
    ? null
    : strayed(packet.about ? answerTo({ ...packet, ...packet.about }, packet) : packet, wanted, []);
}

/** The first packet has come to the server, perhaps from a balancer that makes connections of its own. */
function reached(way: Underway, { end, balanced }: Carried): Underway {
  if (way.server || end.kind !== 'arrived') return way;
  return { ...way, server: { packet: end.packet, place: end.place }, client: balanced ?? way.client };
}

/** What the last node made of a packet that went no further. */
function stopOf({ end, hops }: Carried): Verdict | undefined {
  return end.kind === 'stopped' ? hops.at(-1)?.end.verdict : undefined;
}

function failureOf({ end, hops }: Carried, plan: Plan, way: Underway): StepFailure | null {
  if (end.kind !== 'arrived') return end;
  const { packet } = end;
  const wanted = plan.back ? answerTo(way.client.packet, plan) : way.server?.packet;
  if (!wanted || sameEnds(packet, wanted)) return null;
  const first = way.steps[0]?.hops ?? [];
  const past = first.filter(
    ({ node, end: { dnat, masqueraded } }) =>
      (dnat !== null || masqueraded) && hops.every((hop) => hop.node !== node),
  );
  return strayed(
    packet,
    wanted,
    past.map(({ node }) => node),
  );
}

function strayed(packet: Packet, wanted: Packet, past: readonly string[]): StepFailure {
  return { kind: 'strayed', from: sayEnd(packet, 'source'), called: sayEnd(wanted, 'source'), past };
}

function sameEnds(packet: Quoted, wanted: Quoted): boolean {
  const ported = !isIcmp(packet.protocol);
  return (
    packet.source === wanted.source &&
    packet.destination === wanted.destination &&
    (!ported ||
      (packet.sourcePort === wanted.sourcePort && packet.destinationPort === wanted.destinationPort))
  );
}

/** Turned round: what the server sends, or what the client waits for. */
function answerTo(packet: Packet, { flags }: Pick<Packet, 'flags'>): Packet {
  const { protocol, source, sourcePort, destination, destinationPort, icmp } = packet;
  const icmpAnswer = isIcmp(protocol);
  return {
    ...packet,
    from: null,
    source: destination,
    destination: source,
    sourcePort: icmpAnswer ? sourcePort : destinationPort,
    destinationPort: icmpAnswer ? null : sourcePort,
    flags,
    icmp: icmpAnswer ? { type: protocol === 1 ? 0 : 129, code: icmp.code } : icmp,
  };
}

function sayEnd(packet: Packet, side: 'source' | 'destination'): string {
  const [address, port] =
    side === 'source' ? [packet.source, packet.sourcePort] : [packet.destination, packet.destinationPort];
  return port === null || isIcmp(packet.protocol) ? formatAddress(address) : formatEndpoint(address, port);
}

function merge(ended: readonly Ended[]): readonly ClusterConnection[] {
  const merged = new Map<string, Ended>();
  for (const way of ended) {
    const { verdict, at, server, steps } = way;
    const last = steps.at(-1) as ClusterStep;
    const nodes = steps.map(({ hops }) => hops.map(({ node }) => node).join('>')).join(' ');
    const stop = at === null ? '' : dataKey([last, last.rejection].map((one) => one && stopKey(one)));
    const key = [
      verdict,
      at,
      server && sayEnd(server.packet, 'destination'),
      server && formatAddress(server.packet.source),
      nodes,
      stop,
    ].join('|');
    const known = merged.get(key);
    merged.set(key, known ? { ...known, weight: add(known.weight, way.weight) } : way);
  }
  return [...merged.values()].map(({ verdict, at, server, weight, steps }) => ({
    verdict,
    at,
    server: server && sayEnd(server.packet, 'destination'),
    reached: server && endOf(server.packet),
    seen: server && formatAddress(server.packet.source),
    probability: toNumber(weight),
    weight: formatFraction(weight),
    steps,
  }));
}

function endOf({ protocol, destination, destinationPort }: Packet): Reached {
  return { address: destination, port: isIcmp(protocol) ? null : destinationPort };
}

function stopKey({ hops, failed }: Pick<ClusterStep, 'hops' | 'failed'>): readonly unknown[] {
  const place = hops.at(-1)?.end.by?.place;
  return [failed, hops.map(({ node }) => node), place && [place.table, place.chain, place.number]];
}
