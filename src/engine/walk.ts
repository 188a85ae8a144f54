import { formatAddress } from '../address/address.ts';
import type { HostDoubt } from '../host/doubt.ts';
import type { Hop, Host } from '../host/model.ts';
import { silentHop } from '../host/neighbour.ts';
import { findInterface } from '../host/route.ts';
import type { Hook } from '../iptables/rule/ruleset.ts';
import { type Fraction, fraction, multiply, one } from '../sets/fraction.ts';
import { type IntervalSet, isWithin } from '../sets/intervals.ts';
import { spendHop } from './assign.ts';
import { Branch, type CopyEnd, type Matched } from './branch.ts';
import { isBridge } from './bridge.ts';
import { narrowChain } from './chain-index.ts';
import { ChainWalk } from './chain-walk.ts';
import { Collector, type Weighed } from './collector.ts';
import type { Connection } from './connection.ts';
import { before } from './content.ts';
import { doubtsOf } from './doubtful-flows.ts';
import { fullSet } from './fields.ts';
import type { Guide } from './guide.ts';
import { type ServerShare, serverFor, sharesOf } from './ipvs.ts';
import type { BaseChain, IrChain, IrProgram, Side } from './ir.ts';
import { recall, suppose } from './judge.ts';
import { type Kept, keptKey, keptOf } from './kept.ts';
import { checkLocalnet, leaveTo, routeLocal, withSource } from './local-routing.ts';
import { type Memory, memoryKey } from './memory.ts';
import { mergeBranches } from './merge.ts';
import { decide, isTaken, movesDestination, translate } from './nat.ts';
import { endOf, type OutcomeEnd, rejectionOf } from './outcome.ts';
import { isIcmp, type Packet } from './packet.ts';
import { keyOfPassages } from './passage.ts';
import type { Reason } from './reasons.ts';
import { answerWith } from './reject.ts';
import { wayBack } from './reply.ts';
import { type Changed, isChanged, isSameInput, routeInput, seenOf } from './rerouting.ts';
import {
  checkArrival,
  checkReturn,
  checkSource,
  type Direction,
  routeArrival,
  sentBy,
  staysOnNode,
  takeHop,
  unknownMulticast,
} from './routing.ts';
import {
  type Order,
  type StationKind,
  type Step,
  type Tie,
  type Ways,
  waysThrough,
  withOrder,
} from './steps.ts';
import { stickinessOf } from './sticky.ts';
import type { Surroundings } from './surroundings.ts';
import { closeFlow, isKept, renewed, track, withFlow } from './tracking.ts';
import type { Question } from './truth.ts';
import { isUnknown, readField } from './values.ts';

export interface WalkOptions {
  /** Seconds, for `recent`. */
  readonly now?: number;
  /** What is remembered of earlier packets. */
  readonly memory?: Memory;
  /** Ends that differ in what the node remembers are kept apart, and new flows are remembered. */
  readonly remember?: boolean;
  /** What earlier nodes wrote into the packet; given, outcomes say what it has in it as it leaves. */
  readonly kept?: Kept;
  /** Whether the rules that match are noted. */
  readonly trace?: boolean;
  /** Ends that differ in the next hop alone are kept apart: to who asks for one packet they are one. */
  readonly nextHops?: boolean;
  /** Ways that are followed at most; what is left over is unknown. */
  readonly limit?: number;
  /** Rules that are tried at most, on all ways together; what is left over is unknown. */
  readonly mostRules?: number;
  /** Tries every rule of a chain in turn, as the kernel does: what the shorter walk is compared with. */
  readonly linear?: boolean;
  /** Looks on while the packet is walked. */
  readonly guide?: Guide;
}

export type { Guide } from './guide.ts';

export const timeExceeded = { ipv4: 'icmp-time-exceeded', ipv6: 'icmp6-time-exceeded' } as const;
const unreachable = { ipv4: 'icmp-port-unreachable', ipv6: 'icmp6-port-unreachable' } as const;

const defaultLimit = 50_000;
/** Many times what the largest node has; chains that call the next one twice come to more after some twenty of them. */
const defaultMostRules = 1_000_000;
/** To follow one more way takes as long as to try so many rules. */
const workOfWay = 10;

