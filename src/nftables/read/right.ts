import { want } from '../../text/expected.ts';
import type { Span } from '../../text/source.ts';
import type { Constant, Expression, Value } from '../expression.ts';
import type { FieldType } from '../fields.ts';
import { type TypeName, typeOf } from '../types.ts';
import type { Reader } from './reader.ts';
import { readValue } from './values.ts';

/** Of each field of a key, or of a value: what it is. */
export type Wants = readonly FieldType[];

const boolean: FieldType = { type: 'boolean', bits: 1 };

/**
 * One constant of one field: a value, a prefix, a range; several bits joined by `|`. A prefix of all bits is a value, which nft lists
 * as a prefix in translations (`keepsWhole`).
 */
export function readRange(reader: Reader, want: FieldType, keepsWhole = false): Constant {
  if (reader.isMark('$')) return reader.within(() => readRange(reader, want, keepsWhole));
  const from = readBits(reader, want);
  if (reader.isMark('/') && !isBeforeMask(reader, want)) return readPrefix(reader, from, want, keepsWhole);
  if (!reader.isMark('-')) return from;
  const { span } = reader.scanner;
  reader.next();
  return rangeOf(reader, from, readBits(reader, want), span);
}

/** `dash`: where a mistake in the order of the ends is told. */
export function rangeOf(reader: Reader, from: Constant, to: Constant, dash: Span): Constant {
  if (isDescending(from, to))
    reader.refuse('the range has negative size', want.thing('lower-end-first'), dash);
  return { kind: 'range', from, to };
}

/** Hours and days begin anew: a range of them may go over the end. */
export const isCyclic = ({ type }: FieldType): boolean => type === 'hour' || type === 'day';

/** What a field is compared with that begins anew; whether it is a range that goes over the end, of which the rest between its ends is told. */
export function readCyclic(
  reader: Reader,
  want: FieldType,
): { readonly right: Constant; readonly isRest: boolean } {
  if (reader.isMark('$')) return reader.within(() => readCyclic(reader, want));
  const from = readBits(reader, want);
  if (!reader.takeMark('-')) return { right: from, isRest: false };
  const to = readBits(reader, want);
  return isDescending(from, to)
    ? { right: { kind: 'range', from: to, to: from }, isRest: true }
    : { right: { kind: 'range', from, to }, isRest: false };
}

const isMask = (type: TypeName) => typeOf(type).base === 'bitmask';

function isDescending(from: Constant, to: Constant): boolean {
  return from.kind === 'value' && to.kind === 'value' && from.value > to.value;
}

/** After a slash bits that have names are a mask where several follow; one number is the length of a prefix, as everywhere. */
function isBeforeMask(reader: Reader, { type }: FieldType): boolean {
  return isMask(type) && !/^\s*\d+\s*(?![\s\d,|])/.test(reader.ahead(40));
}

export function readPrefix(
  reader: Reader,
  from: Constant,
  { bits }: FieldType,
  keepsWhole: boolean,
): Constant {
  if (from.kind !== 'value') reader.refuse(`unexpected ${reader.describe()}`);
  const { type } = from;
  // `1:2/16` is one word to nft.
  const isWord = type === 'classid' && reader.lastEnd === reader.scanner.start;
  if (bits % 8 !== 0 || isWord) reader.refuse(`a prefix of a value of type ${type} is none`);
  reader.next();
  const { span } = reader.scanner;
  const length = reader.number('length-of-a-prefix');
  if (length > bits) reader.refuse(`a prefix of ${length} bits is too long`, want.atMost(bits), span);
  // Bits that have names are compared whole by it, and not asked for one by one.
  if ((keepsWhole || isMask(type)) && length === bits)
    return { kind: 'prefix', type, value: from.value, length };
  return prefixOf(type, from.value, bits, length);
}

/** Bits outside a prefix are cleared. */
function prefixOf(type: TypeName, value: number | bigint, bits: number, length: number): Constant {
  const rest = BigInt(bits - length);
  const cleared = (BigInt(value) >> rest) << rest;
  const own = typeof value === 'bigint' ? cleared : Number(cleared);
  if (rest === 0n) return { kind: 'value', type, value: own };
  return { kind: 'prefix', type, value: own, length, ...(bits !== typeOf(type).bits && { of: bits }) };
}

