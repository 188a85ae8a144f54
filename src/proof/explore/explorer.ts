import type { Address } from '../../address/address.ts';
import { portProtocols } from '../../address/protocols.ts';
import type { Matched } from '../../engine/branch.ts';
import type { Weighed } from '../../engine/collector.ts';
import { emptyMemory } from '../../engine/memory.ts';
import type { OutcomeEnd } from '../../engine/outcome.ts';
import type { Origin, Packet } from '../../engine/packet.ts';
import type { ProgramChain } from '../../engine/program.ts';
import { hasOwnRouting } from '../../engine/routing.ts';
import { ingressOf } from '../../engine/trace.ts';
import { Walk } from '../../engine/walk.ts';
import type { Host } from '../../host/model.ts';
import { isMulticast } from '../../host/route.ts';
import { type Box, type Dimension, dimensions, withSide } from '../../sets/box.ts';
import { formatFraction } from '../../sets/fraction.ts';
import {
  has,
  type IntervalSet,
  intersect,
  isEmpty,
  isSingle,
  isWithin,
  pick,
  single,
  subtract,
  unionOf,
} from '../../sets/intervals.ts';
import { type Facts, noFacts } from '../facts.ts';
import { type Instances, pairInstances } from '../open/instances.ts';
import { Suppositions, TestsMade } from '../open/suppositions.ts';
import type { Fingerprint } from '../rules/fingerprint.ts';
import type { Survey } from '../rules/survey.ts';
import { Ahead } from './ahead.ts';
import { withFlag } from './asked.ts';
import { type Fate, type FateItem, fateOf, isSameFate, matchedIn } from './fate.ts';
import { classOf, type HostSets, senderClassOf, sentClassOf, sourceClassOf } from './host-sets.ts';
import { type LaterPacket, laterPackets } from './later.ts';
import { type Point, packetAt, wantedMembers } from './origins.ts';
import { type Decider, type Remembered, Watch } from './watch.ts';

/** The rule sets that packets are walked through, and the node on which that happens. */
export interface WalkQuestion {
  readonly prints: readonly Fingerprint[];
  readonly host: Host;
  readonly sets: HostSets;
  readonly origins: readonly Origin[];
  readonly memory: Remembered;
  readonly facts?: Facts;
  /** Later packets of flows are looked at. */
  readonly flows?: boolean;
  /** Base chains that do not do the same under the other; null: any may be such a one. */
  readonly own?: ReadonlySet<ProgramChain> | null;
}

/** One packet of a box that was walked through every rule set, and the part of the box that fares like it. */
/** How a flow began. */
export interface Begun {
  readonly packet: Packet;
  /** On either side. */
  readonly matched: readonly Matched[];
}

export interface Look {
  readonly box: Box;
  readonly packet: Packet;
  /** One for each rule set. */
  readonly fates: readonly Fate[];
  /** It could not be told for which packets of the box this holds. */
  readonly blurred: boolean;
  /** What is left of the box, in disjoint parts. */
  readonly rest: readonly Box[];
  /** Of a later packet of a flow: the first one, and the rules that it met. */
  readonly begun?: Begun;
}

/** What one rule set does to a packet, and what that depended on. */
interface Walked {
  readonly fate: Fate;
  readonly watch: Watch;
  readonly ends: readonly Weighed<OutcomeEnd>[];
}

/** How a packet is walked: as a later one of its flow, or as far as rules differ, by side. */
interface How {
  readonly later?: LaterPacket;
  readonly aheads?: readonly Ahead[];
}

interface Looked {
  readonly box: Box;
  readonly point: Point;
  readonly packet: Packet;
  readonly suppositions: Suppositions;
  /** All that the cell depends on. */
  readonly walks: readonly Walked[];
  /** What is compared. */
  readonly fates: readonly Fate[];
  /** What else it depends on. */
  readonly deciders?: readonly Decider[];
}

/** Work after which no more boxes should be looked at, in rules tried; and walks that gave up, each of which is long. */
const mostWork = 100_000_000;
const mostExhausted = 4;

/** After so many packets in a row that differ where they were left, it is tried with one of so many alone. */
const mostTrust = 16;
const seldom = 8;

