import { soleElement } from '../../../nftables/canonical/evaluate/comparison.ts';
import type { Expression, Field } from '../../../nftables/expression.ts';
import { fieldType, isField } from '../../../nftables/fields.ts';
import type { Match, MatchOperator } from '../../../nftables/statement.ts';
import { emptySet, type IntervalSet, interval, single } from '../../../sets/intervals.ts';
import { always, type Condition, type Instruction, never } from '../../ir.ts';
import { all, any, ask, not, test, when } from '../conditions.ts';
import { byHash, byNumber, isNumber } from './chance.ts';
import { valuesOf, valuesOfSet } from './constants.ts';
import { lookupOf, partsOf } from './lookup.ts';
import { type FieldOperand, fieldValues, isThere, type Operand } from './operand.ts';
import { operandOf, presenceOf, protocolOfPresence, spelled } from './operands.ts';
import { type Scope, setKey } from './scope.ts';
import { meters } from './stateful.ts';

/** What a match asks; where it does not hold, the rule ends. */
export function lowerMatch(given: Match, scope: Scope): readonly Instruction[] {
  const match = soleElement(given);
  const { right, operator } = match;
  const set = right.kind === 'set-reference' ? scope.sets.get(right.name) : undefined;
  if (right.kind === 'set-reference' && !set) return openMatch(match, scope);
  if (set && scope.changed.has(set.name)) return askDynamic(match, set.name, scope);
  const asked = lowerStatic(match, scope);
  if (!set || operator === '!=') return asked;
  const carrying = set.elements.find(({ statements }) => statements);
  return [...asked, ...meters(carrying?.statements ?? set.statements)];
}

function lowerStatic(match: Match, scope: Scope): readonly Instruction[] {
  const { left, right, operator } = match;
  const set = right.kind === 'set-reference' ? scope.sets.get(right.name) : undefined;
  if (left.kind === 'concat') return lowerTuple(match, scope);
  const values = set ? valuesOfSet(set) : valuesOf(right);
  const carrier = isField(left) && protocolOfPresence(left);
  if (carrier && values !== null) return askPresence(spelled(left), carrier, operator, values);
  if (values === null) return openMatch(match, scope, isField(left) ? operandOf(left, scope) : undefined);
  if (left.kind === 'numgen') return byNumber(left, wanted(operator, values, allOf(32)), scope);
  if (left.kind === 'hash')
    return ask(all([...presenceOf(left, scope), byHash(left, wanted(operator, values, allOf(32)), scope)]));
  if (isNumber(left)) return byNumber(left, wanted(operator, values, allOf(32)), scope);
  const asked = maskedField(left);
  if (!asked) return openMatch(match, scope);
  const operand = operandOf(asked.field, scope);
  if (operand.kind === 'open') return openMatch(match, scope, operand);
  const condition = compare(operand, asked, operator, values);
  return condition === null ? openMatch(match, scope, operand) : ask(all([...operand.needs, condition]));
}

/** Whether something is there that only packets of one protocol carry: it is missing in all others. */
function askPresence(
  text: string,
  carrier: Condition,
  operator: MatchOperator,
  values: IntervalSet,
): readonly Instruction[] {
  const isPresent = all([carrier, isThere(text)]);
  const asked = any([
    ...(contains(values, 1) ? [isPresent] : []),
    ...(contains(values, 0) ? [not(isPresent)] : []),
  ]);
  return ask(when(operator === '!=', asked));
}

const allOf = (bits: number) => interval(0, 2 ** bits - 1);

/** The values with which a match of plain numbers holds. */
function wanted(operator: MatchOperator, values: IntervalSet, full: IntervalSet) {
  return { values: bounded(operator, values, full), negated: operator === '!=' };
}

/** For `<` and its like, what is below or above. */
function bounded(operator: MatchOperator, values: IntervalSet, full: IntervalSet): IntervalSet {
  const [first, last] = [values[0], values.at(-1)];
  const [least, most] = full as readonly [number | bigint, number | bigint];
  if (first === undefined || last === undefined) return emptySet;
  const step = (value: number | bigint, by: number) =>
    typeof value === 'bigint' ? value + BigInt(by) : value + by;
  switch (operator) {
    case '<':
      return interval(least, step(first, -1));
    case '<=':
      return interval(least, last);
    case '>':
      return interval(step(last, 1), most);
    case '>=':
      return interval(first, most);
    default:
      return values;
  }
}

/** A field of which only some bits are asked, which may have been turned round before. */
interface Masked {
  readonly field: Field;
  readonly mask?: number | bigint;
  readonly flip?: number | bigint;
}

/** `(field & mask) ^ flip`; undefined where it is something else. */
function maskedField(left: Expression): Masked | undefined {
  if (isField(left)) return { field: left };
  if (left.kind !== 'binary' || left.right.kind !== 'value') return undefined;
  const inner = maskedField(left.left);
  const { value } = left.right;
  if (!inner) return undefined;
  if (left.operator === '&' && inner.flip === undefined)
    return { ...inner, mask: inner.mask === undefined ? value : and(inner.mask, value) };
  return left.operator === '^' ? { ...inner, flip: xor(inner.flip ?? 0, value) } : undefined;
}

