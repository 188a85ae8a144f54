import type { Address } from '../../address/address.ts';
import type { Branch, Matched } from '../../engine/branch.ts';
import type { Connection } from '../../engine/connection.ts';
import { evaluate, type Surroundings } from '../../engine/match.ts';
import type { Memory } from '../../engine/memory.ts';
import { isIcmp, type Packet } from '../../engine/packet.ts';
import type { Program, ProgramChain, ProgramRule } from '../../engine/program.ts';
import { listens } from '../../engine/routing.ts';
import { isQuestion, type Question, type Truth } from '../../engine/truth.ts';
import { flowDirection } from '../../engine/values.ts';
import type { Guide } from '../../engine/walk.ts';
import type { Host } from '../../host/model.ts';
import type {
  ConnmarkMatch,
  HeldTest,
  MarkMatch,
  Match,
  RecentMatch,
  SetMatch,
} from '../../iptables/rule/match.ts';
import { printMatch } from '../../iptables/rule/print.ts';
import type { Dimension } from '../../sets/box.ts';
import { add, type Fraction, zero } from '../../sets/fraction.ts';
import { has, type IntervalSet, interval, single, unionOf } from '../../sets/intervals.ts';
import { type Facts, factOf } from '../facts.ts';
import { askingOf, asksCounters, hasOwnState } from '../open/asking.ts';
import { isOld, questionOf } from '../open/flow-mark.ts';
import type { Instances } from '../open/instances.ts';
import { countedIn, openQuestion, owner } from '../open/questions.ts';
import { type Suppositions, yes, yesOrNo } from '../open/suppositions.ts';
import {
  count,
  headerTags,
  markOf,
  noteRouted,
  noteUnknownMark,
  noteWritten,
  ofState,
  writtenOf,
  writtenOfBoth,
} from '../open/written.ts';
import { isParticular } from '../rules/survey.ts';
import { type Ahead, standingKey } from './ahead.ts';
import { type Asked, answeredSets, askedSets } from './asked.ts';
import type { HostSets } from './host-sets.ts';
import { indexOf, narrowTo } from './narrow.ts';

const fragment: Question = {
  kind: 'question',
  key: 'fragment',
  reason: { code: 'field-unknown', field: { field: 'fragment' } },
};

/** None of these holds for a later fragment, `!` or not: it has no header of its own (xt_tcpudp.c, xt_multiport.c). */
const ofWholes: ReadonlySet<Match['kind']> = new Set<Match['kind']>([
  'tcp',
  'udp',
  'sctp',
  'dccp',
  'icmp',
  'icmp6',
  'multiport',
]);

const counter: Question = {
  kind: 'question',
  key: null,
  reason: { code: 'match-unevaluated', name: 'statistic' },
};

/** Something that decided a packet's way: others go the same way if they are on the same side of the set. */
export interface Decider {
  readonly dimension: Dimension;
  /** Null: it is not known which others are on the same side. */
  readonly set: IntervalSet | null;
}

/** What the node remembers of earlier packets: anything, or nothing, as after the rules were loaded. */
export type Remembered = 'any' | 'nothing';

interface WatchOptions {
  readonly program: Program;
  readonly host: Host;
  readonly sets: HostSets;
  readonly memory: Remembered;
  readonly facts: Facts;
  /** Shared by the walks of all sides. */
  readonly suppositions: Suppositions;
  readonly instances: Instances;
  readonly restoresMarks: boolean;
  /** The packet is no first one: what mark its flow has by now is another question than what it had. */
  readonly later?: boolean;
  /** The packet answers one of the box: what is asked of either end is about one of the other's. */
  readonly answering?: boolean;
  /** Later fragments are packets of their own here, or either side asks for them. */
  readonly asksFragments: boolean;
  /** Either side translates flows. */
  readonly translates: boolean;
  /** Sets of which either side asks what was counted. */
  readonly countedSets: ReadonlySet<string>;
  /** Lists of `recent` of which it matters how often, and in what order, either side changes them. */
  readonly orderedLists: ReadonlySet<string>;
  /** Bits of the mark that no rule asks for. */
  readonly unread: number;
  /** Base chains that do something else on the other side; null: any may be such a one. */
  readonly own?: ReadonlySet<ProgramChain> | null;
  /** Given, a packet is followed as far as such chains may come. */
  readonly ahead?: Ahead | undefined;
}