/** Looks at boxes by one of their packets. */
export class Explorer {
  /** How well it went of late to follow packets only as far as rules differ; and how many were looked at. */
  private trust = mostTrust;
  private turn = 0;
  private work = 0;
  private exhausted = 0;
  private readonly question: WalkQuestion;
  private readonly remember: boolean;
  private readonly tests = new TestsMade();
  private readonly instances: Instances;
  private readonly unread: number;
  private readonly countedSets: ReadonlySet<string>;
  private readonly orderedLists: ReadonlySet<string>;
  private readonly translates: boolean;
  private readonly asksFragments: boolean;
  private readonly asksConnections: boolean;
  private readonly asksFlags: boolean;
  /** Values that NAT can put into a packet: a packet that has them already would seem untouched. */
  private readonly taken: Readonly<Partial<Record<Dimension, (value: Address) => boolean>>>;
  private readonly takenSets = new Map<Dimension, IntervalSet>();
  private readonly own: ReadonlySet<Address>;
  /** By side; null: any chain may do something else on the other one. */
  private readonly aheads: readonly Ahead[] | null;
  /** REDIRECT gives an address of the node. */
  private readonly redirects: boolean;

  constructor(question: WalkQuestion) {
    this.question = question;
    const surveys = question.prints.map(({ survey }) => survey);
    this.unread = ~surveys.reduce((bits, { bitsAsked }) => bits | bitsAsked, 0) >>> 0;
    const marks = surveys.some(({ bitsSet }) => (bitsSet & this.unread) !== 0);
    this.remember = question.memory === 'any' && (marks || surveys.some(({ remembers }) => remembers));
    this.countedSets = new Set(surveys.flatMap(({ countedSets }) => [...countedSets]));
    this.orderedLists = new Set(surveys.flatMap(({ orderedLists }) => [...orderedLists]));
    this.asksFragments = surveys.some(({ asksFragments }) => asksFragments);
    this.translates = surveys.some(({ translates }) => translates);
    // Nat is asked for what begins a connection, and not for what comes past them.
    this.asksConnections = this.translates || surveys.some(({ asksConnections }) => asksConnections);
    this.asksFlags = surveys.some((survey) => survey.asksFlags);
    const [before, after] = surveys;
    this.instances = pairInstances(before?.stateful ?? [], after?.stateful ?? []);
    const own = new Set(
      question.host.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
    );
    this.own = own;
    this.aheads = aheadsOf(question, surveys);
    this.redirects = surveys.some(({ looseProducers }) => looseProducers.length > 0);
    this.taken = {
      source: (value) => own.has(value) || surveys.some(({ sources }) => sources.has(value)),
      destination: (value) =>
        (this.redirects && own.has(value)) || surveys.some(({ producers }) => producers.has(value)),
      sourcePort: (value) => surveys.some(({ ports }) => ports.has(value)),
      destinationPort: (value) => surveys.some(({ ports }) => ports.has(value)),
    };
  }

  /** So much was done that what is left should be left. */
  get isSpent(): boolean {
    return this.work > mostWork || this.exhausted > mostExhausted;
  }

  look(box: Box): Look {
    const point = this.pointOf(box);
    const packet = packetAt(point, this.question.origins, (protocol) => portProtocols.has(protocol));
    return this.lookBriefly(box, point, packet) ?? this.lookWhole(box, point, packet);
  }

  /**
   * Follows a packet as far as rules of either side differ: those that stand there alike go on alike, whatever it is that the
   * rules ask from there on. Null: they do not, or it is not known.
   */
  private lookBriefly(box: Box, point: Point, packet: Packet): Look | null {
    const { aheads } = this;
    this.turn += 1;
    if (aheads === null || (this.trust <= 0 && this.turn % seldom !== 0)) return null;
    const suppositions = new Suppositions(box.symbols, this.tests);
    const walks = this.walkAll(packet, suppositions, { aheads });
    const found = areAlike(walks);
    this.trust = found ? Math.min(this.trust + 1, mostTrust) : Math.max(this.trust - 1, 0);
    if (!found) return null;
    return this.divide({ box, point, packet, suppositions, walks, fates: walks.map(({ fate }) => fate) });
  }

  private lookWhole(box: Box, point: Point, packet: Packet): Look {
    const suppositions = new Suppositions(box.symbols, this.tests);
    const walks = this.walkAll(packet, suppositions);
    return this.divide({ box, point, packet, suppositions, walks, fates: walks.map(({ fate }) => fate) });
  }