/** Values joined by `|`, `^`, `&` and shifts are one value; `|` and words bind as in C. */
export function readBits(reader: Reader, want: FieldType, level = 0): Constant {
  const operators = levels[level];
  if (!operators) return readAtom(reader, want);
  let left = readBits(reader, want, level + 1);
  for (;;) {
    const operator = operators.find((word) => reader.is(word));
    if (operator === undefined) return left;
    reader.next();
    const isShift = operator === '<<' || operator === '>>' || operator.endsWith('shift');
    const right = readBits(reader, isShift ? { type: 'integer', bits: 8 } : want, level + 1);
    left = fold(reader, operator, left, right);
  }
}

/** The least binding first. */
const levels: readonly (readonly string[])[] = [
  ['|', 'or'],
  ['^', 'xor'],
  ['&', 'and'],
  ['<<', '>>', 'lshift', 'rshift'],
];

const folds: Readonly<Record<string, (left: bigint, right: bigint) => bigint>> = {
  '|': (left, right) => left | right,
  or: (left, right) => left | right,
  '^': (left, right) => left ^ right,
  xor: (left, right) => left ^ right,
  '&': (left, right) => left & right,
  and: (left, right) => left & right,
  '<<': (left, right) => left << right,
  lshift: (left, right) => left << right,
  '>>': (left, right) => left >> right,
  rshift: (left, right) => left >> right,
};

function fold(reader: Reader, operator: string, left: Constant, right: Constant): Constant {
  if (left.kind !== 'value' || right.kind !== 'value')
    return reader.refuse('only numbers are joined by operators');
  const value = (folds[operator] as (left: bigint, right: bigint) => bigint)(
    BigInt(left.value),
    BigInt(right.value),
  );
  return { ...left, value: typeof left.value === 'bigint' ? value : Number(value) };
}

function readAtom(reader: Reader, want: FieldType): Constant {
  if (reader.isMark('$')) return reader.within(() => readRange(reader, want));
  if (!reader.takeMark('(')) return readValue(reader, want);
  const inner = readBits(reader, want);
  reader.expect(')');
  return inner;
}

/** A key of several fields, or of one; `*` where anything is meant. */
export function readKey(reader: Reader, wants: Wants): Expression {
  if (reader.isMark('*')) {
    reader.next();
    return { kind: 'any' };
  }
  if (reader.isMark('$')) return reader.within(() => readKey(reader, wants));
  const [first, ...others] = wants as readonly [FieldType, ...FieldType[]];
  const head = readRange(reader, first);
  if (others.length === 0) return head;
  const parts: Expression[] = [head];
  for (const want of others) {
    reader.expect('.');
    parts.push(readRange(reader, want));
  }
  return { kind: 'concat', parts };
}

/** `established,related`: the bits of a mask together. */
export function readList(reader: Reader, want: FieldType): Constant {
  const first = readRange(reader, want);
  return reader.isMark(',') && isMask(want.type) ? readMore(reader, first, want) : first;
}

/** The mask after a slash: of several bits, or nft takes it for the length of a prefix. */
export function readMask(reader: Reader, own: FieldType): Constant {
  const first = readRange(reader, own);
  if (!reader.isMark(',')) reader.refuse(`unexpected ${reader.describe()}`, want.written(','));
  return readMore(reader, first, own);
}

function readMore(reader: Reader, first: Constant, want: FieldType): Value {
  let sum = plainValue(reader, first);
  while (reader.takeMark(',')) {
    const next = plainValue(reader, readRange(reader, want));
    const both = BigInt(sum.value) | BigInt(next.value);
    sum = { ...sum, value: typeof sum.value === 'bigint' ? both : Number(both) };
  }
  return sum;
}

function plainValue(reader: Reader, constant: Constant): Value {
  return constant.kind === 'value' ? constant : reader.refuse('only bits are joined by commas');
}

/** Whether the words of existence follow, which turn a field into a question. */
export function readExistence(reader: Reader): Constant | null {
  return reader.is('exists') || reader.is('missing') ? readValue(reader, boolean) : null;
}
