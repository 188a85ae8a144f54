import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Address } from '../../src/address/address.ts';
import { parseAddress } from '../../src/address/address.ts';
import { parseSubnet, type Subnet } from '../../src/address/subnet.ts';
import {
  arrivalStates,
  type Box,
  type Dimension,
  dimensions,
  holds,
  isInside,
  isNothing,
  joinBoxes,
  meet,
  universe,
  without,
  withSide,
} from '../../src/sets/box.ts';
import { ByDestination } from '../../src/sets/by-destination.ts';
import {
  has,
  type IntervalSet,
  intersect,
  interval,
  isEmpty,
  isSingle,
  isWithin,
  membersOf,
  overlaps,
  pick,
  sameSet,
  single,
  subtract,
  union,
  unionOf,
} from '../../src/sets/intervals.ts';
import { subnetSet } from '../../src/sets/subnet-set.ts';

const top = 20;

/** The stretches of a set of small numbers, found by counting. */
function stretchesOf(members: ReadonlySet<number>): number[] {
  const stretches: number[] = [];
  for (let value = 0; value <= top; value += 1) {
    if (!members.has(value)) continue;
    if (!members.has(value - 1)) stretches.push(value);
    if (!members.has(value + 1)) stretches.push(value);
  }
  return stretches;
}

const someMembers = fc.array(fc.nat(top)).map((list) => new Set(list));
const runs = { numRuns: 150 };

/** Numbers as they are, and far out among the addresses of IPv6. */
const far = 1n << 100n;
describe.each([
  ['numbers', (value: number): Address => value],
  ['bigints', (value: number): Address => far + BigInt(value)],
] as const)('a set of %s', (_, spell) => {
  const setOf = (members: ReadonlySet<number>): IntervalSet => stretchesOf(members).map(spell);
  const both = (check: (left: Set<number>, right: Set<number>) => void) =>
    fc.assert(fc.property(someMembers, someMembers, check), runs);

  test('is cut with another to what both hold', () => {
    both((left, right) => {
      const common = new Set([...left].filter((value) => right.has(value)));
      expect(intersect(setOf(left), setOf(right))).toEqual(setOf(common));
      expect(overlaps(setOf(left), setOf(right))).toBe(common.size > 0);
    });
  });

  test('without another is what only it holds', () => {
    both((left, right) => {
      const rest = new Set([...left].filter((value) => !right.has(value)));
      expect(subtract(setOf(left), setOf(right))).toEqual(setOf(rest));
      expect(isWithin(setOf(left), setOf(right))).toBe(rest.size === 0);
    });
  });

  test('joined with another is what either holds, and stretches that touch are one', () => {
    both((left, right) => {
      const all = setOf(new Set([...left, ...right]));
      expect(union(setOf(left), setOf(right))).toEqual(all);
      const pieces = [...right, ...left].map((value) => single(spell(value)));
      expect(unionOf(pieces)).toEqual(all);
    });
  });

  test('equals those with the same members alone', () => {
    both((left, right) => {
      const same = left.size === right.size && [...left].every((value) => right.has(value));
      expect(sameSet(setOf(left), setOf(right))).toBe(same);
      expect(sameSet(setOf(left), setOf(left))).toBe(true);
    });
  });

  test('knows its members', () => {
    fc.assert(
      fc.property(someMembers, (members) => {
        const set = setOf(members);
        expect(membersOf(set)).toEqual([...members].sort((a, b) => a - b).map(spell));
        for (let value = 0; value <= top; value += 1) {
          expect(has(set, spell(value))).toBe(members.has(value));
        }
        expect(isEmpty(set)).toBe(members.size === 0);
        expect(isSingle(set)).toBe(members.size === 1);
      }),
      runs,
    );
  });

  const [one, two, five, six] = [spell(1), spell(2), spell(5), spell(6)];

  test('is made of a first and a last', () => {
    expect(interval(one, two)).toEqual([one, two]);
    expect(interval(one, one)).toEqual(single(one));
    expect(interval(two, one)).toEqual([]);
  });

  test('leaves its neighbours where something is cut out of it', () => {
    expect(subtract([one, six], [two, five])).toEqual([one, one, six, six]);
    expect(subtract([one, two, five, six], [two, five])).toEqual([one, one, six, six]);
  });

  test.each([
    ['the first of the wanted ones that it holds', [spell(9), five, two], () => false, five],
    ['no wanted one that is to be avoided', [five, two], (value: Address) => value === five, two],
    ['another where all wanted ones are to be avoided', [two], (value: Address) => value < five, five],
    ['the least that is not to be avoided where none is wanted', [], (value: Address) => value === one, two],
    ['a wanted one where all are to be avoided', [spell(9), five], () => true, five],
    ['any where all are to be avoided and none is wanted', [spell(9)], () => true, one],
  ])('gives %s', (_what, wanted, avoid, expected) => {
    expect(pick([one, two, five, six], wanted, avoid)).toBe(expected);
  });
});

