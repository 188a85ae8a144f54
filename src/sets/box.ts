import type { Address, Family } from '../address/address.ts';
import { groupedBy } from '../text/lists.ts';
import { type IntervalSet, intersect, interval, isEmpty, isWithin, subtract, unionOf } from './intervals.ts';
import { connectionStates } from './states.ts';

/** What a packet can differ in before it meets the first rule. */
export const dimensions = [
  'origin',
  'state',
  'protocol',
  'destination',
  'destinationPort',
  'source',
  'sourcePort',
  'flags',
  'icmpType',
  'icmpCode',
] as const;
export type Dimension = (typeof dimensions)[number];

/** The states in which a packet can arrive, by number: what SNAT and DNAT say comes later. */
export const arrivalStates = connectionStates.slice(0, 5);

export type Sides = Readonly<Record<Dimension, IntervalSet>>;

/**
 * A set of packets: every combination of the members of each dimension's set, and beside that the answers that are
 * supposed for questions without an answer (`symbols`). Packets without ports, flags or ICMP have 0 there.
 */
export interface Box {
  readonly sides: Sides;
  readonly symbols: ReadonlyMap<string, boolean>;
}

const everyAddress: Readonly<Record<Family, IntervalSet>> = {
  ipv4: interval(0, 0xffffffff),
  ipv6: interval(0n, (1n << 128n) - 1n),
};

/** Everything there is, from `origins` many places. */
export function universe(family: Family, origins: number): Box {
  const sides = {
    origin: interval(0, origins - 1),
    state: interval(0, arrivalStates.length - 1),
    protocol: interval(1, 255),
    destination: everyAddress[family],
    destinationPort: interval(0, 65535),
    source: everyAddress[family],
    sourcePort: interval(0, 65535),
    flags: interval(0, 63),
    icmpType: interval(0, 255),
    icmpCode: interval(0, 255),
  };
  return { sides, symbols: new Map() };
}

export function withSide(box: Box, dimension: Dimension, set: IntervalSet): Box {
  return { ...box, sides: { ...box.sides, [dimension]: set } };
}

export function isNothing({ sides }: Box): boolean {
  return dimensions.some((dimension) => isEmpty(sides[dimension]));
}

/** What both hold; null where that is nothing. Symbols of both are kept; if they contradict, nothing is held. */
export function meet(left: Box, right: Box): Box | null {
  const sides: Partial<Record<Dimension, IntervalSet>> = {};
  for (const dimension of dimensions) {
    const common = intersect(left.sides[dimension], right.sides[dimension]);
    if (isEmpty(common)) return null;
    sides[dimension] = common;
  }
  for (const [symbol, answer] of right.symbols) {
    if ((left.symbols.get(symbol) ?? answer) !== answer) return null;
  }
  return { sides: sides as Sides, symbols: new Map([...left.symbols, ...right.symbols]) };
}

/** Whether one has no packet that the other lacks; symbols do not count. */
export function isInside(inner: Box, outer: Box): boolean {
  return dimensions.every((dimension) => isWithin(inner.sides[dimension], outer.sides[dimension]));
}

/** What is left of a box without another one (whose symbols do not count), in disjoint parts. */
export function without(box: Box, other: Box): Box[] {
  if (meet({ ...box, symbols: new Map() }, { ...other, symbols: new Map() }) === null) return [box];
  const parts: Box[] = [];
  let rest = box;
  for (const dimension of dimensions) {
    const outside = subtract(rest.sides[dimension], other.sides[dimension]);
    if (!isEmpty(outside)) parts.push(withSide(rest, dimension, outside));
    rest = withSide(rest, dimension, intersect(rest.sides[dimension], other.sides[dimension]));
  }
  return parts;
}

export function holds({ sides }: Box, point: Readonly<Record<Dimension, Address>>): boolean {
  return dimensions.every((dimension) => isWithin([point[dimension], point[dimension]], sides[dimension]));
}

/** Joins boxes that differ in one dimension only, until none do. The boxes must be disjoint. */
export function joinBoxes(boxes: readonly Box[]): readonly Box[] {
  let joined = boxes;
  for (let size = -1; size !== joined.length; ) {
    size = joined.length;
    for (const dimension of dimensions) joined = joinAlong(joined, dimension);
    joined = joinSymbols(joined);
  }
  return joined;
}

function joinAlong(boxes: readonly Box[], along: Dimension): readonly Box[] {
  const groups = groupedBy(boxes, (box) => `${sidesKey(box, along)} ${symbolsKey(box)}`);
  return [...groups.values()].map(([first, ...more]) => {
    if (more.length === 0) return first;
    const sets = [first, ...more].map(({ sides }) => sides[along]);
    return withSide(first, along, unionOf(sets));
  });
}

/** Two boxes alike but for the answer to one symbol do not depend on it. */
function joinSymbols(boxes: readonly Box[]): readonly Box[] {
  const names = new Set(boxes.flatMap(({ symbols }) => [...symbols.keys()]));
  let joined = boxes;
  for (const name of names) {
    const groups = groupedBy(joined, (box) => `${sidesKey(box)} ${symbolsKey(box, name)}`);
    joined = [...groups.values()].flatMap((group) => {
      if (group.length !== 2 || !group.every(({ symbols }) => symbols.has(name))) return group;
      const [first] = group;
      return [{ ...first, symbols: new Map([...first.symbols].filter(([symbol]) => symbol !== name)) }];
    });
  }
  return joined;
}

function sidesKey({ sides }: Box, except?: Dimension): string {
  return dimensions.map((dimension) => (dimension === except ? '' : sides[dimension].join())).join('|');
}

function symbolsKey({ symbols }: Box, except?: string): string {
  const entries = [...symbols].filter(([symbol]) => symbol !== except);
  return JSON.stringify(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}