/** Follows one packet on all of its ways through one node. */
export class Walk implements Surroundings {
  readonly program: IrProgram;
  readonly host: Host;
  readonly now: number;
  readonly trace: boolean;
  readonly guide: Guide | undefined;
  private readonly linear: boolean;
  readonly remember: boolean;
  readonly kept: Kept | undefined;
  private readonly nextHops: boolean;
  private readonly limit: number;
  private readonly mostRules: number;
  private branches = 1;
  private tried = 0;
  private readonly collector: Collector<OutcomeEnd>;
  /** Branches that wait, by the rank of their next step. */
  private readonly waiting: Branch[][] = [];
  private readonly chains: ChainWalk;
  private readonly ways: Ways;

  constructor(program: IrProgram, host: Host, options: WalkOptions = {}) {
    this.program = program;
    this.ways = waysThrough(program);
    this.host = host;
    this.now = options.now ?? 0;
    this.trace = options.trace ?? false;
    this.remember = options.remember ?? false;
    this.collector = new Collector<OutcomeEnd>(this.remember);
    this.kept = options.kept;
    this.nextHops = options.nextHops ?? false;
    this.limit = options.limit ?? defaultLimit;
    this.mostRules = options.mostRules ?? defaultMostRules;
    this.guide = options.guide;
    this.linear = options.linear ?? false;
    this.chains = new ChainWalk(this);
  }

  run(
    packet: Packet,
    ingress: string | null,
    memory: Memory,
    weight: Fraction = one,
  ): readonly Weighed<OutcomeEnd>[] {
    const made = ingress === null ? withSource(packet, this.host) : packet;
    const branch = new Branch(made, ingress === null, weight, memory, this.collector);
    if (this.kept) branch.contents = this.kept;
    if (ingress === null) this.send(branch);
    else {
      branch.ingress = ingress;
      this.take(branch, this.ways.arriving);
    }
    for (let ready = this.nextReady(); ready; ready = this.nextReady()) {
      for (const waiting of this.guide?.notesPassages ? ready : mergeBranches(ready)) this.pass(waiting);
    }
    return this.collector.result();
  }

  /** The branches at the earliest station, so that equal ones can be joined before they go on. */
  private nextReady(): Branch[] | undefined {
    const rank = this.waiting.findIndex((branches) => branches && branches.length > 0);
    return rank === -1 ? undefined : this.waiting[rank]?.splice(0);
  }

  /** A branch has come to a way's first station. */
  private take(branch: Branch, steps: readonly Step[]): void {
    branch.steps = steps;
    branch.position = 0;
    this.wait(branch);
  }

  private wait(branch: Branch): void {
    const { rank } = branch.steps[branch.position] as Step;
    const branches = this.waiting[rank];
    if (branches) branches.push(branch);
    else this.waiting[rank] = [branch];
  }

  private goOn(branch: Branch): void {
    branch.position += 1;
    this.wait(branch);
  }

  private pass(branch: Branch): void {
    if (this.guide?.isPast?.(branch)) return;
    const step = branch.steps[branch.position] as Step;
    if (step.kind === 'chain') {
      showInterfaces(branch, step.base.hook);
      this.passChain(branch, step.base);
    } else if (step.kind === 'nat') this.passNat(branch, step);
    else if (step.kind === 'tie') this.order(branch, step.tie, step.tie.orders);
    else Walk.stations[step.kind](this, branch);
  }

  /** Behind a chain that looks for it, what it changed is routed anew; what others changed nobody looks at. */
  private passChain(branch: Branch, base: BaseChain): void {
    if (base.type !== 'route') {
      this.chains.enter(branch, base, (left) => this.goOn(left));
      return;
    }
    const { guide, host } = this;
    const before = seenOf(branch, guide);
    this.chains.enter(branch, base, (left) =>
      this.reroute(left, isChanged(before, seenOf(left, guide), host.family)),
    );
  }

  /** Of the chains that translate at a hook, the first that does for this flow is the last that is asked. */
  private passNat(branch: Branch, { hook, chains }: Extract<Step, { kind: 'nat' }>): void {
    const side = sideOf(hook);
    showInterfaces(branch, hook);
    let asked = [branch];
    for (const base of skipsNat(branch, side) ? [] : chains) {
      const next: Branch[] = [];
      for (const one of asked) {
        this.chains.enter(one, base, (left, how) => {
          if (how === 'translated') this.settle(left, side);
          else next.push(left);
        });
      }
      asked = next;
    }
    for (const one of asked) this.settle(one, side);
  }

