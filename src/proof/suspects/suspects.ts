import type { IrChain } from '../../engine/ir.ts';
import { chainKey } from '../../engine/program.ts';
import type { Host } from '../../host/model.ts';
import { builtInChains, type Hook, type TableName, tableNames } from '../../iptables/rule/ruleset.ts';
import { arrivalStates, type Box, meet, universe, withSide } from '../../sets/box.ts';
import {
  has,
  type IntervalSet,
  intersect,
  interval,
  isEmpty,
  sameSet,
  subtract,
} from '../../sets/intervals.ts';
import type { LaterDiffers } from '../explore/explore.ts';
import type { HostSets } from '../explore/host-sets.ts';
import type { Fingerprint } from '../rules/fingerprint.ts';
import { chainSuspects } from './chains.ts';
import { type Keys, keysOfBoth } from './keys.ts';
import { Reach } from './reach.ts';

export interface SuspectQuestion {
  readonly before: Fingerprint;
  readonly after: Fingerprint;
  readonly host: Host;
  readonly sets: HostSets;
  /** How many places packets come from; the node itself is the first. */
  readonly origins: number;
}

export interface Suspects {
  readonly boxes: readonly Box[];
  /** First packets of flows whose later ones may be treated differently: where they are translated, or not answered yet. */
  readonly flows: readonly Box[];
  /** Some of them because of rules that come after the first routing decision. */
  readonly laterDiffers: LaterDiffers;
  /**
   * The base chains, of both sides, that do not do the same on the other one. A packet that comes to none of them fares the same.
   * Null: that is true of no packet.
   */
  readonly own: ReadonlySet<IrChain> | null;
}

/**
 * Packets, as they are before they meet the first rule, that the two rule sets may treat differently. All others are
 * proved to fare the same: they meet equal rules in equal order, and so leave every hook as equals.
 */
export function listSuspects(question: SuspectQuestion): Suspects {
  const everything = universe(question.host.family, question.origins);
  const pullBack = new PullBack(question, everything);
  const boxes: Box[] = [];
  const flows: Box[] = [];
  const laterDiffers = { wire: false, host: false };
  const own = new Set<IrChain>();
  const [left, right] = keysOfBoth(question.before, question.after);
  const areWhole =
    question.host.conntrack ||
    (question.before.program.usesConntrack && question.after.program.usesConntrack);
  for (const table of tableNames) {
    for (const hook of builtInChains[table]) {
      const side = (print: Fingerprint, keys: Keys) => ({
        print,
        keys,
        chain: print.program.entries.get(chainKey(table, hook)),
      });
      const found = chainSuspects(
        side(question.before, left),
        side(question.after, right),
        pullBack.at(hook),
        question.sets,
        areWhole,
      );
      if (found.length > 0) {
        for (const { program } of [question.before, question.after]) {
          const chain = program.entries.get(chainKey(table, hook));
          if (chain) own.add(chain);
        }
        laterDiffers.wire ||= isLater(table, hook);
        // What the node sends to itself comes by PREROUTING when it comes back.
        laterDiffers.host ||= isLater(table, hook) || hook === 'PREROUTING';
      }
      for (const box of found) {
        for (const one of pullBack.of(table, hook, box)) boxes.push(one);
        for (const one of pullBack.flows(table, hook, box)) flows.push(one);
      }
    }
  }
  return { boxes, flows, laterDiffers, own: haveSameBases(question.before, question.after) ? own : null };
}

/** What else a walk asks of a rule set as a whole is the same, too. */
function haveSameBases(before: Fingerprint, after: Fingerprint): boolean {
  const [left, right] = [before.program.entries, after.program.entries];
  return (
    left.size === right.size &&
    [...left.keys()].every((key) => right.has(key)) &&
    before.program.usesConntrack === after.program.usesConntrack &&
    before.survey.restoresMarks === after.survey.restoresMarks
  );
}

/** Before connection tracking every packet counts as INVALID; nat is asked for new flows alone. */
function withStates(table: TableName, box: Box): Box | null {
  if (table === 'raw') return withSide(box, 'state', allStates);
  if (table !== 'nat') return box;
  return isNew(box) ? withSide(box, 'state', intersect(box.sides.state, newStates)) : null;
}

/** After the first routing decision: all but PREROUTING, and OUTPUT up to nat. */
function isLater(table: TableName, hook: Hook): boolean {
  return hook === 'OUTPUT' ? table === 'filter' || table === 'security' : hook !== 'PREROUTING';
}

