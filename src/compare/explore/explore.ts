import { type Address, parseAddress } from '../../address/address.ts';
import type { Host } from '../../host/model.ts';
import type { Matched } from '../../packet/branch.ts';
import { emptyMemory } from '../../packet/memory.ts';
import type { OutcomeEnd } from '../../packet/outcome.ts';
import { type Origin, type Packet, portProtocols } from '../../packet/packet.ts';
import { ingressOf } from '../../packet/trace.ts';
import { Walk } from '../../packet/walk.ts';
import type { Fingerprint } from '../rules/fingerprint.ts';
import { type Box, type Dimension, dimensions, meet, without, withSide } from '../sets/box.ts';
import {
  has,
  type IntervalSet,
  intersect,
  isEmpty,
  isSingle,
  isWithin,
  pick,
  subtract,
  union,
} from '../sets/intervals.ts';
import { type Fate, fateOf, splitEndpoint } from './fate.ts';
import { classOf, type HostSets, sourceClassOf } from './host-sets.ts';
import { kindsOf } from './kinds.ts';
import { type Point, packetAt, wantedMembers } from './origins.ts';
import { type Decider, Watch } from './watch.ts';

/** Packets that go one and the same way before, and one and the same way after. */
export interface Cell {
  readonly box: Box;
  /** One of them, which was walked. */
  readonly packet: Packet;
  readonly before: Fate;
  readonly after: Fate;
  /** Why nothing is proved of the others, or of any; null where it is. */
  readonly doubt: string | null;
}

export interface Exploration {
  /** Cells in which the fates differ, or could not be compared. */
  readonly cells: readonly Cell[];
  /** How many there were in all. */
  readonly looked: number;
  /** What was not looked at, because there was too much. */
  readonly left: readonly Box[];
}

export interface ExploreQuestion {
  readonly before: Fingerprint;
  readonly after: Fingerprint;
  readonly host: Host;
  readonly sets: HostSets;
  readonly origins: readonly Origin[];
  /** Some hook after the first routing decision has other rules: what is not known there may differ. */
  readonly laterDiffers: boolean;
  /** How many cells are looked at. */
  readonly limit: number;
}

/**
 * Divides boxes into cells of packets that fare alike. One packet of a box is walked through both rule sets, and
 * everything that its way depended on is noted: all packets of the box that answer the same to that are a cell, and what
 * is left of the box is divided in the same manner.
 */
export function explore(boxes: readonly Box[], question: ExploreQuestion): Exploration {
  const explorer = new Explorer(question);
  const open: Box[] = [];
  for (const { box, earlier } of withEarlier(boxes)) {
    let parts = kindsOf(box, question.host.family, question.origins.length);
    for (const other of earlier) parts = parts.flatMap((part) => without(part, other));
    open.push(...parts);
  }
  open.reverse();
  const cells: Cell[] = [];
  let looked = 0;
  for (let box = open.pop(); box; box = open.pop()) {
    if (looked >= question.limit) {
      open.push(box);
      break;
    }
    looked += 1;
    const { cell, rest } = explorer.look(box);
    open.push(...rest);
    if (
      cell.doubt !== null
        ? !isWithin(cell.box.sides.source, question.sets.nobody)
        : cell.before.key !== cell.after.key
    )
      cells.push(cell);
  }
  return { cells, looked, left: open };
}

/** Boxes may overlap; each packet is looked at once. */
function withEarlier(boxes: readonly Box[]): { readonly box: Box; readonly earlier: readonly Box[] }[] {
  const byAddress = new Map<Address, Box[]>();
  const broad: Box[] = [];
  return boxes.map((box) => {
    const { destination } = box.sides;
    const exact = isSingle(destination) ? (destination[0] as Address) : null;
    const near =
      exact === null
        ? [...broad, ...[...byAddress.values()].flat()]
        : [...broad, ...(byAddress.get(exact) ?? [])];
    const earlier = near.filter((other) => meet(box, other) !== null);
    if (exact === null) broad.push(box);
    else byAddress.set(exact, [...(byAddress.get(exact) ?? []), box]);
    return { box, earlier };
  });
}

class Explorer {
  private readonly question: ExploreQuestion;
  private readonly remember: boolean;
  /** Values that NAT can put into a packet: a packet that has them already would seem untouched. */
  private readonly taken: Readonly<Partial<Record<Dimension, (value: Address) => boolean>>>;
  private readonly takenSets = new Map<Dimension, IntervalSet>();

  constructor(question: ExploreQuestion) {
    this.question = question;
    const surveys = [question.before.survey, question.after.survey];
    this.remember = surveys.some(({ remembers }) => remembers);
    const own = new Set(
      question.host.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
    );
    this.taken = {
      source: (value) => own.has(value) || surveys.some(({ sources }) => sources.has(value)),
      destination: (value) => surveys.some(({ producers }) => producers.has(value)),
      sourcePort: (value) => surveys.some(({ ports }) => ports.has(value)),
      destinationPort: (value) => surveys.some(({ ports }) => ports.has(value)),
    };
  }