  /** Which of what is tied comes first: where it makes a difference, nobody knows. */
  private order(branch: Branch, tie: Tie, possible: readonly Order[]): void {
    if (possible.length === 0) {
      this.giveUp(branch, { code: 'order-unknown', chains: tie.names.slice(0, 2) as [string, string] });
      return;
    }
    const pair = disagreement(possible);
    if (!pair) {
      branch.steps = withOrder(branch.steps, branch.position, possible[0] as Order);
      this.goOn(branch);
      return;
    }
    const chains = pair.map((index) => tie.names[index] as string) as [string, string];
    const reason: Reason = { code: 'order-unknown', chains };
    const question: Question = { kind: 'question', key: `order ${chains.join(' | ')}`, reason };
    const consistent = (answer: boolean) => possible.filter((order) => isFirst(order, pair) === answer);
    const known =
      recall(question, branch) ??
      this.guide?.answerOpen?.({ key: question.key, reason, asked: null }, branch);
    if (known !== undefined) {
      suppose(question, known, branch);
      this.order(branch, tie, consistent(known));
      return;
    }
    const unknown = { ...endOf(branch, 'unknown', 'none', reason), possible: [] };
    const { yes, no } = (branch.collector as Collector<OutcomeEnd>).part(unknown);
    for (const [answer, collector] of [
      [false, no],
      [true, yes],
    ] as const) {
      const way = branch.copy();
      way.collector = collector;
      suppose(question, answer, way);
      if (this.mayFork(way)) this.order(way, tie, consistent(answer));
    }
  }

  /** Of the class, not of each walk: a proof makes a hundred thousand of them. */
  private static readonly stations: Readonly<Record<StationKind, (walk: Walk, branch: Branch) => void>> = {
    check: (walk, branch) => {
      const passed = walk.pastUnwalked(branch, 'in', branch.ingress);
      if (passed) walk.follow(passed, checkArrival(passed));
    },
    track: (walk, branch) => walk.recalling(branch, (way) => walk.track(way)),
    route: (walk, branch) => {
      walk.guide?.routed?.(branch);
      walk.follow(branch, routeArrival(branch, walk.host));
    },
    forward: (walk, branch) => {
      if (walk.hasNoHop(branch) || !spendHop(branch, walk))
        walk.refuse(branch, timeExceeded[walk.host.family], null, { code: 'hops-spent' });
      else walk.goOn(branch);
    },
    balance: (walk, branch) => walk.balance(branch),
    copy: (walk, branch) => walk.copy(branch),
    heard: (walk, branch) =>
      branch.unheard
        ? walk.dropped(branch, { code: 'route-drop', drop: 'group-not-heard' })
        : walk.goOn(branch),
    confirm: (walk, branch) => walk.confirm(branch),
    deliver: (walk, branch) => walk.arrive(branch, 'local'),
    leave: (walk, branch) => walk.leave(branch),
  };

  /** Where what the node remembers is not known, and matters to this packet, each way is followed. */
  private recalling(branch: Branch, goOn: (way: Branch) => void): void {
    const doubt = branch.tracking === 'none' ? doubtsOf(branch, this) : null;
    if (doubt === null) {
      goOn(branch);
      return;
    }
    const unknown = { ...endOf(branch, 'unknown', 'none', { code: doubt.because }), possible: [] };
    const [last, ...others] = [...doubt.memories].reverse() as [Memory, ...Memory[]];
    for (const memory of others) {
      const { yes, no } = (branch.collector as Collector<OutcomeEnd>).part(unknown);
      const way = branch.copy();
      way.memory = memory;
      way.collector = yes;
      branch.collector = no;
      if (this.mayFork(way)) this.recalling(way, goOn);
    }
    branch.memory = last;
    this.recalling(branch, goOn);
  }

  private track(branch: Branch): void {
    const isKnown = typeof branch.tracking === 'object';
    branch.tracking = track(branch, this);
    // IPVS knows the later packets of its flows by a table of its own.
    if (!isKnown && typeof branch.tracking === 'object' && branch.tracking.balanced)
      this.giveUp(branch, { code: 'by-ipvs' });
    else this.goOn(branch);
  }

  private hasNoHop(branch: Branch): boolean {
    const value = readField({ field: 'ttl' }, branch, this);
    if (!isUnknown(value)) return false;
    const full = fullSet('ttl', this.host.family);
    const spent = before([0, 1], value.changes, full);
    const possible = (branch.supposed.get(value.key) as IntervalSet | undefined) ?? full;
    return spent !== null && isWithin(possible, spent);
  }