/** Looks on while one packet is walked, and notes all that its way depended on; supposes what nobody can know. */
export class Watch implements Guide {
  readonly notesStandIns = true;
  readonly deciders: Decider[] = [];
  /** The node answered with an error, or tried to: also where others of these ends hide that. */
  answers = false;
  /** ICMP is not tracked, and flows are translated: what errors say of those is not translated back. */
  untracksErrors = false;
  /** The packet came to a base chain that does something else on the other side. */
  metOwn: boolean;
  /** Routing was asked. */
  isRouted: boolean;
  /** The packet goes to the source of the one of the box. */
  readonly goesToSource: boolean;
  /** Where packets were left that are past all that differs, with how many of them there are. */
  readonly left = new Map<string, Fraction>();
  /** Rules, where they were met, whose effect another packet may not share: also on ways that ended like others. */
  readonly chosen = new Set<Matched>();
  private readonly packet: Packet;
  private readonly surroundings: Surroundings;
  private readonly options: WatchOptions;
  private readonly seen = new Map<unknown, number>();
  private collector: Branch['collector'] | null = null;
  private readonly narrowed = new Set<unknown>();

  constructor(packet: Packet, options: WatchOptions) {
    this.packet = packet;
    this.options = options;
    this.metOwn = !options.own;
    this.goesToSource = options.answering === true;
    this.isRouted = packet.from === 'host' || options.later === true;
    this.surroundings = {
      program: options.program,
      host: options.host,
      now: 0,
      guide: { answerOpen: ({ key }) => (key === flowDirection ? this.supposeAnswer() : undefined) },
    };
  }

  isPast(branch: Branch): boolean {
    this.collector ??= branch.collector;
    const past = this.options.ahead?.pastFor(branch) ?? null;
    // What becomes of those that may have ended already is not told by where they are.
    if (past === null || this.collector !== branch.collector) return false;
    if (past !== 'all' && branch.source === this.packet.source)
      this.deciders.push({ dimension: 'source', set: past });
    const key = standingKey(branch);
    this.left.set(key, add(this.left.get(key) ?? zero, branch.weight));
    return true;
  }

  enter(chain: ProgramChain): void {
    if (this.options.own?.has(chain)) this.metOwn = true;
  }

  consult(match: Match, branch: Branch): Truth {
    const asked = this.askedOf(branch);
    if ((this.seen.get(match) ?? -1) !== asked.code) {
      this.seen.set(match, asked.code);
      for (const decider of askedSets(match, branch, asked, this.options.sets)) this.deciders.push(decider);
    }
    if (match.kind === 'recent') return this.recall(match, branch);
    if (this.options.memory === 'any' && match.kind === 'statistic' && hasOwnState(match))
      return this.supposeAll(match, counter, branch);
    if (match.kind === 'fragment') return this.isFragment(branch) !== match.negated;
    if (this.options.asksFragments && ofWholes.has(match.kind) && this.isFragment(branch)) return false;
    // Nor has it ports by which it could be in a set (ip_set_get_ip4_port).
    if (this.options.asksFragments && asksHeldPorts(match) && this.isFragment(branch)) return match.negated;
    if (match.kind === 'connmark' || (match.kind === 'mark' && this.options.restoresMarks)) {
      const { tracking } = branch;
      if (isOld(branch.packet.state) && typeof tracking === 'object')
        return this.recallMark(match, branch, tracking);
    }
    if (askingOf(match) === 'shared' && match.kind === 'other')
      return factOf(this.options.facts, match) ?? this.supposeAll(match, counter, branch);
    if (match.kind === 'owner' && match.socketExists && branch.local && !branch.answer)
      return factOf(this.options.facts, match) ?? this.supposeAll(match, owner, branch);
    const ofTranslated = this.askTranslated(match, branch);
    if (ofTranslated !== null) return ofTranslated;
    const truth = this.isRewritten(match, branch) ?? evaluate(match, branch, this.surroundings);
    const holds = isQuestion(truth)
      ? (factOf(this.options.facts, match) ?? this.supposeAll(match, truth, branch))
      : truth;
    this.noteAsking(match, holds, branch);
    return holds;
  }

  /** Who tracks connections puts fragments together before any rule; a raw socket of the node may send them all the same (IP_NODEFRAG). */
  private isFragment(branch: Branch): boolean {
    if (this.options.program.usesConntrack && branch.packet.from !== 'host') return false;
    const match: Match = { kind: 'fragment', negated: false };
    return factOf(this.options.facts, match) ?? this.supposeAll(match, fragment, branch);
  }