const and = (left: number | bigint, right: number | bigint) =>
  typeof left === 'bigint' || typeof right === 'bigint' ? BigInt(left) & BigInt(right) : (left & right) >>> 0;
const xor = (left: number | bigint, right: number | bigint) =>
  typeof left === 'bigint' || typeof right === 'bigint' ? BigInt(left) ^ BigInt(right) : (left ^ right) >>> 0;

/** Null: it is not evaluated. */
function compare(
  operand: Exclude<Operand, { kind: 'open' }>,
  { field, mask, flip }: Masked,
  operator: MatchOperator,
  given: IntervalSet,
): Condition | null {
  const bits = fieldType(field)?.bits ?? 32;
  if (flip !== undefined && (given.length !== 2 || given[0] !== given[1])) return null;
  const values = flip === undefined ? given : single(xor(given[0] as number, flip));
  if (operator === 'has' || operator === 'lacks') {
    if (values.length !== 2 || values[0] !== values[1]) return null;
    const own = mask === undefined ? (values[0] as number) : and(mask, values[0] as number);
    return when(operator === 'has', within(operand, single(zeroOf(own)), own));
  }
  const full = bits > 48 ? interval(0n, (1n << BigInt(bits)) - 1n) : allOf(bits);
  return when(operator === '!=', within(operand, bounded(operator, values, full), mask));
}

const zeroOf = (value: number | bigint) => (typeof value === 'bigint' ? 0n : 0);

/** Whether the operand's bits of a mask are in a set. */
function within(
  operand: Exclude<Operand, { kind: 'open' }>,
  set: IntervalSet,
  mask: number | bigint | undefined,
): Condition {
  if (operand.kind === 'constant') {
    const value = mask === undefined ? operand.value : and(operand.value, mask);
    return contains(set, Number(value)) ? always : never;
  }
  if (operand.states) return ofStates(operand, set, mask);
  const { field, of, mask: own } = operand.field;
  const shifted = mask === undefined ? own : typeof mask === 'bigint' ? mask : (mask << operand.shift) >>> 0;
  const asked = shifted !== undefined && own !== undefined ? and(shifted, own) : shifted;
  return test(field, fieldValues(operand, set), of, asked);
}

function contains(set: IntervalSet, value: number): boolean {
  return set.some((first, at) => at % 2 === 0 && first <= value && value <= (set[at + 1] ?? first));
}

function ofStates(operand: FieldOperand, set: IntervalSet, mask: number | bigint | undefined): Condition {
  const bits = [...(operand.states ?? [])].flatMap(([bit]) =>
    contains(set, mask === undefined ? bit : bit & Number(mask)) ? [single(bit)] : [],
  );
  return test(operand.field.field, fieldValues(operand, bits.flat()));
}

/** Fields together, in a set or one tuple. */
function lowerTuple(match: Match, scope: Scope): readonly Instruction[] {
  const { left, right, operator } = match;
  const elements =
    right.kind === 'set-reference'
      ? (scope.sets.get(right.name)?.elements ?? [])
      : right.kind === 'set'
        ? right.elements
        : [{ key: right }];
  if (operator !== '==' && operator !== '!=') return openMatch(match, scope);
  const fail: readonly Instruction[] = [{ do: 'fail' }];
  const [found, missed] = operator === '==' ? [[], undefined] : [fail, []];
  return (
    lookupOf(
      left,
      elements.map(({ key }) => ({ key, code: found })),
      missed,
      scope,
    ) ?? openMatch(match, scope)
  );
}

/** A set that rules change. */
function askDynamic(match: Match, set: string, scope: Scope): readonly Instruction[] {
  const parts = partsOf(match.left, scope);
  if (!parts) return openMatch(match, scope);
  const state = { kind: 'dynamic', set: setKey(scope, set), action: 'test', fields: parts.fields } as const;
  const carried = meters(scope.sets.get(set)?.statements ?? []);
  const negated = match.operator === '!=';
  return [...ask(all(parts.needs)), { do: 'recall', state, negated }, ...(negated ? [] : carried)];
}

/** A question that is not answered; the same words ask the same, as long as the packet is the same. Of a set they are those of what it holds. */
function openMatch(match: Match, scope: Scope, operand?: Operand): readonly Instruction[] {
  const { left, right, operator } = match;
  const text = `${spelled(left)} ${operator === '!=' ? '==' : operator} ${spelled(heldBy(right, scope))}`;
  const question: Condition = {
    kind: 'open',
    key: text,
    until: 'packet',
    reason: { code: 'statement-unevaluated', text: `${spelled(left)} ${spelled(right)}` },
  };
  if (operator !== '!=') return ask(all([...(operand?.needs ?? []), question]));
  return ask(all([...(operand?.needs ?? []), isThere(spelled(left)), when(true, question)]));
}

function heldBy(right: Expression, { sets }: Scope): Expression {
  const set = right.kind === 'set-reference' ? sets.get(right.name) : undefined;
  return set ? { kind: 'set', elements: set.elements } : right;
}