  /** Null: nothing speaks against going on. */
  private follow(branch: Branch, direction: Direction | null): void {
    if (direction === null) this.goOn(branch);
    else if (direction.kind === 'local') this.take(branch, this.ways.delivering);
    else if (direction.kind === 'forward') this.take(branch, this.ways.forwarding);
    else if (direction.kind === 'ways')
      this.fanOut(branch, direction.hops, (way) => {
        if (branch.local) this.follow(way, checkLocalnet(way, this.host));
        else this.forward(way);
      });
    else if (direction.kind === 'link') this.onLink(branch, direction, (way, next) => this.follow(way, next));
    else if (direction.kind === 'refused') this.refuse(branch, direction.with);
    else if (direction.kind === 'unknown')
      this.followEither(branch, direction, (way, next) => this.follow(way, next));
    else this.end(branch, endOf(branch, 'drop', 'none', { code: 'route-drop', drop: direction.why }));
  }

  /** One of several ways was taken: the source is held against that one. */
  private forward(way: Branch): void {
    const invalid = this.host.family === 'ipv4' ? checkSource(way, this.host, way.egress) : null;
    if (invalid) this.follow(way, invalid);
    else this.take(way, this.ways.forwarding);
  }

  /** Several ways of one route: flows take them in proportion to their weights, by a hash. */
  private fanOut(branch: Branch, hops: readonly Hop[], goOn: (way: Branch) => void): void {
    const sum = hops.reduce((total, { weight }) => total + weight, 0);
    for (const hop of hops) {
      const way = branch.copy();
      way.weight = multiply(branch.weight, fraction(hop.weight, sum));
      takeHop(way, hop);
      goOn(way);
    }
  }

  /** Who reasons about many packets may suppose either answer; others follow both. */
  private followEither(
    branch: Branch,
    { either, doubt }: Extract<Direction, { kind: 'unknown' }>,
    goOn: (way: Branch, direction: Direction | null) => void,
  ): void {
    const answer = either && this.guide?.suppose?.(either.question, branch);
    if (either && answer !== undefined) goOn(branch, answer ? either.yes : either.no);
    else if (!either || this.guide?.suppose) this.giveUp(branch, { code: 'host', doubt });
    else this.followAll(branch, [either.no, either.yes], doubt, goOn);
  }

  /** One of these, and nobody knows which: what they do not have in common is not known. */
  private followAll<T>(
    branch: Branch,
    [one, ...others]: readonly T[],
    doubt: HostDoubt,
    goOn: (way: Branch, one: T) => void,
  ): void {
    if (one === undefined) return;
    if (others.length === 0) {
      goOn(branch, one);
      return;
    }
    const unknown = endOf(branch, 'unknown', 'none', { code: 'host', doubt });
    const { yes, no } = (branch.collector as Collector<OutcomeEnd>).part(unknown);
    const way = branch.copy();
    way.collector = yes;
    branch.collector = no;
    if (this.mayFork(way)) goOn(way, one);
    if (this.mayFork(branch)) this.followAll(branch, others, doubt, goOn);
  }

  /** The node makes a packet, or answers with one: it is routed before it meets the first rule. */
  private send(branch: Branch): void {
    const direction = this.routeLocal(branch);
    if (direction?.kind === 'ways') {
      this.fanOut(branch, direction.hops, (way) => this.setOut(way, checkLocalnet(way, this.host)));
    } else if (direction?.kind === 'link')
      this.onLink(branch, direction, (way, next) => this.setOut(way, next));
    else if (direction?.kind === 'unknown')
      this.followEither(branch, direction, (way, next) => this.setOut(way, next));
    else this.setOut(branch, direction);
  }

  /** Who reasons about many packets may suppose that the sender named one of the links; others follow all of them. */
  private onLink(
    branch: Branch,
    { hops, doubt, likely }: Extract<Direction, { kind: 'link' }>,
    goOn: (way: Branch, direction: Direction | null) => void,
  ): void {
    const { guide } = this;
    const isNamed = ({ interface: name }: Hop) => guide?.suppose?.(sentBy(name), branch) === true;
    const named = guide?.suppose ? (hops.slice(0, -1).find(isNamed) ?? hops.at(-1)) : likely;
    const go = (way: Branch, hop: Hop) => goOn(way, leaveTo(way, this.host, hop.interface));
    if (named) go(branch, named);
    else if (guide?.suppose || hops.length === 0) this.giveUp(branch, { code: 'host', doubt });
    else this.followAll(branch, hops, doubt, go);
  }