  /**
   * The same of the later packets of the flow that a packet of the box begins, where either side translates it: what it
   * was given then, it keeps, whatever rules there are by now. Equal fates where there is no such packet.
   */
  lookLater(box: Box): Look {
    const point = this.pointOf(box);
    const first = packetAt(point, this.question.origins, (protocol) => portProtocols.has(protocol));
    const suppositions = new Suppositions(box.symbols, this.tests);
    const begun = this.walkAll(first, suppositions);
    // Of a flow that begins otherwise by now, that is told already.
    const alike = begun.every(({ fate }) => isSameFate(fate, (begun[0] as Walked).fate));
    const particular = begun.some(({ fate }) => fate.particular);
    const ends = alike ? begun.map((one) => one.ends) : [];
    const { host, prints } = this.question;
    const asked = { host, flags: this.asksFlags, status: prints.some(({ survey }) => survey.asksStatus) };
    const later = laterPackets(ends, first, asked).map((one) => ({
      packet: one.packet,
      walks: this.walkLater(one, suppositions),
    }));
    const differs = later.find(({ walks: [was, is] }) => was && is && !isSameFate(was.fate, is.fate));
    const doubtful = later.find(({ walks }) => walks.some(({ fate }) => fate.unknown !== null));
    const told = differs ?? doubtful;
    const walks = [...begun, ...later.flatMap((one) => one.walks)];
    const fates = told
      ? told.walks.map(({ fate }) => ({ ...fate, particular: fate.particular || particular }))
      : [nothing, nothing];
    const packet = told?.packet ?? first;
    const look = this.divide({
      box,
      point,
      packet,
      suppositions,
      walks,
      fates,
      deciders: this.begins(first),
    });
    return { ...look, begun: { packet: first, matched: begun.flatMap(({ fate }) => matchedIn(fate)) } };
  }

  private walkLater(later: LaterPacket, suppositions: Suppositions): readonly Walked[] {
    const { aheads } = this;
    const before = suppositions.save();
    const brief = aheads && this.walkAll(later.packet, suppositions, { later, aheads });
    if (brief && areAlike(brief)) return brief;
    suppositions.restore(before);
    return this.walkAll(later.packet, suppositions, { later });
  }

  /** What a side may send that has heard no answer depends on whether it began with SYN. */
  private begins({ protocol }: Packet): Decider[] {
    return protocol === 6 && this.asksFlags ? [{ dimension: 'flags', set: withFlag('SYN') }] : [];
  }

  private divide({ box, point, packet, suppositions, walks, fates, deciders: more = [] }: Looked): Look {
    const deciders = [
      ...more,
      // First of all: what is left of the box then holds all that they send, to wherever.
      ...this.unheard(point),
      ...[...new Set(walks)].flatMap(({ watch }) => watch.deciders),
      ...this.standing(point, walks, fates),
      ...this.coincidences(
        point,
        packet,
        walks.map(({ fate }) => fate),
      ),
    ];
    const { cell, rest, blurred } = cut(box, point, deciders);
    const symbols = new Map(cell.symbols);
    for (const symbol of suppositions.open) {
      rest.push({ ...cell, symbols: new Map(symbols).set(symbol, true) });
      symbols.set(symbol, false);
    }
    return { box: { ...cell, symbols }, packet, fates, blurred, rest };
  }

  /** What comes to no chain that does something else on the other side fares there as here: it is walked once, unless it is to be told of. */
  private walkAll(packet: Packet, suppositions: Suppositions, how: How = {}): readonly Walked[] {
    const { prints } = this.question;
    const walked = this.walk(0, packet, suppositions, how);
    if (!walked.watch.metOwn && !isDoubtful(walked)) return prints.map(() => walked);
    return prints.map((_print, side) => (side === 0 ? walked : this.walk(side, packet, suppositions, how)));
  }

  private walk(side: number, packet: Packet, suppositions: Suppositions, { later, aheads }: How): Walked {
    const print = this.question.prints[side] as Fingerprint;
    const { host, sets, memory, facts = noFacts } = this.question;
    const { program, survey } = print;
    const watch = new Watch(packet, {
      program,
      host,
      sets,
      memory,
      suppositions,
      instances: this.instances,
      restoresMarks: survey.restoresMarks,
      unread: this.unread,
      countedSets: this.countedSets,
      orderedLists: this.orderedLists,
      translates: this.translates,
      // Nobody puts together what is not tracked.
      asksFragments: this.asksFragments || !(host.conntrack || program.usesConntrack),
      facts,
      answering: later?.answering ?? false,
      later: later !== undefined,
      own: this.question.own ?? null,
      ahead: aheads?.[side],
    });
    const walk = new Walk(program, host, {
      guide: watch,
      trace: true,
      nextHops: true,
      remember: this.remember || this.question.flows === true,
    });
    const ends = walk.run(
      packet,
      ingressOf(host, packet.from as Origin, packet),
      later?.memory ?? emptyMemory,
    );
    this.work += walk.work;
    if (walk.exhausted) this.exhausted += 1;
    return {
      fate: fateIn(ends, packet, watch, this.asksConnections),
      watch,
      ends,
    };
  }

