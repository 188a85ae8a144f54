import type { Constant, Expression, Payload, Value } from '../../expression.ts';
import { fieldType, isField } from '../../fields.ts';
import { type TypeName, typeOf } from '../../types.ts';
import { mapValues } from '../constants.ts';
import type { Raw } from '../names.ts';
import { isHostNumber, ofHeaders } from '../order.ts';

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

/** The same of both ends of a range. Elements of a set keep the types that they were written with. */
export function asFieldDeep(right: Expression, field: Expression): Expression {
  return right.kind === 'set' ? right : mapValues(right, (value) => asField(value, field));
}

/** The constants of bits that were loaded with others after them. */
export function shifted(right: Expression, shift: number): Expression {
  return mapValues(right, (value) => ({ ...value, value: BigInt(value.value) >> BigInt(shift) }));
}

/** How an element is listed depends on where the set stands. */
interface Use {
  readonly isMap: boolean;
  /** Whether the field is one of several of a key. */
  readonly isPart: boolean;
  /** Whether the kernel was told of intervals and of a number in the host's order: then the parts of a key keep their types. */
  readonly isKept: boolean;
}

/** The elements of a set that stands in a rule, by the types that the kernel was told of its key. */
export function listedElements(set: Expression, key: Expression, isMap: boolean): Expression {
  if (set.kind !== 'set') return set;
  const isKept = !isMap && hasHostNumber(key) && set.elements.some((element) => isStretched(element.key));
  const use = { isMap, isPart: false, isKept };
  return { ...set, elements: set.elements.map((one) => ({ ...one, key: listedKey(one.key, key, use) })) };
}

/** Numbers that lie in the host's order are turned before they are looked up between two others. */
function hasHostNumber(key: Expression): boolean {
  if (key.kind === 'concat') return key.parts.some(hasHostNumber);
  const type = isField(key) ? fieldType(key)?.type : undefined;
  if (type === undefined || type === 'boolean') return false;
  if (type === 'integer') return isHostNumber(key);
  return !ofHeaders.has(key.kind) && typeOf(type).order === 'host' && typeOf(type).base !== 'string';
}

function isStretched(key: Expression): boolean {
  return key.kind === 'concat' ? key.parts.some(isStretched) : key.kind === 'range' || key.kind === 'prefix';
}

function listedKey(constant: Expression, field: Expression, use: Use): Expression {
  if (constant.kind !== 'concat') return mapValues(constant, (value) => listedValue(value, field, use));
  if (field.kind !== 'concat') return constant;
  const parts = constant.parts.map((part, at) => {
    const own = field.parts[at];
    return own === undefined ? part : listedKey(part, own, { ...use, isPart: true });
  });
  return { kind: 'concat', parts };
}

function listedValue(value: Value, field: Expression, { isMap, isPart, isKept }: Use): Constant {
  if (isPart && isOfTwoBytes(field)) return { ...value, value: Number(value.value) >> 8 };
  if (value.type === 'xinteger') {
    const isHex = isPart || (!isMap && field.kind !== 'binary');
    return isHex ? value : { ...value, type: 'integer' };
  }
  if (value.type !== 'boolean') return value;
  if (field.kind === 'fib' && value.value === 1)
    return { kind: 'text', type: 'iface_index', text: firstInterface };
  const type =
    !(isPart && isKept) && (field.kind === 'fib' || isPart || !isMap) ? presenceTypes[field.kind] : undefined;
  return type ? { ...value, type } : value;
}

/** The class of IPv6 lies across two bytes, of which nft 1.0.6 takes the first for it where it is one of several fields of a key. */
function isOfTwoBytes(field: Expression): boolean {
  const own = leafOf(field);
  return own.kind === 'payload' && own.header === 'ip6' && own.field === 'dscp';
}

/** The interface of the index 1, in each network namespace. */
const firstInterface = 'lo';

/** Of what is there or not, nft lists the first field of the header, or of an outgoing interface its index. */
const presenceTypes: { readonly [K in Expression['kind']]?: TypeName } = {
  exthdr: 'inet_proto',
  option: 'integer',
  chunk: 'integer',
  fib: 'iface_index',
};