  private setOut(branch: Branch, direction: Direction | null): void {
    branch.firstEgress = branch.egress;
    if (direction) this.follow(branch, direction);
    else this.take(branch, this.ways.sending);
  }

  private routeLocal(branch: Branch): Direction | null {
    branch.routed = routeInput(branch, this.guide);
    return routeLocal(branch, this.host);
  }

  /** Routed anew, it is by all that it is now: also by a mark that was set before where nobody looks. */
  private reroute(branch: Branch, changed: Changed): void {
    if (changed === false || isSameInput(branch.routed, routeInput(branch, this.guide))) {
      this.goOn(branch);
      return;
    }
    if (changed === true) {
      this.guide?.routed?.(branch);
      this.follow(branch, this.routeLocal(branch));
      return;
    }
    const { field, question } = changed;
    const answer = this.guide?.suppose?.(question, branch);
    if (answer === undefined) this.giveUp(branch, { code: 'field-unknown', field: { field } });
    else this.reroute(branch, answer);
  }

  /** What is for a virtual server of IPVS goes to one of its real ones, and meets OUTPUT and POSTROUTING on its way. */
  private balance(branch: Branch): void {
    const { virtualServers } = this.program;
    const server = virtualServers ? serverFor(branch, virtualServers) : null;
    const shares = server === null || server === 'unknown' ? null : sharesOf(server);
    const { tracking } = branch;
    if (server === null) this.goOn(branch);
    else if (shares === null || typeof tracking !== 'object' || tracking.state !== 'NEW')
      this.giveUp(branch, { code: 'by-ipvs' });
    // ip_vs_leave
    else if (shares.length === 0) this.refuse(branch, unreachable[this.host.family]);
    else for (const one of shares) this.balanceTo(branch, tracking, one);
  }

  private balanceTo(branch: Branch, connection: Connection, { server, share }: ServerShare): void {
    const { address, port } = server;
    const way = branch.copy();
    way.weight = multiply(branch.weight, share);
    const range = { addresses: { first: address, last: address }, ports: { first: port, last: port } };
    const [decision, ...others] = decide(way, connection, 'destination', range, false, this.now);
    if (!decision || others.length > 0) {
      this.giveUp(way, { code: 'by-ipvs' });
      return;
    }
    way.tracking = { ...decision.connection, balanced: true };
    translate(way, 'destination');
    this.sendBalanced(way);
  }

  /** A real server on this node itself is not sent to anew (ip_vs_nat_send_or_cont). */
  private sendBalanced(branch: Branch): void {
    const direction = this.routeLocal(branch);
    const setOut = (way: Branch) => {
      way.firstEgress = way.egress;
      this.take(way, this.ways.balanced);
    };
    if (direction?.kind === 'ways') this.fanOut(branch, direction.hops, setOut);
    else if (direction?.kind === 'link')
      this.onLink(branch, direction, (way, next) => (next ? this.follow(way, next) : setOut(way)));
    else if (direction) this.follow(branch, direction);
    else if (branch.egress === 'lo') this.goOn(branch);
    else setOut(branch);
  }

  /** IPv4 makes the copy before POSTROUTING (ip_mc_output), which both pass, the copy first. */
  private copy(branch: Branch): void {
    if (branch.copies === null || branch.egress === 'lo' || this.host.family === 'ipv6') this.goOn(branch);
    else
      this.ifKept(branch, branch.copies, (way, isKept) => {
        if (!isKept) {
          this.goOn(way);
          return;
        }
        way.twin = { waiting: way.copy() };
        this.take(way, this.ways.copying);
      });
  }

  /** Whether the node keeps a copy; where nobody knows, both is followed. */
  private ifKept(
    branch: Branch,
    { question }: NonNullable<Branch['copies']>,
    goOn: (way: Branch, isKept: boolean) => void,
  ): void {
    const answer = question === null || this.guide?.suppose?.(question, branch);
    if (answer !== undefined) {
      goOn(branch, answer);
      return;
    }
    const { doubt } = unknownMulticast(branch.destination);
    const unknown = { ...endOf(branch, 'unknown', 'none', { code: 'host', doubt }), possible: [] };
    const { yes, no } = (branch.collector as Collector<OutcomeEnd>).part(unknown);
    for (const [isKept, collector] of [
      [false, no],
      [true, yes],
    ] as const) {
      const way = branch.copy();
      way.collector = collector;
      if (this.mayFork(way)) goOn(way, isKept);
    }
  }