const hostOrigin: IntervalSet = interval(0, 0);
const allStates: IntervalSet = interval(0, arrivalStates.length - 1);
/** Of first packets: what a helper expects is RELATED to that (nf_nat_inet_fn). */
const newStates: IntervalSet = interval(arrivalStates.indexOf('NEW'), arrivalStates.indexOf('RELATED'));
const establishedState = arrivalStates.indexOf('ESTABLISHED');
/** Only such packets are translated. */
const isNew = (box: Box) => !isEmpty(intersect(box.sides.state, newStates));

/** Of more rules that refuse packets it is not asked which. */
const mostRefusing = 64;

/** From what a packet is at a hook back to what it can have been at first. */
class PullBack {
  private readonly question: SuspectQuestion;
  private readonly everything: Box;
  private readonly reaches: readonly (readonly [Fingerprint, Reach])[];
  private readonly wire: IntervalSet;
  private refusedBoxes: readonly Box[] | null = null;

  constructor(question: SuspectQuestion, everything: Box) {
    this.question = question;
    this.everything = everything;
    const { before, after, sets } = question;
    this.reaches = [before, after].map((print) => [print, new Reach(print, sets, everything)]);
    this.wire = interval(1, question.origins - 1);
  }

  /** What can come to a hook, with the destination that it has there. */
  at(hook: Hook): Box {
    const { away, here } = this.question.sets;
    const never = hook === 'INPUT' ? away : hook === 'FORWARD' ? here : [];
    const { destination } = this.everything.sides;
    return withSide(this.everything, 'destination', subtract(destination, never));
  }

  of(table: TableName, hook: Hook, found: Box): Box[] {
    const box = withStates(table, found);
    if (box === null) return this.answers(table, hook, found);
    // What the node sends has its own destination until nat changes it.
    const isUntranslated = hook === 'OUTPUT' && (table === 'raw' || table === 'mangle' || table === 'nat');
    const ways = isUntranslated ? [box] : [box, ...this.translated(box)];
    const from = (origins: IntervalSet, what: Box): Box[] => {
      const met = meet(what, withSide(this.everything, 'origin', origins));
      return met ? [met] : [];
    };
    const fromWire = (what: Box) => from(this.wire, what);
    const fromHost = (what: Box) => from(hostOrigin, what);
    const anySource = (what: Box) => withSide(what, 'source', this.everything.sides.source);
    const anyEnd = (what: Box) => withSide(anySource(what), 'sourcePort', this.everything.sides.sourcePort);
    const answers = this.answers(table, hook, table === 'raw' ? box : found);
    switch (hook) {
      case 'PREROUTING':
        // What the node sends to itself comes by here again, perhaps with another source and destination.
        return [...fromWire(box), ...this.returning(box).flatMap(anyEnd).flatMap(fromHost), ...answers];
      case 'OUTPUT':
        return [...ways.flatMap(fromHost), ...answers];
      case 'FORWARD':
        return ways.flatMap(fromWire);
      case 'INPUT':
        return [...ways.flatMap(fromWire), ...ways.flatMap(anyEnd).flatMap(fromHost), ...answers];
      case 'POSTROUTING':
        return [...ways, ...answers];
    }
  }

  /** What the node sends comes back only if it is not sent away. */
  private returning(box: Box): Box[] {
    const destination = subtract(box.sides.destination, this.question.sets.away);
    if (isEmpty(destination)) return [];
    const kept = withSide(box, 'destination', destination);
    return [kept, ...this.translated(kept)];
  }

  /** Flows of which a later packet is in the box, in either direction. Their first ones. */
  flows(table: TableName, hook: Hook, found: Box): Box[] {
    const { sides } = found;
    // Later ones are NEW or RELATED until they are answered, and see no chain of nat all the same.
    const later = has(sides.state, establishedState) || isNew(found);
    if (table === 'nat' || (table !== 'raw' && !later)) return [];
    const { source, sourcePort } = this.everything.sides;
    // One that is sent again is where the first was, but for the flags that it brings.
    const state = table === 'raw' ? newStates : intersect(sides.state, newStates);
    const fresh = { ...sides, state, flags: this.everything.sides.flags };
    const again = this.of(table, hook, { ...this.everything, sides: fresh });
    if (table !== 'raw' && !has(sides.state, establishedState)) return again;
    const first = { ...this.everything, sides: { ...this.everything.sides, state: newStates } };
    const to = (destination: IntervalSet, destinationPort: IntervalSet): Box[] => {
      const box = {
        ...first,
        sides: { ...first.sides, protocol: sides.protocol, destination, destinationPort, source, sourcePort },
      };
      return [box, ...this.translated(box)];
    };
    return [...again, ...to(sides.destination, sides.destinationPort), ...to(sides.source, sides.sourcePort)];
  }

