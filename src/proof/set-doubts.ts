import { addressBits, type Family } from '../address/address.ts';
import type { Box } from '../sets/box.ts';
import { sizeOf } from '../sets/intervals.ts';
import type { Classified, PacketClass } from './classes/classify.ts';
import { type ExploreQuestion, explore } from './explore/explore.ts';
import { setIn } from './rules/apart.ts';
import type { Survey } from './rules/survey.ts';

/** So many cells of a box, and so many boxes of a class, are looked at to see whether a set decides. */
const mostCells = 64;
const mostBoxes = 8;

/**
 * Leaves open what may be no change at all: of packets that change fate only where they are not in a set that one side alone asks, and
 * of which it is not known what it holds. It may hold just what the other side asks for.
 */
export function withSetDoubts(
  { classes, unproved }: Classified,
  sets: ReadonlySet<string>,
  question: ExploreQuestion,
): Classified {
  if (sets.size === 0) return { classes, unproved };
  const doubtful = new Set(classes.flatMap((one) => setThatMayHold(one, sets, question) ?? []));
  if (doubtful.size === 0) return { classes, unproved };
  // Of what is in such a set it is not known what it is, either.
  const judged = classes.map((one): PacketClass => {
    const [set] = [...doubtful].filter((name) => one.boxes.every((box) => asks(box, name)));
    return set === undefined ? one : { ...one, doubt: { code: 'set-untold', set } };
  });
  return {
    classes: judged.filter(({ doubt }) => doubt === null),
    unproved: [...unproved, ...judged.filter(({ doubt }) => doubt !== null)],
  };
}

const asks = ({ symbols }: Box, name: string): boolean =>
  [...symbols.keys()].some((symbol) => setIn(symbol, new Set([name])) !== undefined);

/** The set of which it is supposed that it does not hold these packets, though it may, and then they keep their fate. */
function setThatMayHold(
  { boxes, later }: PacketClass,
  sets: ReadonlySet<string>,
  question: ExploreQuestion,
): string | undefined {
  const named = [...sets].filter((name) => boxes.every((box) => mayHoldAll(box, name, question.host.family)));
  return named.find((name) =>
    boxes.slice(0, mostBoxes).some((box) => isSameInside(box, name, question, later)),
  );
}

/** Whether a set of that name could hold all of a box that is taken not to be in it: none holds nearly all addresses, or all ports. */
function mayHoldAll({ symbols, sides }: Box, name: string, family: Family): boolean {
  const asked = [...symbols].find(
    ([symbol, holds]) => !holds && setIn(symbol, new Set([name])) !== undefined,
  );
  if (!asked) return false;
  const isFew = (end: 'source' | 'destination') =>
    sizeOf(sides[end]) <= 1n << BigInt(addressBits[family] - 1) ||
    (sizeOf(sides[`${end}Port`]) <= 1n << 15n && sides[`${end}Port`][0] !== 0);
  const [, directions = ''] = / --match-set \S+ (\S+)/.exec(asked[0]) ?? [];
  return directions.split(',').some((direction) => isFew(direction === 'src' ? 'source' : 'destination'));
}

/** Whether some of its packets keep their fate where they are in the set that they were taken not to be in. */
function isSameInside(box: Box, name: string, question: ExploreQuestion, later: boolean): boolean {
  const sets = new Set([name]);
  const symbols = new Map(
    [...box.symbols].map(([symbol, holds]) => [symbol, holds || setIn(symbol, sets) !== undefined]),
  );
  let differing = 0;
  const { looked, left } = explore(
    [{ ...box, symbols }],
    { ...question, limit: mostCells },
    () => {
      differing += 1;
    },
    later ? 'later' : 'first',
  );
  return left.length > 0 || differing < looked;
}

type Asked = Pick<Survey, 'sets' | 'countedSets'>;

/**
 * Sets that rules of one side alone ask, where the other side has no rule of its own that does. A set that counts is more than what it
 * holds.
 */
export function setsOfOne(one: Asked, other: Asked): ReadonlySet<string> {
  const names = new Set([...one.sets.keys(), ...other.sets.keys()]);
  const isOfOne = (name: string) => {
    const [rules, others] = [one, other].map(({ sets }) => sets.get(name) ?? []) as [string[], string[]];
    return without(rules, others).length > 0 !== without(others, rules).length > 0;
  };
  const counts = (name: string) => one.countedSets.has(name) || other.countedSets.has(name);
  return new Set([...names].filter((name) => !counts(name) && isOfOne(name)));
}

/** What is left of a list when the other is taken out of it, one for one. */
function without(rules: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return rules.filter((rule) => {
    const at = left.indexOf(rule);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