  private confirm(branch: Branch): void {
    if (typeof branch.tracking === 'object' && !branch.rejected) {
      const first = !branch.tracking.confirmed;
      const connection = first
        ? renewed({ ...branch.tracking, confirmed: true }, false, this.host, this.now)
        : branch.tracking;
      if (first && isTaken(branch.memory.connections, connection, this.now)) {
        this.dropped(branch, { code: 'flow-clash' });
        return;
      }
      branch.tracking = connection;
      if (this.remember && (first || isKept(branch.memory, connection)))
        branch.memory = withFlow(branch.memory, connection);
    }
    this.goOn(branch);
  }

  private leave(branch: Branch): void {
    if (branch.egress === 'lo' || branch.twin) {
      const group = branch.twin === null && branch.copies?.question ? branch.copies : null;
      if (group) this.ifKept(branch, group, (way, isKept) => this.comeBack(way, isKept));
      else this.comeBack(branch, true);
    } else if (branch.copies && this.host.family === 'ipv6') {
      this.ifKept(branch, branch.copies, (way, isKept) => this.leaveIPv6(way, isKept));
    } else {
      const passed = this.pastUnwalked(branch, 'out', branch.egress);
      if (passed) this.arrive(passed, this.sideOf(passed));
    }
  }

  /** What a chain that nobody looks into lets pass: with it, that is not known. Null: there are too many ways. */
  private pastUnwalked(branch: Branch, side: 'in' | 'out', link: string): Branch | null {
    const met = this.program.unwalked?.find(
      (one) =>
        one.side === side &&
        (one.devices === null
          ? isBridge(this.host, link) !== false
          : one.devices.some((own) => mayBe(own, link, this.host))),
    );
    if (!met) return branch;
    const { table, chain } = met;
    const unknown = endOf(branch, 'unknown', 'none', { code: 'chain-unwalked', table, chain });
    const { yes, no } = (branch.collector as Collector<OutcomeEnd>).part(unknown);
    no.put(endOf(branch, 'drop', 'none'), branch.weight);
    branch.collector = yes;
    return this.mayFork(branch) ? branch : null;
  }

  private comeBack(branch: Branch, isHeard: boolean): void {
    branch.ingress = branch.egress;
    branch.local = false;
    branch.unheard = !isHeard;
    const refused = checkReturn(branch);
    if (refused) this.follow(branch, refused);
    else this.take(branch, this.ways.returning);
  }

  /** IPv6 makes the copy after POSTROUTING (ip6_finish_output2), and has it pass there once more. */
  private leaveIPv6(branch: Branch, isKept: boolean): void {
    const left = staysOnNode(branch.destination)
      ? endOf(branch, 'drop', 'none', {
          code: 'route-drop',
          drop: 'group-of-node',
        })
      : {
          ...endOf(branch, 'accept', this.sideOf(branch)),
          reply: wayBack(branch, this.host, this.sideOf(branch)),
        };
    if (!isKept) {
      this.end(branch, left);
      return;
    }
    branch.twin = { left };
    this.take(branch, this.ways.copying);
  }

  private sideOf({ egress }: Branch): 'pod' | 'uplink' {
    return this.host.podInterfaces.has(egress) ? 'pod' : 'uplink';
  }

  private arrive(branch: Branch, delivered: 'pod' | 'uplink' | 'local'): void {
    if (branch.rejected) {
      this.end(branch, rejectionOf(branch, delivered));
      return;
    }
    const end = endOf(branch, 'accept', delivered);
    // What is an answer itself is not asked for another one.
    const reply = end.answers ? null : wayBack(branch, this.host, delivered);
    const sticks = end.answers
      ? null
      : stickinessOf(this.program, branch.memory, branch.packet.source, this.now);
    this.end(branch, this.withSilence(branch, { ...end, reply, sticks }));
  }

