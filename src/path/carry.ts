import type { Header } from '../engine/branch.ts';
import { type Kept, nothingKept } from '../engine/kept.ts';
import { emptyMemory, type Memory } from '../engine/memory.ts';
import {
  type Delivered,
  type Outcome,
  type OutcomeEnd,
  outcomeOf,
  type Rejection,
} from '../engine/outcome.ts';
import { isIcmp, type Origin, type Packet, type Quoted } from '../engine/packet.ts';
import { ingressOf } from '../engine/trace.ts';
import { Walk } from '../engine/walk.ts';
import { type Fraction, multiply } from '../sets/fraction.ts';
import { balance } from './balancer.ts';
import type { NodeRules } from './connection.ts';
import type { LostReason } from './lost.ts';
import type { Scene } from './scene.ts';

/** Where a packet is sent, or comes to: outside of the cluster, or at a node, in one of its pods, or the node itself. */
export type Place =
  | { readonly at: 'outside' }
  | { readonly at: 'node'; readonly node: string; readonly from: 'pod' | 'host' | 'external' };

/** What all nodes remember. */
export type Memories = ReadonlyMap<string, Memory>;

/** A node on a packet's way. */
export interface CarriedHop {
  readonly node: string;
  readonly packet: Packet;
  readonly outcome: Outcome;
  readonly end: OutcomeEnd;
  readonly rules: NodeRules;
}

export type CarriedEnd =
  /** Somebody has it: it looks like that. */
  | { readonly kind: 'arrived'; readonly place: Place; readonly packet: Packet }
  /** The last node ended it. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'lost'; readonly reason: LostReason };

/** One of the ways of a packet through the cluster. */
export interface Carried {
  readonly hops: readonly CarriedHop[];
  readonly memories: Memories;
  readonly weight: Fraction;
  readonly end: CarriedEnd;
  /** Where a balancer set it down, and as what: so it does with all further packets of the flow. */
  readonly balanced: Balanced | null;
}

interface Balanced {
  readonly place: Place;
  readonly packet: Packet;
  /** Whether the balancer makes a connection of its own. */
  readonly own: boolean;
}

interface Underway extends Omit<Carried, 'end'> {
  /** Whether it is an answer: a balancer whose address it has for its destination made the connection, and takes it. */
  readonly back: boolean;
  /** What the nodes so far wrote into it. */
  readonly kept: Kept;
  /** Of a rejection on its way back: the nodes that the packet passed to which it is the answer. */
  readonly answered: readonly CarriedHop[];
}

/** More nodes than this a packet passes only in a circle. */
const mostHops = 8;

/** Carries one packet from where it is sent to whoever gets it, through all nodes on its way, each with what it remembers. */
export class Carrier {
  private readonly scene: Scene;
  private readonly now: number;

  constructor(scene: Scene, now: number) {
    this.scene = scene;
    this.now = now;
  }

  send(
    packet: Packet,
    place: Place,
    back: boolean,
    { memories, weight }: Pick<Carried, 'memories' | 'weight'>,
  ): readonly Carried[] {
    const underway: Underway = {
      hops: [],
      memories,
      weight,
      balanced: null,
      back,
      kept: nothingKept,
      answered: [],
    };
    return place.at === 'outside'
      ? this.goOn(packet, underway)
      : this.enter(packet, place.node, place.from, underway);
  }

  /** Carries what a node answered instead of letting a packet through. The node that answered is the first on the way. */
  sendRejection(packet: Packet, { hops, memories, weight }: Carried): readonly Carried[] {
    const { end, node } = hops.at(-1) as CarriedHop;
    const { delivered } = end.rejection as Rejection;
    const { kept = nothingKept } = end;
    const rejecting = hops.slice(-1);
    const underway = { hops: rejecting, memories, weight, balanced: null, back: true, kept, answered: hops };
    return delivered === 'uplink' ? this.goOn(packet, underway) : arrived(packet, node, delivered, underway);
  }

  private enter(packet: Packet, node: string, from: Origin, underway: Underway): readonly Carried[] {
    const { hops, memories, weight } = underway;
    if (this.scene.dead.has(node)) return lost(underway, { code: 'node-silent', node });
    if (hops.length >= mostHops) return lost(underway, { code: 'in-a-circle' });
    const rules = this.scene.rulesOf(node);
    const host = this.scene.network.hostOf(node);
    const own = { ...packet, from };
    const options = { remember: true, trace: true, now: this.now, kept: underway.kept };
    const walk = new Walk(rules.program, host, options);
    const ends = walk.run(own, ingressOf(host, from, own), memories.get(node) ?? emptyMemory, weight);
    return ends.flatMap(({ end, weight: share }) => {
      const outcome = outcomeOf({ end, weight: share });
      const hop: CarriedHop = { node, packet: own, outcome, end, rules };
      const next: Underway = {
        ...underway,
        hops: [...hops, hop],
        memories: new Map(memories).set(node, end.memory),
        weight: share,
        kept: end.kept ?? nothingKept,
      };
      return this.leave(own, hop, next);
    });
  }

