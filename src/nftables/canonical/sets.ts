import type { Expression, SetElement } from '../expression.ts';
import { headers } from '../headers.ts';
import type { NftSet } from '../model.ts';
import { identityOf } from '../same-key.ts';
import { bitsOfPrefix, type TypeName, typeOf } from '../types.ts';
import { compareKeys, compareStarts, mergeSort, startOf } from './order.ts';

/** Types of which a stretch of values that a prefix covers is printed as one. */
const withPrefixes: ReadonlySet<TypeName> = new Set<TypeName>([
  'ipv4_addr',
  'ipv6_addr',
  'mark',
  'devgroup',
  'realm',
]);

/** A named set as nft lists it. Intervals of several fields come in an order of the kernel's own, and stay as they are. */
export function canonicalSet(given: NftSet): NftSet {
  const set = withTimeouts(withListedData(withStatements(given)));
  const field = set.key.by === 'typeof' ? set.key.expression : undefined;
  if (!set.flags.includes('interval'))
    return { ...set, elements: sorted(set.elements, (left, right) => compareKeys(left, right, field, true)) };
  if (set.elements.some(({ key }) => key.kind === 'concat'))
    return { ...set, elements: set.elements.map(partsRespelt) };
  const elements = sorted(set.elements, compareStarts);
  const joined = set.autoMerge && !set.data ? join(elements) : elements;
  return { ...set, elements: joined.map(respelt).map(openEnded) };
}

/** Each element has the statements of its set. */
function withStatements(set: NftSet): NftSet {
  const { statements, elements } = set;
  if (statements.length === 0 || elements.every((one) => one.statements)) return set;
  const own = statements.map((one) =>
    one.kind === 'counter' ? ({ packets: 0, bytes: 0, ...one } as const) : one,
  );
  return { ...set, elements: elements.map((one) => (one.statements ? one : { ...one, statements: own })) };
}

/** A set with a timeout of its own has timeouts, which is said beside other flags. */
function withTimeouts(set: NftSet): NftSet {
  const isSaid = set.timeout === undefined || set.flags.length === 0 || set.flags.includes('timeout');
  return isSaid ? set : { ...set, flags: [...set.flags, 'timeout'] };
}

function withListedData(set: NftSet): NftSet {
  return set.data ? { ...set, elements: set.elements.map(dataListed) } : set;
}

/** What a map gives for an element: of a range of addresses alone the prefix. */
function dataListed(element: SetElement): SetElement {
  const { data } = element;
  if (data?.kind === 'range') return { ...element, data: stretchAsPrefix(data) };
  return data?.kind === 'concat' ? { ...element, data: stretchesRespelt(data) } : element;
}

/** In each field of a key a prefix stands for the range that it covers. */
function partsRespelt(element: SetElement): SetElement {
  const { key } = element;
  return key.kind === 'concat' ? { ...element, key: stretchesRespelt(key) } : element;
}

function stretchesRespelt({ parts }: Extract<Expression, { kind: 'concat' }>): Expression {
  const respelt = parts.map((part) => {
    const stretch = part.kind === 'range' || part.kind === 'prefix' ? stretchOf(part) : null;
    return stretch ? spell(stretch) : part;
  });
  return { kind: 'concat', parts: respelt };
}

/** The elements that stand in a rule. Neighbours are joined where any of them is a stretch of values. */
export function canonicalElements(
  elements: readonly SetElement[],
  field?: Expression,
): readonly SetElement[] {
  const once = withoutRepetition(elements).map(dataListed);
  if (once.some(({ key }) => key.kind === 'concat' && key.parts.some(isStretch)))
    return once.map(partsRespelt);
  if (!once.some(({ key }) => isStretch(key)))
    return sorted(once, (left, right) => compareKeys(left, right, field));
  const elementsInOrder = sorted(once, compareStarts);
  const isMap = once.some(({ data }) => data !== undefined);
  const listed = (isMap ? elementsInOrder : join(elementsInOrder)).map(respelt);
  return isLast(field) ? listed.map(openEnded) : listed;
}

/** Whether the bits of a field end a byte, so that nothing is shifted before they are compared. */
function isLast(field: Expression | undefined): boolean {
  const own = field?.kind === 'payload' ? headers[field.header]?.fields[field.field] : undefined;
  return own !== undefined && (own[1] + own[2]) % 8 === 0;
}