  /** A next hop that did not answer is told, and no part of what becomes of the packet: the kernel asks it again. */
  private withSilence(branch: Branch, end: OutcomeEnd): OutcomeEnd {
    if (end.interface === null) return end;
    const silent = silentHop(this.host, end.interface, branch.gateway ?? branch.destination);
    return silent ? { ...end, silent, key: `${end.key} past ${formatAddress(silent.address)}` } : end;
  }

  private end(branch: Branch, own: OutcomeEnd): void {
    const told = own.verdict === 'unknown' ? own : this.ofBoth(branch, own);
    if (told === null) return;
    const apart = this.nextHops ? withNextHop(told) : told;
    const kept = this.kept ? withKept(apart, keptOf(branch.contents)) : apart;
    const end = this.guide?.notesPassages ? withPassages(kept) : kept;
    (branch.collector as Collector<OutcomeEnd>).put(
      this.remember ? { ...end, key: rememberingKey(end, branch) } : end,
      branch.weight,
    );
  }

  /** What became of a packet and of its copy. Null: the other one is yet to go on. */
  private ofBoth(branch: Branch, end: OutcomeEnd): OutcomeEnd | null {
    const { twin, copied } = branch;
    if (twin === null) return copied ? this.withCopy(end, copied) : end;
    const { verdict, left } = end;
    const copy = {
      verdict: verdict === 'accept' ? verdict : 'drop',
      left,
      certain: branch.copies?.question === null,
    } as const;
    const waits = twin.left ?? (twin.waiting as Branch);
    const memory = this.guide?.rejoin?.(waits.memory, branch.memory, verdict === 'accept') ?? branch.memory;
    if (twin.left) {
      const { matched: last, passed } = branch;
      return this.withCopy({ ...twin.left, last, ...(passed && { passed }), memory }, copy);
    }
    const other = (twin.waiting as Branch).copy();
    const { tracking, collector, weight, supposed, matched, passed } = branch;
    Object.assign(other, { memory, tracking, collector, weight, supposed, matched, passed, copied: copy });
    this.goOn(other);
    return null;
  }

  /** Who cannot suppose whether there is a copy has outcomes that are told without it. */
  private withCopy(end: OutcomeEnd, copy: CopyEnd): OutcomeEnd {
    if (!copy.certain && !this.guide?.suppose) return { ...end, copy };
    const key = [end.key, 'copy', copy.verdict, ...Object.values(copy.left)].join(' ');
    return { ...end, copy, key, plainKey: key };
  }

  /** The rules of a chain that can matter to a branch. */
  narrow(chain: IrChain, branch: Branch): IrChain {
    this.guide?.enter?.(chain, branch);
    if (this.guide?.narrow) return this.guide.narrow(chain, branch);
    return this.linear ? chain : narrowChain(chain, branch, this);
  }

  /** A flow to which no rule gave a translation keeps its address; its port may still be taken. */
  private settle(branch: Branch, side: Side): void {
    const { tracking } = branch;
    if (typeof tracking === 'object' && !skipsNat(branch, side)) {
      const current = side === 'source' ? tracking.original.source : tracking.reply.source;
      const range = { addresses: { first: current, last: current } };
      const [decision] = decide(branch, tracking, side, range, false, this.now);
      branch.tracking = decision?.connection ?? tracking;
    }
    translate(branch, side);
    this.reroute(branch, branch.hook === 'OUTPUT' && movesDestination(branch));
  }

  dropped(branch: Branch, reason: Reason | null = null): void {
    this.end(branch, endOf(branch, 'drop', 'none', reason));
  }

  /** `by`: the rule that demands it; null: none does. `otherwise`: why it is dropped where nobody is answered. */
  refuse(branch: Branch, kind: string, by: Matched | null = null, otherwise: Reason | null = null): void {
    this.guide?.refuse?.(branch, kind);
    const { ingress } = branch;
    if (!answerWith(branch, kind, by, this.host, this.ways.sending)) {
      this.dropped(branch, otherwise);
      return;
    }
    if (kind === 'tcp-reset') closeFlow(branch, this);
    if (branch.answer?.pastRules === true) {
      branch.egress = ingress;
      this.end(branch, rejectionOf(branch, this.sideOf(branch)));
    } else this.send(branch);
  }

  giveUp(branch: Branch, reason: Reason): void {
    this.end(branch, endOf(branch, 'unknown', 'none', reason));
  }

  /** Counts a new way; false where there are too many, and the branch has ended as unknown. */
  mayFork(branch: Branch): boolean {
    this.branches += 1;
    if (this.branches <= this.limit) return true;
    this.giveUp(branch, { code: 'too-many-ways', most: this.limit });
    return false;
  }