  /** What is such a packet only since a rule gave it another destination. */
  private translated(box: Box): Box[] {
    if (!isNew(box)) return [];
    const { destination, destinationPort } = box.sides;
    const { sides } = this.everything;
    // Whatever it was before is then in the box itself.
    if (sameSet(destination, sides.destination) && sameSet(destinationPort, sides.destinationPort)) return [];
    return this.reaches.flatMap(([{ survey }, reach]) => {
      return [...survey.looseProducers, ...survey.producersWithin(destination)]
        .flatMap((producer) => reach.rule(producer))
        .flatMap((way) => this.sameSource(way, box));
    });
  }

  private sameSource(way: Box, { sides }: Box): Box[] {
    const kept = { ...this.everything.sides, ...pickSides(sides) };
    const met = meet(way, { sides: kept, symbols: new Map() });
    return met ? [met] : [];
  }

  /** What the node answers with an error, if the answer is such a packet: it goes back to the source. */
  private answers(table: TableName, hook: Hook, { sides }: Box): Box[] {
    const resets = [this.question.before, this.question.after].some(({ survey }) => survey.resets);
    const protocols: IntervalSet = table === 'nat' ? [] : [1, 1, 58, 58];
    const answering = resets ? [...protocols.slice(0, 2), 6, 6, ...protocols.slice(2)] : protocols;
    if (isEmpty(intersect(sides.protocol, answering))) return [];
    const answerStates: IntervalSet = [0, 0, 2, 2, 4, 4];
    if (isEmpty(intersect(sides.state, answerStates))) return [];
    // An error that leaves by a link comes to no hook of what arrives.
    const comesBack = hook === 'PREROUTING' || hook === 'INPUT';
    const { away } = this.question.sets;
    const asked = comesBack ? subtract(sides.destination, away) : sides.destination;
    const fromHost = this.mayBecomeSource(sides.destination) ? this.everything.sides.source : asked;
    const answered = [
      withSide(withSide(this.everything, 'source', asked), 'origin', this.wire),
      withSide(withSide(this.everything, 'source', fromHost), 'origin', hostOrigin),
    ];
    return this.refused.flatMap((refused) => answered.flatMap((box) => meet(refused, box) ?? []));
  }

  private get refused(): readonly Box[] {
    this.refusedBoxes ??= this.listRefused();
    return this.refusedBoxes;
  }

  /** What the node may refuse with an error: by a rule, for want of a route, or since it has no meaning beyond its link. */
  private listRefused(): Box[] {
    const { host, sets } = this.question;
    const surveys = this.reaches.map(([{ survey }]) => survey);
    const rules = surveys.flatMap(({ refusing }) => refusing);
    const anything =
      sets.refuses || surveys.some(({ spendsHops }) => spendsHops) || rules.length > mostRefusing;
    if (anything) return [this.everything];
    const byRules = this.reaches.flatMap(([{ survey }, reach]) =>
      survey.refusing.flatMap((standing) => [...reach.rule(standing)]),
    );
    const ofLink = (side: 'source' | 'destination') =>
      withSide(withSide(this.everything, side, linkLocal), 'origin', this.wire);
    return [
      ...byRules.flatMap((box) => [box, ...this.translated(box)]).flatMap((way) => this.fromAnywhere(way)),
      ...(host.family === 'ipv6' ? [ofLink('source'), ofLink('destination')] : []),
    ];
  }

  /** What the node sends to itself may have another source by the time that it comes by a hook. */
  private fromAnywhere(way: Box): Box[] {
    const { source, sourcePort } = this.everything.sides;
    const from = (what: Box, origins: IntervalSet) => {
      const origin = intersect(what.sides.origin, origins);
      return isEmpty(origin) ? [] : [withSide(what, 'origin', origin)];
    };
    const ofHost = withSide(withSide(way, 'source', source), 'sourcePort', sourcePort);
    return [...from(way, this.wire), ...from(ofHost, hostOrigin)];
  }

  /** The node's own packets to itself may have been given another source before they were refused. */
  private mayBecomeSource(addresses: IntervalSet): boolean {
    const { before, after, host } = this.question;
    const own = host.interfaces.flatMap((device) => device.addresses.map(({ address }) => address));
    // IPv4 never takes 127.0.0.1 for another's source.
    const taken = own.filter((address) => typeof address === 'bigint' || address >>> 24 !== 127);
    return (
      taken.some((address) => has(addresses, address)) ||
      [before.survey, after.survey].some(
        ({ sources, looseSources }) =>
          looseSources || [...sources].some((address) => has(addresses, address)),
      )
    );
  }
}

const linkLocal: IntervalSet = interval(0x3fan << 118n, (0x3fbn << 118n) - 1n);

/** What a change of the destination leaves as it was. */
function pickSides({ source, sourcePort, protocol, state, flags }: Box['sides']) {
  return { source, sourcePort, protocol, state, flags };
}
