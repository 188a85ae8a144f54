import type { Constant, Expression, SetElement } from '../../../nftables/expression.ts';
import type { NftSet } from '../../../nftables/model.ts';
import { bitsOfPrefix } from '../../../nftables/types.ts';
import { type IntervalSet, interval, single, unionOf } from '../../../sets/intervals.ts';
import { namesFrom, nameValue } from '../../fields.ts';

type Spread = {
  readonly [K in Constant['kind']]: (constant: Extract<Constant, { kind: K }>) => IntervalSet | null;
};

/** The values that a constant stands for; null where that is not known. Names of interfaces are numbers, see `nameValue`. */
const spread: Spread = {
  // A number of an interface that is gone.
  value: ({ type, value }) => (type === 'iface_index' ? null : single(value)),
  text: ({ type, text }) => (type === 'ifname' || type === 'iface_index' ? namesOf(text) : null),
  prefix: (prefix) => {
    const { value, length } = prefix;
    const free = bitsOfPrefix(prefix) - length;
    return typeof value === 'bigint'
      ? interval(value, value | ((1n << BigInt(free)) - 1n))
      : interval(value, value + 2 ** free - 1);
  },
  range: ({ from, to }) => {
    const [first, last] = [valuesOf(from)?.[0], valuesOf(to)?.at(-1)];
    return first === undefined || last === undefined ? null : interval(first, last);
  },
  any: () => null,
  verdict: () => null,
  set: ({ elements }) => keysOf(elements),
  'set-reference': () => null,
};

export function valuesOf(expression: Expression): IntervalSet | null {
  const own = (spread as Readonly<Record<string, unknown>>)[expression.kind];
  return own ? (own as (constant: Expression) => IntervalSet | null)(expression) : null;
}

/** A name, or all that begin so; a star with a backslash before it is one. */
function namesOf(text: string): IntervalSet {
  if (text.endsWith('\\*')) return single(nameValue(`${text.slice(0, -2)}*`));
  return text.endsWith('*') ? namesFrom(text.slice(0, -1)) : single(nameValue(text));
}

/** All keys of a set of one field. */
function keysOf(elements: readonly SetElement[]): IntervalSet | null {
  const sets: IntervalSet[] = [];
  for (const { key } of elements) {
    const set = valuesOf(key);
    if (set === null) return null;
    sets.push(set);
  }
  return unionOf(sets);
}

const known = new WeakMap<NftSet, IntervalSet | null>();

/** The same of a named set. */
export function valuesOfSet(set: NftSet): IntervalSet | null {
  let values = known.get(set);
  if (values === undefined) {
    values = keysOf(set.elements);
    known.set(set, values);
  }
  return values;
}