  /** How much there was to do, in rules that were tried. */
  get work(): number {
    return this.tried + workOfWay * this.branches;
  }

  /** Whether some of the ways were not followed to their ends. */
  get exhausted(): boolean {
    return this.tried > this.mostRules || this.branches > this.limit;
  }

  /** Counts a rule that a branch comes to; false where there were too many, and the branch has ended as unknown. */
  mayTry(branch: Branch): boolean {
    this.tried += 1;
    if (this.tried <= this.mostRules) return true;
    this.giveUp(branch, { code: 'too-many-rules', most: this.mostRules });
    return false;
  }
}

/** Two of what is tied on whose order not all agree. */
function disagreement(orders: readonly Order[]): readonly [number, number] | undefined {
  const [first] = orders as readonly [Order];
  for (const [at, left] of first.entries()) {
    for (const right of first.slice(at + 1)) {
      const pair = left < right ? ([left, right] as const) : ([right, left] as const);
      if (new Set(orders.map((order) => isFirst(order, pair))).size > 1) return pair;
    }
  }
  return undefined;
}

function isFirst(order: Order, [left, right]: readonly [number, number]): boolean {
  return order.indexOf(left) < order.indexOf(right);
}

function isDecided(
  connection: { readonly sourceDecided: boolean; readonly destinationDecided: boolean },
  side: Side,
): boolean {
  return side === 'source' ? connection.sourceDecided : connection.destinationDecided;
}

export function sideOf(hook: Hook): Side {
  return hook === 'PREROUTING' || hook === 'OUTPUT' ? 'destination' : 'source';
}

function rejectionKey({ rejection }: OutcomeEnd): string {
  return rejection ? [...Object.values(rejection.header), rejection.delivered].join(' ') : '';
}

/** As many nodes as a packet passes at most. */
const fewHops = 8;

function withKept(end: OutcomeEnd, kept: Kept): OutcomeEnd {
  const own = { ...end, kept, key: `${end.key} ${keptKey(kept)}` };
  // Of few hops the next node may take the last one: then it is not the same as with more.
  const ttl = end.delivered === 'uplink' ? kept.get('ttl') : undefined;
  const isShort = ttl !== undefined && 'value' in ttl && Number(ttl.value) <= fewHops;
  return isShort ? { ...own, plainKey: `${end.plainKey} ttl ${ttl.value}` } : own;
}

function withNextHop(end: OutcomeEnd): OutcomeEnd {
  if (end.nextHop === null) return end;
  const via = ` via ${end.nextHop}`;
  return { ...end, key: end.key + via, plainKey: end.plainKey + via };
}

/** Apart from the same end of another way. */
function withPassages(end: OutcomeEnd): OutcomeEnd {
  return { ...end, key: `${end.key} by ${keyOfPassages(end.passed ?? null)}` };
}

/** A connection that is known already is in no memory: whether it saw the packet tells what it makes of later ones. */
function rememberingKey(end: OutcomeEnd, { memory }: Branch): string {
  const { key, untracked } = end;
  return `${key} ${rejectionKey(end)} ${untracked ? 'untracked' : ''} ${memoryKey(memory)}`;
}

/** As nf_nat_inet_fn: errors about flows are translated with them; all else that nothing is decided of yet is asked. */
export function skipsNat(branch: Branch, side: Side): boolean {
  const { tracking } = branch;
  if (typeof tracking !== 'object' || isDecided(tracking, side)) return true;
  if (tracking.state === 'ESTABLISHED') return true;
  return tracking.state === 'RELATED' && isIcmp(branch.protocol);
}

/** Whether what passes an interface of the node passes that one, too, or one below it: a port of it, or one that nobody lists. */
function mayBe(device: string, link: string, host: Host): boolean {
  if (device === link) return true;
  const known = findInterface(host, device);
  return known ? known.master === link : link !== 'lo';
}

/** What rules see as -i and -o depends on the hook. */
function showInterfaces(branch: Branch, hook: Hook): void {
  branch.hook = hook;
  branch.in = hook === 'OUTPUT' || branch.local ? '' : branch.ingress;
  if (hook === 'OUTPUT') branch.out = branch.firstEgress;
  else branch.out = hook === 'FORWARD' || hook === 'POSTROUTING' ? branch.egress : '';
}