  private pointOf({ sides }: Box): Point {
    const origin = this.question.origins[Number(sides.origin[0])] as Origin;
    const wanted = wantedMembers(this.question.host, origin);
    const point = {} as Record<Dimension, Address>;
    for (const dimension of dimensions) {
      const side = sides[dimension];
      const taken = this.taken[dimension];
      const value = pick(side, wanted[dimension] ?? [], taken ?? (() => false));
      const isFree = !taken?.(value) || isSingle(side);
      point[dimension] = isFree ? value : (subtract(side, this.takenSet(dimension))[0] ?? value);
    }
    return point;
  }

  private takenSet(dimension: Dimension): IntervalSet {
    const known = this.takenSets.get(dimension);
    if (known) return known;
    const surveys = this.question.prints.map(({ survey }) => survey);
    const values = surveys.flatMap((survey) => [
      ...(dimension === 'source' ? survey.sources : []),
      ...(dimension === 'sourcePort' || dimension === 'destinationPort' ? survey.ports : []),
    ]);
    const own = dimension === 'source' || (dimension === 'destination' && this.redirects) ? this.own : [];
    const produced = dimension === 'destination' ? surveys.map((survey) => survey.produced) : [];
    const set = unionOf([...produced, ...[...values, ...own].map(single)]);
    this.takenSets.set(dimension, set);
    return set;
  }

  /** Sources that routing refuses, whatever else there is to what comes from a wire. */
  private unheard({ origin }: Point): Decider[] {
    const { origins, sets } = this.question;
    return origins[Number(origin)] === 'host' ? [] : [{ dimension: 'source', set: sets.unheard }];
  }

  /** What routing and the checks on arrival depend on, and values that must not be taken for those of others. */
  private standing(point: Point, walks: readonly Walked[], fates: readonly Fate[]): Decider[] {
    const { stopped } = this.question.sets;
    if (walks.some(({ watch }) => watch.isRouted)) return this.routing(point, walks, fates);
    return [
      { dimension: 'destination', set: stopped.destination },
      { dimension: 'source', set: stopped.source },
      ...this.takenOf(point),
    ];
  }

  private routing(point: Point, walks: readonly Walked[], fates: readonly Fate[]): Decider[] {
    const { sets, host } = this.question;
    const unheard = this.unheard(point);
    const areLost = walks.every((walked) => walked.watch.left.size === 0 && isLost(walked));
    if (unheard.length > 0 && has(sets.unheard, point.source) && areLost) return unheard;
    // An answer is routed back to the source, and so is the question whether a source fits its interface.
    const goesBack =
      [...host.sysctls].some(([name, value]) => value !== 0 && asksWayBack.test(name)) ||
      host.routes.some(({ type }) => type !== 'unicast') ||
      hasOwnRouting(host) ||
      walks.some(
        ({ fate, watch }) => watch.answers || watch.goesToSource || fate.items.some(endsWithoutRules),
      );
    const isSent = this.question.origins[Number(point.origin)] === 'host';
    const classes = goesBack ? inFull : isSent ? this.ofSent(fates) : ofArriving;
    const deciders: Decider[] = [
      { dimension: 'destination', set: classes.destination(sets, point.destination) },
      { dimension: 'source', set: classes.source(sets, point.source) },
    ];
    // What is let in by a multicast address hangs on the protocol, too.
    if (isMulticast(point.destination) && !isSent) deciders.push({ dimension: 'protocol', set: [2, 2] });
    return [...deciders, ...this.takenOf(point)];
  }

  /** An answer to what the node sent is routed to its source. And what is told is told of all origins in one set, where their classes are one. */
  private ofSent(fates: readonly Fate[]): typeof inFull {
    return this.question.flows || isTold(fates) ? ofSentAndAnswered : ofSent;
  }

  /** Values that rules give: who has one by itself may be what others become. */
  private takenOf(point: Point): Decider[] {
    const deciders: Decider[] = [];
    for (const dimension of ['source', 'destination', 'sourcePort', 'destinationPort'] as const) {
      const value = point[dimension];
      if (this.taken[dimension]?.(value)) deciders.push({ dimension, set: [value, value] });
    }
    return deciders;
  }