  /** Whether the flow to which a packet is related is translated, nobody knows where flows are. */
  private askTranslated(match: Match, { tracking }: Branch): boolean | null {
    if (match.kind !== 'conntrack' || !this.options.translates) return null;
    const { value: states, negated } = match.state ?? { value: [], negated: false };
    const asked = states.filter((state) => state === 'DNAT' || state === 'SNAT');
    if (asked.length === 0 || typeof tracking !== 'object') return null;
    if (!tracking.presumed || tracking.state !== 'RELATED' || states.includes('RELATED')) return null;
    const says = `-m conntrack --ctstate ${asked.join()}`;
    return (
      this.options.suppositions.holds({ field: `related ${says}`, domain: yesOrNo, set: yes, says }) !==
      negated
    );
  }

  /** What asking it changed, beside what the question itself notes. */
  private noteAsking(match: Match, holds: Truth, branch: Branch): void {
    const asking = askingOf(match);
    if (asking === 'mark' && holds === true) noteUnknownMark(branch);
    if (asking !== 'elements' || match.kind !== 'set' || !this.options.countedSets.has(match.name)) return;
    if (holds !== match.negated || asksCounters(match)) count(branch, countedIn(match, branch));
  }

  /** Whether a packet of a flow that nobody saw begin goes back to who began it. */
  private supposeAnswer(): boolean {
    const says = '-m conntrack --ctdir REPLY';
    return this.options.suppositions.holds({ field: flowDirection, domain: yesOrNo, set: yes, says });
  }

  /** What a rule before has put into a set is not in the contents that are known. */
  private isRewritten(match: Match, branch: Branch): Question | null {
    if (match.kind !== 'set' || writtenOf(branch, `${ofState}set ${match.name}`) === undefined) return null;
    return {
      kind: 'question',
      key: match.name,
      reason: { code: 'set-changed', set: match.name },
    };
  }

  private supposeAll(match: Match, truth: Question, branch: Branch): boolean {
    const { suppositions, instances } = this.options;
    const { tests } = openQuestion(match, truth, branch, instances);
    return tests.every(({ test, negated }) => suppositions.holds(test) !== negated);
  }

  /** Which parts of the header are still those that the packet came with. */
  private askedOf(branch: Branch): Asked {
    const { packet } = this;
    const answer = branch.answer !== null || this.options.answering === true;
    const source = branch.source === packet.source;
    const destination = branch.destination === packet.destination;
    const sourcePort = branch.sourcePort === packet.sourcePort;
    const destinationPort = branch.destinationPort === packet.destinationPort;
    const code =
      (answer ? 1 : 0) +
      (source ? 2 : 0) +
      (destination ? 4 : 0) +
      (sourcePort ? 8 : 0) +
      (destinationPort ? 16 : 0);
    return { answer, source, destination, sourcePort, destinationPort, code };
  }

  /** What the mark of a flow that began before is, is a symbol; it is the same however often it is asked for. */
  private recallMark(match: MarkMatch | ConnmarkMatch, branch: Branch, connection: Connection): boolean {
    const question = questionOf(match, branch, connection);
    if (typeof question === 'boolean') return question !== match.negated;
    const says = printMatch({ ...question, kind: 'connmark', negated: false }).trim();
    const flow = this.options.later === true ? 'later flow' : 'flow';
    const holds = this.options.suppositions.holds({
      field: `${flow} ${says}`,
      domain: yesOrNo,
      set: yes,
      says,
    });
    return holds !== match.negated;
  }

  /**
   * Whether a client is remembered is a symbol, too, but for what this very packet had remembered, or forgotten. What is
   * written is kept in the branch's memory, so that ends that leave other memories are told apart.
   */
  private recall(match: RecentMatch, branch: Branch): Truth {
    const name = `${sideOf(match.name, match.side)}${branch[match.side]}`;
    if (match.action === 'set') {
      branch.supposed = new Map(branch.supposed).set(name, true);
      if (this.options.orderedLists.has(match.name)) this.noteChange(match, true, branch);
      return evaluate(match, branch, this.surroundings);
    }
    if (this.options.memory === 'nothing' && !this.hasSet(match.name, branch)) return match.negated;
    const holds = this.isRemembered(match, branch.supposed.get(name), branch) !== match.negated;
    if (askingOf(match) === 'list') this.noteChange(match, holds, branch);
    if (match.action === 'remove') branch.supposed = new Map(branch.supposed).set(name, false);
    return holds;
  }

  private isRemembered(match: RecentMatch, known: unknown, branch: Branch): boolean {
    if (known === false) return false;
    return (known === true && match.hitcount === undefined) || this.supposeRemembered(match, branch);
  }