  look(box: Box): { readonly cell: Cell; readonly rest: readonly Box[] } {
    const point = this.pointOf(box);
    const packet = packetAt(point, this.question.origins, (protocol) => portProtocols.has(protocol));
    const before = this.walk(this.question.before, packet, box);
    const after = this.walk(this.question.after, packet, box);
    const deciders = [
      ...before.watch.deciders,
      ...after.watch.deciders,
      ...this.standing(point, [before.fate, after.fate]),
      ...this.coincidences(point, packet, [before.fate, after.fate]),
    ];
    const { cell, rest, blurred } = cut(box, point, deciders);
    const symbols = new Map(cell.symbols);
    for (const symbol of new Set([...before.watch.open, ...after.watch.open])) {
      rest.push({ ...cell, symbols: new Map(symbols).set(symbol, true) });
      symbols.set(symbol, false);
    }
    const doubt = doubtOf(before.fate, after.fate, blurred, this.question.laterDiffers);
    const own = { ...cell, symbols };
    return { cell: { box: own, packet, before: before.fate, after: after.fate, doubt }, rest };
  }

  private walk(print: Fingerprint, packet: Packet, box: Box): { readonly fate: Fate; readonly watch: Watch } {
    const { host, sets } = this.question;
    const { program, survey } = print;
    const watch = new Watch(packet, program, host, sets, box.symbols, survey.restoresMarks);
    const walk = new Walk(program, host, { guide: watch, trace: true, remember: this.remember });
    const ends = walk.run(packet, ingressOf(host, packet.from as Origin), emptyMemory);
    return { fate: fateOf(ends, packet), watch };
  }

  private pointOf({ sides }: Box): Point {
    const origin = this.question.origins[Number(sides.origin[0])] as Origin;
    const wanted = wantedMembers(this.question.host, origin);
    const point = dimensions.map((dimension) => {
      const side = sides[dimension];
      const taken = this.taken[dimension];
      const value = pick(side, wanted[dimension] ?? [], taken ?? (() => false));
      if (!taken?.(value) || isSingle(side)) return [dimension, value];
      const [free] = subtract(side, this.takenSet(dimension));
      return [dimension, free ?? value];
    });
    return Object.fromEntries(point) as Point;
  }

  private takenSet(dimension: Dimension): IntervalSet {
    const known = this.takenSets.get(dimension);
    if (known) return known;
    const { before, after } = this.question;
    const values = [before, after].flatMap(({ survey }) => [
      ...(dimension === 'destination' ? survey.producers.keys() : []),
      ...(dimension === 'source' ? survey.sources : []),
      ...(dimension === 'sourcePort' || dimension === 'destinationPort' ? survey.ports : []),
    ]);
    const own =
      dimension === 'source'
        ? this.question.host.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address))
        : [];
    const set = union(...[...values, ...own].map((value): IntervalSet => [value, value]));
    this.takenSets.set(dimension, set);
    return set;
  }

  /** What routing and the checks on arrival depend on, and values that must not be taken for those of others. */
  private standing(point: Point, fates: readonly Fate[]): Decider[] {
    const { sets, host } = this.question;
    // An answer is routed back to the source, and so is the question whether a source fits its interface.
    const goesBack =
      [...host.sysctls].some(([name, value]) => name.endsWith('rp_filter') && value !== 0) ||
      host.routes.some(({ type }) => type !== 'unicast') ||
      fates.some(({ items }) => items.some(({ end, matched }) => mayAnswer(end, matched)));
    const classOfSource = goesBack ? classOf : sourceClassOf;
    const deciders: Decider[] = [
      { dimension: 'destination', set: classOf(sets, point.destination) },
      { dimension: 'source', set: classOfSource(sets, point.source) },
    ];
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
      if (end.src !== null) note('source', parseAddress(end.src));
      if (end.dnat === null) continue;
      const { address, port } = splitEndpoint(end.dnat);
      note('destination', parseAddress(address));
      if (packet.destinationPort !== null) note('destinationPort', port);
    }
    return deciders;
  }
}

/** Also where something then eats the answer, or nothing is known. */
function mayAnswer({ verdict }: OutcomeEnd, matched: readonly Matched[]): boolean {
  return (
    verdict !== 'accept' &&
    (verdict !== 'drop' ||
      matched.some(({ place }) => place.rule.target?.kind === 'reject') ||
      matched.length === 0)
  );
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

/** Equal ways up to a point that nobody can see beyond are only a proof where the rules beyond it are equal. */
function doubtOf(before: Fate, after: Fate, blurred: boolean, laterDiffers: boolean): string | null {
  const sameWay = before.way === after.way;
  const unknown = before.unknown ?? after.unknown;
  if (unknown !== null && (laterDiffers || !sameWay)) return unknown;
  if (blurred && !sameWay) return 'a mask has too many holes to tell for which packets this holds';
  if ((before.particular || after.particular) && !sameWay) {
    return 'an address or port is chosen from a range for each flow on its own';
  }
  return null;
}