function isStretch(key: Expression): boolean {
  return key.kind === 'prefix' || key.kind === 'range' || (key.kind === 'text' && key.text.endsWith('*'));
}

function sorted(
  elements: readonly SetElement[],
  compare: (left: Expression, right: Expression) => number,
): readonly SetElement[] {
  return mergeSort(elements, (left, right) => compare(left.key, right.key));
}

function withoutRepetition(elements: readonly SetElement[]): readonly SetElement[] {
  const seen = new Set<string>();
  return elements.filter(({ key }) => {
    const text = identityOf(key);
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

interface Stretch {
  readonly type: TypeName;
  readonly first: bigint;
  readonly last: bigint;
}

/** Null for names, and for what holds everything else. */
function stretchOf(key: Expression): Stretch | null {
  const type = typeIn(key);
  if (type === null) return null;
  const first = startOf(key);
  if (key.kind === 'value') return { type, first, last: first };
  if (key.kind === 'prefix') {
    const rest = (1n << BigInt(bitsOfPrefix(key) - key.length)) - 1n;
    return { type, first: first & ~rest, last: first | rest };
  }
  return key.kind === 'range' ? { type, first, last: startOf(key.to) } : null;
}

function typeIn(key: Expression): TypeName | null {
  if (key.kind === 'value' || key.kind === 'prefix') return key.type;
  return key.kind === 'range' ? typeIn(key.from) : null;
}

/** Elements that touch or overlap are one; in the order of their beginnings. */
function join(elements: readonly SetElement[]): readonly SetElement[] {
  const joined: { element: SetElement; stretch: Stretch | null }[] = [];
  for (const element of elements) {
    const stretch = stretchOf(element.key);
    const open = joined.at(-1);
    if (open && isNameWithin(element.key, open.element.key)) continue;
    if (stretch && open?.stretch && stretch.first <= open.stretch.last + 1n) {
      if (stretch.last > open.stretch.last) open.stretch = { ...open.stretch, last: stretch.last };
    } else joined.push({ element, stretch });
  }
  return joined.map(({ element, stretch }) => (stretch ? { ...element, key: spell(stretch) } : element));
}

/** A range of addresses that a prefix covers just so, be it of one. */
export function stretchAsPrefix(key: Expression): Expression {
  const stretch = stretchOf(key);
  if (stretch?.type !== 'ipv4_addr' && stretch?.type !== 'ipv6_addr') return key;
  const spelt = spell(stretch);
  return spelt.kind === 'value' ? { ...spelt, kind: 'prefix', length: typeOf(stretch.type).bits } : spelt;
}

/** Names that a star stands for already. */
function isNameWithin(key: Expression, open: Expression): boolean {
  if (key.kind !== 'text' || open.kind !== 'text' || !open.text.endsWith('*')) return false;
  return key.text.startsWith(open.text.slice(0, -1));
}

/** Of bits that fill no bytes an interval up to the last value has no end in the kernel, and is listed up to that of the bytes. */
function openEnded(element: SetElement): SetElement {
  const stretch = stretchOf(element.key);
  if (!stretch) return element;
  const { bits } = typeOf(stretch.type);
  if (bits % 8 === 0 || stretch.last !== (1n << BigInt(bits)) - 1n) return element;
  const value = (number: bigint) => ({ kind: 'value', type: stretch.type, value: Number(number) }) as const;
  const bytes = Math.ceil(bits / 8);
  const last = (1n << BigInt(8 * bytes)) - 1n;
  return { ...element, key: { kind: 'range', from: value(stretch.first), to: value(last) } };
}

function respelt(element: SetElement): SetElement {
  const stretch = stretchOf(element.key);
  return stretch ? { ...element, key: spell(stretch) } : element;
}

/** A single value, a prefix where one covers just that, or a range. */
function spell({ type, first, last }: Stretch): Expression {
  const { bits } = typeOf(type);
  const value = (number: bigint) =>
    ({ kind: 'value', type, value: bits > 48 ? number : Number(number) }) as const;
  if (first === last) return value(first);
  const size = last - first + 1n;
  if (withPrefixes.has(type) && (size & (size - 1n)) === 0n && first % size === 0n) {
    const length = bits - (size.toString(2).length - 1);
    return { kind: 'prefix', type, value: value(first).value, length };
  }
  return { kind: 'range', from: value(first), to: value(last) };
}