  /** Where it matters, each change of a list is told by its place among the packet's changes of it. */
  private noteChange(match: RecentMatch, holds: boolean, branch: Branch): void {
    const { recent } = branch.memory;
    const place = this.options.orderedLists.has(match.name)
      ? ` ${changesOf(match.name, branch).length + 1}`
      : '';
    const changed = new Map(recent).set(`${printMatch(match).trim()} ${holds}${place}`, []);
    branch.memory = { ...branch.memory, recent: changed };
  }

  /** As the list is by now: what the packet itself did to it makes it another question. */
  private supposeRemembered(match: RecentMatch, branch: Branch): boolean {
    const says = printMatch({ ...match, action: 'rcheck', negated: false }).trim();
    const changes = changesOf(match.name, branch);
    const field = `${says} of ${headerTags(branch, [match.side])} after ${changes.length}: ${changes.join()}`;
    return this.options.suppositions.holds({
      field,
      domain: yesOrNo,
      set: yes,
      says: printMatch({ ...match, negated: false }).trim(),
    });
  }

  /** Whether the packet itself was put into a list, by either of its addresses. */
  private hasSet(list: string, { supposed }: Branch): boolean {
    return [...supposed].some(
      ([name, known]) =>
        known === true &&
        (name.startsWith(sideOf(list, 'source')) || name.startsWith(sideOf(list, 'destination'))),
    );
  }

  suppose(question: string, branch: Branch): boolean {
    const { groups } = this.options.facts;
    if (question === listens && groups !== null) return this.isListenedTo(groups, branch);
    const field = `${question} ${headerTags(branch, ['destination'])}`;
    return this.options.suppositions.holds({ field, domain: yesOrNo, set: yes, says: question });
  }

  private isListenedTo(groups: readonly Address[], branch: Branch): boolean {
    const own = unionOf(groups.filter((group) => typeof group === typeof branch.destination).map(single));
    if (this.askedOf(branch).destination) this.deciders.push({ dimension: 'destination', set: own });
    return has(own, branch.destination);
  }

  markOf(branch: Branch): string {
    return markOf(branch);
  }

  routed(branch: Branch): void {
    this.isRouted = true;
    noteRouted(branch);
  }

  rejoin(packet: Memory, copy: Memory, arrives: boolean): Memory {
    return { ...copy, written: writtenOfBoth(packet, copy, arrives) };
  }

  refuse(branch: Branch, kind: string): void {
    this.answers = true;
    this.isRouted = true;
    if (!branch.answer) this.deciders.push(...answeredSets(branch, kind));
  }

  perform(branch: Branch, place: ProgramRule): void {
    const { target } = place.rule;
    noteWritten(branch, place, this.options.unread);
    if (target?.kind === 'ct' && target.notrack && isIcmp(branch.protocol) && this.options.translates)
      this.untracksErrors = true;
    if (isParticular(target) && branch.matched) this.chosen.add(branch.matched);
    if ((target?.kind !== 'dnat' && target?.kind !== 'redirect') || !target.ports) return;
    // A port of the range stays as it is, and all others become the first of it.
    const { first, last } = target.ports;
    this.deciders.push({ dimension: 'destinationPort', set: interval(first, last) });
  }

  narrow(chain: ProgramChain, branch: Branch): ProgramChain {
    const index = indexOf(chain);
    if (!index) return chain;
    const narrowed = narrowTo(chain, index, branch);
    const asked = this.askedOf(branch);
    if ((asked.answer || asked[index.dimension]) && !this.narrowed.has(narrowed.chain)) {
      this.narrowed.add(narrowed.chain);
      this.deciders.push({ dimension: index.dimension, set: narrowed.within });
      if (asked.answer) {
        const other: Dimension = index.dimension === 'destination' ? 'source' : 'sourcePort';
        this.deciders.push({ dimension: other, set: narrowed.within });
      }
    }
    return narrowed.chain;
  }
}

/** Whether it asks a set whose entries are known, and have ports. */
function asksHeldPorts(match: Match): match is SetMatch {
  const asksPort = ({ field }: HeldTest) => field === 'sourcePort' || field === 'destinationPort';
  return match.kind === 'set' && (match.held?.some((tests) => tests.some(asksPort)) ?? false);
}

/** How what is known of a list's addresses of one side is named. */
const sideOf = (list: string, side: RecentMatch['side']) => `${list} ${side} `;

/** What a packet did to a list of `recent`, in order. */
function changesOf(list: string, { memory }: Branch): readonly string[] {
  return [...memory.recent.keys()].filter((key) => key.includes(`--name ${list} `));
}