describe('the addresses of a subnet', () => {
  const setOf = (text: string) => subnetSet(parseSubnet(text) as Subnet);
  const at = (text: string) => parseAddress(text) as Address;

  test.each([
    ['10.0.0.0/8', ['10.0.0.0', '10.255.255.255']],
    ['192.168.0.2/32', ['192.168.0.2', '192.168.0.2']],
    ['0.0.0.0/0', ['0.0.0.0', '255.255.255.255']],
    ['128.0.0.0/1', ['128.0.0.0', '255.255.255.255']],
    ['fd00:1::/32', ['fd00:1::', 'fd00:1:ffff:ffff:ffff:ffff:ffff:ffff']],
    ['fd00::7/128', ['fd00::7', 'fd00::7']],
    ['10.0.0.0/255.255.254.255', ['10.0.0.0', '10.0.0.0', '10.0.1.0', '10.0.1.0']],
    ['10.0.0.0/255.253.255.0', ['10.0.0.0', '10.0.0.255', '10.2.0.0', '10.2.0.255']],
    ['fd00::/fffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff', ['fd00::', 'fd00::', 'fd01::', 'fd01::']],
  ])('%s is the stretches that its mask leaves free', (text, edges) => {
    expect(setOf(text)).toEqual(edges.map(at));
  });

  test('are listed for twelve holes and not for more', () => {
    const made = setOf('0.0.0.9/255.240.0.255') as IntervalSet;
    expect(made).toHaveLength(2 * 4096);
    expect(has(made, at('0.15.255.9'))).toBe(true);
    expect(has(made, at('0.16.0.9'))).toBe(false);
    expect(setOf('0.0.0.9/255.224.0.255')).toBeNull();
    expect(setOf('0.0.0.9/0.0.0.255')).toBeNull();
  });

  test('are found once for each subnet', () => {
    const subnet = parseSubnet('10.0.0.0/255.0.0.255') as Subnet;
    expect(subnetSet(subnet)).toBe(subnetSet(subnet));
  });
});

const all = universe('ipv4', 3);
const told = (box: Box, ...answers: readonly (readonly [string, boolean])[]): Box => ({
  ...box,
  symbols: new Map(answers),
});

describe('everything there is', () => {
  test.each([
    ['ipv4', 0, 0xffffffff],
    ['ipv6', 0n, (1n << 128n) - 1n],
  ] as const)('has every address of %s, every port and every state of arrival', (family, first, last) => {
    expect(universe(family, 4)).toEqual({
      symbols: new Map(),
      sides: {
        origin: [0, 3],
        state: [0, 4],
        protocol: [1, 255],
        source: [first, last],
        destination: [first, last],
        sourcePort: [0, 65535],
        destinationPort: [0, 65535],
        flags: [0, 63],
        icmpType: [0, 255],
        icmpCode: [0, 255],
      },
    });
  });

  test('has the states that come before translation', () => {
    expect(arrivalStates).toEqual(['INVALID', 'NEW', 'RELATED', 'ESTABLISHED', 'UNTRACKED']);
  });
});

describe.each(dimensions.map((dimension) => [dimension]))('a box with a narrow %s', (dimension) => {
  const [low, high] = [withSide(all, dimension, [1, 1]), withSide(all, dimension, [2, 2])];

  test('is inside of everything, which is not inside of it', () => {
    expect(isInside(low, all)).toBe(true);
    expect(isInside(all, low)).toBe(false);
    expect(isInside(low, low)).toBe(true);
  });

  test('meets everything in itself, and its neighbour in nothing', () => {
    expect(meet(low, all)).toEqual(low);
    expect(meet(all, low)).toEqual(low);
    expect(meet(low, high)).toBeNull();
  });

  test('is nothing once the side is empty', () => {
    expect(isNothing(low)).toBe(false);
    expect(isNothing(withSide(all, dimension, []))).toBe(true);
  });

  test('holds the packets with that value', () => {
    const ones = Object.fromEntries(dimensions.map((name) => [name, 1])) as Record<Dimension, number>;
    expect(holds(low, ones)).toBe(true);
    expect(holds(high, ones)).toBe(false);
    expect(holds(high, { ...ones, [dimension]: 2 })).toBe(true);
  });

  test('is joined with its neighbour into one', () => {
    expect(joinBoxes([low, high])).toEqual([withSide(all, dimension, [1, 2])]);
  });

  test('leaves the rest of the side of everything', () => {
    const side = all.sides[dimension];
    expect(without(all, low)).toEqual([withSide(all, dimension, subtract(side, [1, 1]))]);
    expect(without(low, high)).toEqual([low]);
    expect(without(low, all)).toEqual([]);
  });
});