  /** A packet that has by itself what others get by translation fares as if untouched. */
  private coincidences(point: Point, packet: Packet, fates: readonly Fate[]): Decider[] {
    const deciders: Decider[] = [];
    const note = (dimension: Dimension, value: Address | null | undefined) => {
      if (value !== null && value !== undefined && value !== point[dimension]) {
        deciders.push({ dimension, set: [value, value] });
      }
    };
    for (const { end } of fates.flatMap(({ items }) => items)) {
      if (end.src !== null) note('source', end.left.source);
      if (end.copy) note('source', end.copy.left.source);
      if (end.dnat === null) continue;
      note('destination', end.left.destination);
      if (packet.destinationPort !== null) note('destinationPort', end.left.destinationPort);
    }
    return deciders;
  }
}

function aheadsOf(
  { prints, own, sets, host }: WalkQuestion,
  surveys: readonly Survey[],
): readonly Ahead[] | null {
  if (!own) return null;
  // IPv6 refuses what has no meaning beyond its link.
  const refuses =
    sets.refuses ||
    host.family === 'ipv6' ||
    surveys.some(({ refusing, spendsHops }) => refusing.length > 0 || spendsHops);
  const resets = surveys.some((survey) => survey.resets);
  return prints.map(({ program }) => new Ahead({ program, own, refuses, resets, away: sets.away }));
}

/** What was left on its way is part of what becomes of it: the rest follows from where it is. */
function fateIn(
  ends: readonly Weighed<OutcomeEnd>[],
  packet: Packet,
  { chosen, left, untracksErrors }: Watch,
  asksConnections: boolean,
): Fate {
  const fate = fateOf(ends, packet, chosen, asksConnections);
  if (left.size === 0) return { ...fate, untracksErrors };
  const lines = [...left].map(([key, weight]) => `${formatFraction(weight)} ${key}`).sort();
  return { ...fate, key: [fate.key, ...lines].join('\n'), untracksErrors };
}

/** Of a flow that nobody translates there is no such packet. */
const nothing: Fate = {
  key: '',
  links: '',
  items: [],
  particular: false,
  hidden: false,
  unknown: null,
};

/** What routing makes of either end: where it asks for the way back, too, and where it does not. */
const inFull = { source: classOf, destination: classOf };
const ofSent = { source: senderClassOf, destination: sentClassOf };
const ofArriving = { source: sourceClassOf, destination: classOf };
const ofSentAndAnswered = { source: sourceClassOf, destination: sentClassOf };

function isTold(fates: readonly Fate[]): boolean {
  const [first] = fates as [Fate];
  return !fates.every((fate) => isSameFate(fate, first) && fate.unknown === null && !fate.particular);
}

/** By these routing asks for the way to a packet's source (`checkSource`). */
const asksWayBack = /\.(?:rp_filter|send_redirects)$/;

/** Where nothing is known, or routing decides, the answer may too; a policy answers nobody. */
function endsWithoutRules({ end: { verdict, reason }, matched }: FateItem): boolean {
  if (verdict === 'drop') return matched.length === 0 && reason?.code !== 'policy-drop';
  return verdict === 'unknown' || verdict === 'reject';
}

/** Whether packets that were left on their way are known to go on alike. */
function areAlike(walks: readonly Walked[]): boolean {
  const [first, ...others] = walks as [Walked, ...Walked[]];
  const isAlike = ({ fate }: Walked) =>
    isSameFate(fate, first.fate) && fate.untracksErrors === first.fate.untracksErrors;
  return !walks.some(isDoubtful) && others.every(isAlike);
}

/** What it shows of one packet is not known, or need not hold for others. */
function isDoubtful({ fate, watch }: Walked): boolean {
  return fate.unknown !== null || fate.particular || watch.deciders.some(({ set }) => set === null);
}

/** Before routing, or by it: with another destination, too, where the source is one that routing refuses. */
function isLost({ fate: { items } }: Walked): boolean {
  return items.every(({ end: { verdict } }) => verdict === 'drop');
}

/** What answers as the point does to all that decided, and the rest of the box, in disjoint parts. */
function cut(box: Box, point: Point, deciders: readonly Decider[]) {
  const rest: Box[] = [];
  let cell = box;
  let blurred = false;
  for (const { dimension, set } of deciders) {
    const side = cell.sides[dimension];
    if (isSingle(side)) continue;
    if (set === null) {
      blurred = true;
      continue;
    }
    const inside = has(set, point[dimension]);
    if (inside ? isWithin(side, set) : isEmpty(intersect(side, set))) continue;
    const [kept, other] = inside
      ? [intersect(side, set), subtract(side, set)]
      : [subtract(side, set), intersect(side, set)];
    rest.push(withSide(cell, dimension, other));
    cell = withSide(cell, dimension, kept);
  }
  return { cell, rest, blurred };
}