  private leave(packet: Packet, { node, end }: CarriedHop, underway: Underway): readonly Carried[] {
    if (end.verdict !== 'accept') return [{ ...underway, end: { kind: 'stopped' } }];
    const left = packet.about
      ? { ...packet, ...end.left, about: quotedBeyond(packet.about, node, end, underway.answered) }
      : { ...packet, ...concrete(end) };
    return end.delivered === 'uplink'
      ? this.goOn(left, underway)
      : arrived(left, node, end.delivered, underway);
  }

  /** It is on the wire between the nodes: who has its destination takes it. */
  private goOn(packet: Packet, underway: Underway): readonly Carried[] {
    const { network, serviceRoute } = this.scene;
    const { hops } = underway;
    const holder = network.holderOf(packet.destination);
    if (holder.kind === 'node' || (holder.kind === 'pod' && hops.length > 0))
      return this.enter(packet, holder.node, 'external', underway);
    if (holder.kind === 'pod') return lost(underway, { code: 'pod-not-routed', address: packet.destination });
    if (holder.kind === 'service') {
      if (serviceRoute !== null && hops.every(({ node }) => node !== serviceRoute))
        return this.enter(packet, serviceRoute, 'external', underway);
      return lost(underway, { code: 'service-not-routed', address: packet.destination });
    }
    if (holder.kind === 'balancer' && underway.balanced === null && !underway.back)
      return this.spread(packet, holder.service, underway);
    return [{ ...underway, end: { kind: 'arrived', place: { at: 'outside' }, packet } }];
  }

  /** A load balancer spreads connections over nodes; one that makes its own is the client from there on. */
  private spread(packet: Packet, service: string, underway: Underway): readonly Carried[] {
    const { protocol, source, sourcePort, destination, destinationPort } = packet;
    const flow = { protocol, source, sourcePort, destination, destinationPort: destinationPort ?? 0 };
    const shares = balance(this.scene, service, flow);
    if ('code' in shares) return lost(underway, shares);
    return shares.flatMap(({ hop, weight }) => {
      const sent = { ...packet, ...hop.after, sourcePort: hop.after.sourcePort ?? sourcePort };
      const place = { at: 'node', node: hop.node, from: 'external' } as const;
      const balanced = { place, packet: sent, own: hop.mode === 'Proxy' };
      // What a balancer makes of the rest of the header nobody says.
      const next = { ...underway, weight: multiply(underway.weight, weight), balanced, kept: nothingKept };
      return this.enter(sent, hop.node, 'external', next);
    });
  }
}

/** What a node that rejected a packet answers, as it leaves that node. */
export function rejectionBy({ packet: rejected, end }: CarriedHop): Packet {
  const { header, protocol, flags, icmp } = end.rejection as Rejection;
  const answer: Packet = { ...rejected, ...header, protocol, flags, icmp, from: null };
  return isIcmp(protocol) ? { ...answer, about: rejected } : answer;
}

function arrived(packet: Packet, node: string, delivered: Delivered, underway: Underway): readonly Carried[] {
  const place = { at: 'node', node, from: delivered === 'pod' ? 'pod' : 'host' } as const;
  return [{ ...underway, end: { kind: 'arrived', place, packet } }];
}

/** A node that knows the connection undoes its translation in what an error quotes, too: it is as it came to that node. */
function quotedBeyond(about: Quoted, node: string, { answers }: OutcomeEnd, answered: readonly CarriedHop[]) {
  const passed = answered.findLast((hop) => hop.node === node);
  return answers && passed ? passed.packet : about;
}

function lost(underway: Underway, reason: LostReason): readonly Carried[] {
  return [{ ...underway, end: { kind: 'lost', reason } }];
}

/** The header that left; of ports that chance chose from, any stands for all. */
function concrete({ left, memory }: OutcomeEnd): Header {
  return { ...left, sourcePort: left.sourcePort ?? memory.connections.at(-1)?.picked?.first ?? null };
}
