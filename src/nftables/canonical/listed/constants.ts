import type { Constant, Expression, Payload, Value } from '../../expression.ts';
import { fieldType } from '../../fields.ts';
import type { TypeName } from '../../types.ts';
import { mapValues } from '../constants.ts';
import type { Raw } from '../names.ts';

/** The constant of a field; of its first bits only, a prefix. */
export function ofField(
  number: bigint,
  field: Payload | Raw,
  part: readonly [number, number] | null,
): Constant {
  const { type, bits } = fieldType(field) ?? { type: 'xinteger' as const, bits: 32 };
  const own = part ? number << BigInt(part[1] - part[0]) : number;
  const value = bits > 48 ? own : Number(own);
  return part ? { kind: 'prefix', type, value, length: part[0] } : { kind: 'value', type, value };
}

export function asType(value: Value, type: TypeName, bits: number): Value {
  return { kind: 'value', type, value: bits > 48 ? BigInt(value.value) : Number(value.value) };
}

/** A constant that is compared with a field is of its type. */
export function asField(value: Value, field: Expression): Value {
  const of = field.kind === 'binary' ? leafOf(field) : field;
  if (of.kind !== 'payload' && of.kind !== 'raw') return value;
  const own = fieldType(of);
  return own ? asType(value, own.type, own.bits) : value;
}

function leafOf(expression: Expression): Expression {
  return expression.kind === 'binary' ? leafOf(expression.left) : expression;
}

/** The same of each constant of a range or a set. */
export function asFieldDeep(right: Expression, field: Expression): Expression {
  return mapValues(right, (value) => asField(value, field));
}

/** The constants of bits that were loaded with others after them. */
export function shifted(right: Expression, shift: number): Expression {
  return mapValues(right, (value) => ({ ...value, value: BigInt(value.value) >> BigInt(shift) }));
}

/** In sets bytes are numbers like others, but for fields without a name beside others. */
export function plain(set: Expression, key: Expression): Expression {
  if (set.kind !== 'set') return set;
  return { ...set, elements: set.elements.map((one) => ({ ...one, key: plainKey(one.key, key) })) };
}

function plainKey(key: Expression, field: Expression): Expression {
  if (key.kind === 'value' || key.kind === 'range') return mapValues(key, withoutBytes);
  if (key.kind !== 'concat' || field.kind !== 'concat') return key;
  const parts = key.parts.map((part, at) => {
    const own = field.parts[at];
    return own === undefined || own.kind === 'raw' ? part : plainKey(part, own);
  });
  return { kind: 'concat', parts };
}

const withoutBytes = (value: Value): Value =>
  value.type === 'xinteger' ? { ...value, type: 'integer' } : value;
