import { startOf } from '../canonical/order.ts';
import type { Constant, Expression, SetElement } from '../expression.ts';
import { spellExpression } from '../print/expressions.ts';
import { Refusal } from '../refusal.ts';
import { identityOf } from '../same-key.ts';
import { bitsOfPrefix } from '../types.ts';

/** Throws a `Refusal` where stretches of values overlap that are not the same one. */
export function checkOverlap(elements: readonly SetElement[]): void {
  const stretches = elements
    .filter(({ key }) => key.kind !== 'any')
    .map((element) => ({ element, ...endsOf(element.key) }))
    .sort((one, other) =>
      one.first < other.first ? -1 : one.first > other.first ? 1 : one.last < other.last ? -1 : 1,
    );
  for (let at = 1; at < stretches.length; at += 1) {
    const [before, one] = [stretches[at - 1], stretches[at]] as [Stretch, Stretch];
    const isSame = before.first === one.first && before.last === one.last;
    if (one.first <= before.last && !isSame)
      throw new Refusal(
        `the intervals ${spell(before.element.key)} and ${spell(one.element.key)} overlap`,
        undefined,
        one.element,
      );
  }
}

interface Stretch {
  readonly element: SetElement;
  readonly first: bigint;
  readonly last: bigint;
}

const spell = (key: Expression) => spellExpression(key, {});

/** The first and the last value; names count as the number that their bytes make, the first one weighing most. */
function endsOf(key: Expression): { readonly first: bigint; readonly last: bigint } {
  if (key.kind === 'text') return endsOfName(key.text);
  const first = startOf(key);
  if (key.kind === 'range') return { first, last: startOf(key.to) };
  if (key.kind !== 'prefix') return { first, last: first };
  return { first, last: first | ((1n << BigInt(bitsOfPrefix(key) - key.length)) - 1n) };
}

const nameBytes = 16;

function endsOfName(text: string) {
  const bytes = [...new TextEncoder().encode(text.replace(/\*$/, ''))];
  const fill = (with_: number) =>
    Array.from({ length: nameBytes }, (_, at) => bytes[at] ?? with_).reduce(
      (sum, byte) => sum * 256n + BigInt(byte),
      0n,
    );
  return { first: fill(0), last: fill(text.endsWith('*') ? 255 : 0) };
}

/** The kernel's set of intervals of several fields takes no element of which an end lies in one that is there. */
export function checkConcatenations(elements: readonly SetElement[]): void {
  const known: { key: Expression; ends: Ends[] }[] = [];
  for (const element of elements) {
    const { key } = element;
    if (key.kind !== 'concat') continue;
    const ends = key.parts.map(endsOf);
    const other = known.find((one) => isWithin(ends, one.ends, 'first') || isWithin(ends, one.ends, 'last'));
    if (other && !isEqual(ends, other.ends))
      throw new Refusal(`the elements ${spell(key)} and ${spell(other.key)} overlap`, undefined, element);
    if (!other) known.push({ key, ends });
  }
}

type Ends = ReturnType<typeof endsOf>;

function isWithin(ends: readonly Ends[], other: readonly Ends[], which: 'first' | 'last'): boolean {
  return ends.every((end, at) => {
    const { first, last } = other[at] as Ends;
    return first <= end[which] && end[which] <= last;
  });
}

function isEqual(ends: readonly Ends[], other: readonly Ends[]): boolean {
  return ends.every((end, at) => end.first === other[at]?.first && end.last === other[at]?.last);
}

/** Throws where a key of a map has two values. */
export function checkConflicts(elements: readonly SetElement[]): void {
  const known = new Map<string, string>();
  for (const { key, data } of elements) {
    if (!data) continue;
    const [identity, own] = [identityOf(key), spell(data)];
    const before = known.get(identity);
    if (before !== undefined && before !== own)
      throw new Refusal(`the key ${spell(key)} has two values, ${before} and ${own}`);
    known.set(identity, own);
  }
}

export const isStretch = (key: Expression | Constant): boolean =>
  key.kind === 'prefix' ||
  key.kind === 'range' ||
  (key.kind === 'text' && key.text.endsWith('*') && !key.text.endsWith('\\*')) ||
  (key.kind === 'concat' && key.parts.some(isStretch));
