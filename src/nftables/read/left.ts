import type { BinaryOperator, Expression } from '../expression.ts';
import { type FieldType, fieldType, isField } from '../fields.ts';
import { typeOf } from '../types.ts';
import { isFieldStart, isFieldWord, readField, readModulus } from './fields.ts';
import type { Reader } from './reader.ts';
import { readBits, type Wants } from './right.ts';
import { type DataWants, readElements } from './sets.ts';

const operators: Readonly<Record<string, BinaryOperator>> = {
  '&': '&',
  and: '&',
  '|': '|',
  or: '|',
  '^': '^',
  xor: '^',
  '<<': '<<',
  lshift: '<<',
  '>>': '>>',
  rshift: '>>',
};

/** A larger number binds less. */
const levels: Readonly<Record<BinaryOperator, number>> = { '<<': 1, '>>': 1, '&': 2, '^': 3, '|': 4 };

/** A key: fields with what is computed of them, joined by dots. */
export function readLeft(reader: Reader): Expression {
  return readParts(reader, () => readComputed(reader, 4));
}

/**
 * The key of an element that a rule adds: fields as in `readLeft`, and constants of what the set's key of several fields has there. A
 * constant alone nft loads and cannot list.
 */
export function readElementKey(reader: Reader, wants: Wants): Expression {
  return readParts(reader, (index) => {
    const want = wants.length > 1 ? wants[index] : undefined;
    return !want || isComputedAhead(reader) ? readComputed(reader, 4) : readBits(reader, want);
  });
}

function readParts(reader: Reader, read: (index: number) => Expression): Expression {
  const first = read(0);
  if (!reader.isMark('.')) return first;
  const parts = [first];
  while (reader.takeMark('.')) parts.push(read(parts.length));
  return { kind: 'concat', parts };
}

/** A parenthesis may hold a field or a constant. */
export function isComputedAhead(reader: Reader): boolean {
  if (isFieldStart(reader) || reader.is('jhash')) return true;
  const inner = reader.isMark('(') ? /^[\s(]*([a-z]\w*)/.exec(reader.ahead(40))?.[1] : undefined;
  return inner !== undefined && (isFieldWord(inner) || inner === 'jhash');
}

/** Operators that bind at least as tightly as the level. */
function readComputed(reader: Reader, level: number): Expression {
  if (level === 0) return readOperand(reader);
  let left = readComputed(reader, level - 1);
  for (;;) {
    const operator =
      reader.scanner.kind === 'word' || reader.scanner.kind === 'mark' ? operators[reader.value] : undefined;
    if (operator === undefined || levels[operator] !== level) return left;
    reader.next();
    left = { kind: 'binary', operator, left, right: readOperandOf(reader, operator, left, level) };
  }
}

function readOperandOf(
  reader: Reader,
  operator: BinaryOperator,
  left: Expression,
  level: number,
): Expression {
  if (isFieldStart(reader)) return readComputed(reader, level - 1);
  const isShift = operator === '<<' || operator === '>>';
  return readBits(reader, isShift ? { type: 'integer', bits: 32 } : onlyWant(reader, left), 5 - level);
}

function readOperand(reader: Reader): Expression {
  if (reader.takeMark('(')) {
    const inner = readComputed(reader, 4);
    reader.expect(')');
    return inner;
  }
  if (reader.take('jhash')) return { kind: 'hash', of: readLeft(reader), ...readModulus(reader) };
  return readField(reader);
}

/** What the values look like that an expression is compared with. */
export function wantsOf(reader: Reader, expression: Expression): Wants {
  if (expression.kind === 'concat') return expression.parts.map((part) => onlyWant(reader, part));
  return [onlyWant(reader, expression)];
}

/** Of an expression of a single field. */
export function onlyWant(reader: Reader, expression: Expression): FieldType {
  if (expression.kind === 'binary') return onlyWant(reader, expression.left);
  if (expression.kind === 'numgen' || expression.kind === 'hash') return { type: 'integer', bits: 32 };
  const own = isField(expression) ? fieldType(addressed(reader, expression)) : undefined;
  return own ?? reader.refuse('there is no such field');
}

/** The addresses of a connection and of a route are of the table's family where none is named. */
function addressed(
  reader: Reader,
  field: Extract<Expression, { kind: string }> & Parameters<typeof fieldType>[0],
) {
  const isOpen = (field.kind === 'ct' || field.kind === 'rt') && field.family === undefined;
  if (!isOpen) return field;
  const family = reader.network;
  return family === undefined ? field : { ...field, family };
}

/** `KEY map { … }` or `KEY map @name`, where `map` was read. */
export function readMap(reader: Reader, key: Expression, data: DataWants): Expression {
  const set = readSetReference(reader);
  if (set) return { kind: 'map', key, map: set };
  return {
    kind: 'map',
    key,
    map: { kind: 'set', elements: readElements(reader, wantsOf(reader, key), data) },
  };
}

/** `@name`. */
export function readSetReference(reader: Reader): Expression | null {
  if (!reader.takeMark('@')) return null;
  return { kind: 'set-reference', name: reader.name('set-name') };
}

/** Bits of a type. */
export function wantOf(type: FieldType['type'], bits = typeOf(type).bits): FieldType {
  return { type, bits };
}