describe('boxes of small numbers', () => {
  const three: readonly Dimension[] = ['destination', 'destinationPort', 'source'];
  const side = fc.uniqueArray(fc.nat(3), { minLength: 1 }).map((list) => stretchesOf(new Set(list)));
  const someBox = fc
    .tuple(side, side, side)
    .map((sets) =>
      three.reduce((box, dimension, at) => withSide(box, dimension, sets[at] as IntervalSet), all),
    );
  const points = Array.from({ length: 64 }, (_, at) => ({
    ...(Object.fromEntries(dimensions.map((name) => [name, 1])) as Record<Dimension, number>),
    destination: at & 3,
    destinationPort: (at >> 2) & 3,
    source: at >> 4,
  }));

  test('meet in the packets that both hold', () => {
    fc.assert(
      fc.property(someBox, someBox, (left, right) => {
        const common = meet(left, right);
        for (const point of points) {
          expect(common !== null && holds(common, point)).toBe(holds(left, point) && holds(right, point));
        }
      }),
      { ...runs, numRuns: 60 },
    );
  });

  test('are divided by one that is taken out, each packet into one part, and joined again', () => {
    fc.assert(
      fc.property(someBox, someBox, (left, right) => {
        const parts = without(left, right);
        const common = meet(left, right);
        for (const point of points) {
          const times = parts.filter((part) => holds(part, point)).length;
          expect(times).toBe(holds(left, point) && !holds(right, point) ? 1 : 0);
        }
        expect(joinBoxes(common ? [...parts, common] : parts)).toEqual([left]);
      }),
      { ...runs, numRuns: 60 },
    );
  });
});

describe('answers that are supposed', () => {
  test('are kept from both boxes where they meet', () => {
    expect(meet(told(all, ['a', true]), all)).toEqual(told(all, ['a', true]));
    expect(meet(all, told(all, ['a', true]))).toEqual(told(all, ['a', true]));
    expect(meet(all, told(all, ['a', false]))).toEqual(told(all, ['a', false]));
    expect(meet(told(all, ['a', false]), told(all, ['b', true]))).toEqual(
      told(all, ['a', false], ['b', true]),
    );
  });

  test('that contradict each other leave nothing', () => {
    expect(meet(told(all, ['a', true]), told(all, ['a', false]))).toBeNull();
    expect(meet(told(all, ['a', false]), told(all, ['a', true]))).toBeNull();
    expect(meet(told(all, ['a', false]), told(all, ['a', false]))).toEqual(told(all, ['a', false]));
  });

  test('do not count when a box is taken out of another, whose own are kept', () => {
    const low = withSide(all, 'flags', [0, 31]);
    const high = withSide(all, 'flags', [32, 63]);
    expect(without(told(all, ['a', true]), told(low, ['a', false]))).toEqual([told(high, ['a', true])]);
    expect(isInside(told(low, ['a', true]), told(all, ['a', false]))).toBe(true);
  });

  test('of which both are there do not matter', () => {
    expect(joinBoxes([told(all, ['a', true]), told(all, ['a', false])])).toEqual([all]);
    expect(joinBoxes([told(all, ['a', true], ['b', true]), told(all, ['b', true], ['a', false])])).toEqual([
      told(all, ['b', true]),
    ]);
  });

  test('keep boxes apart that differ in more', () => {
    const apart = [told(all, ['a', true]), told(withSide(all, 'flags', [0, 1]), ['a', false])];
    expect(joinBoxes(apart)).toEqual(apart);
    const partly = [told(all, ['a', true]), told(all, ['b', false])];
    expect(joinBoxes(partly)).toEqual(partly);
    const unlike = [told(withSide(all, 'flags', [0, 1]), ['a', true]), withSide(all, 'flags', [2, 3])];
    expect(joinBoxes(unlike)).toEqual(unlike);
  });

  test('are the same in whatever order they were given', () => {
    const low = told(withSide(all, 'flags', [0, 31]), ['a', true], ['b', false], ['c', true]);
    const high = told(withSide(all, 'flags', [32, 63]), ['c', true], ['b', false], ['a', true]);
    const joined = [told(all, ['a', true], ['b', false], ['c', true])];
    expect(joinBoxes([low, high])).toEqual(joined);
    expect(joinBoxes([high, low])).toEqual(joined);
  });
});

describe('things by the destination that they are about', () => {
  const to = (...set: readonly number[]) => withSide(all, 'destination', set);
  const fill = () => {
    const things = new ByDestination<string>();
    things.like(to(1, 1)).push('one');
    things.like(to(2, 2)).push('two');
    things.like(to(1, 2)).push('both');
    things.like(all).push('all');
    return things;
  };

  test('are alike where they are about the same one, or about several', () => {
    const things = fill();
    expect(things.like(to(1, 1))).toEqual(['one']);
    expect(things.like(to(2, 2))).toEqual(['two']);
    expect(things.like(to(3, 3))).toEqual([]);
    expect(things.like(to(5, 9))).toEqual(['both', 'all']);
    expect(things.broad).toEqual(['both', 'all']);
  });

  test('are near to a box of one if they are about it or about several', () => {
    const things = fill();
    expect(things.near(to(1, 1))).toEqual(['both', 'all', 'one']);
    expect(things.near(to(3, 3))).toEqual(['both', 'all']);
  });

  test('are all near to a box of several', () => {
    expect(fill().near(to(1, 3))).toEqual(['both', 'all', 'one', 'two']);
  });
});
