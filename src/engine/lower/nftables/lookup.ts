import type { Expression } from '../../../nftables/expression.ts';
import { isField } from '../../../nftables/fields.ts';
import type { TypeName } from '../../../nftables/types.ts';
import { type IntervalSet, isWithin, unionOf } from '../../../sets/intervals.ts';
import type { Condition, Instruction, LookupField } from '../../ir.ts';
import { all, ask } from '../conditions.ts';
import { valuesOf } from './constants.ts';
import {
  type FieldOperand,
  fieldValues,
  isThere,
  type Operand,
  portsAreThere,
  withPorts,
} from './operand.ts';
import { operandOf, spelled } from './operands.ts';
import type { Scope } from './scope.ts';

/** A key, and what is done where a packet has it. */
export interface Keyed {
  readonly key: Expression;
  readonly code: readonly Instruction[];
}

/** What is done for the first element that a packet has the key of; null where the key is not evaluated. */
export function lookupOf(
  key: Expression,
  elements: readonly Keyed[],
  otherwise: readonly Instruction[] | undefined,
  scope: Scope,
): readonly Instruction[] | null {
  const operands = operandsOf(key, scope);
  if (!operands) return null;
  if (operands.some(({ kind }) => kind === 'open')) {
    const needs = operands.flatMap((operand) => operand.needs);
    return needs.some(isNever) ? [{ do: 'fail' }] : null;
  }
  const listed = elements.filter(({ key: own }) => own.kind !== 'any');
  const rest = elements.find(({ key: own }) => own.kind === 'any')?.code ?? otherwise;
  const made = listed.map(({ key: own, code }) => ({ keys: keysOf(own, operands), code }));
  if (made.some(({ keys }) => keys === null)) return null;
  const whole = made as readonly {
    readonly keys: readonly (IntervalSet | boolean)[];
    readonly code: readonly Instruction[];
  }[];
  const lookup: Instruction = {
    do: 'lookup',
    fields: operands.flatMap((operand) => (operand.kind === 'field' ? [operand.field] : [])),
    elements: whole.flatMap(({ keys, code }) =>
      keys.includes(false) ? [] : [{ keys: keys.filter((set) => set !== true) as IntervalSet[], code }],
    ),
    ...(rest && { otherwise: rest }),
  };
  return [...askNeeds(needsOf(operands, lookup)), lookup];
}

function isNever(condition: Condition): boolean {
  return condition.kind === 'any' && condition.of.length === 0;
}

/** What must be there, where anything must. */
export function askNeeds(needs: readonly Condition[]): readonly Instruction[] {
  return needs.length === 0 ? [] : ask(all(needs));
}

/** Ports need not be asked for where the elements name protocols that have some. */
function needsOf(
  operands: readonly Operand[],
  lookup: Extract<Instruction, { do: 'lookup' }>,
): readonly Condition[] {
  const needs = operands.flatMap((operand) => operand.needs);
  const at = lookup.fields.findIndex(({ field }) => field === 'protocol');
  const named = at === -1 ? [] : lookup.elements.map(({ keys }) => keys[at] as IntervalSet);
  const arePorted = at !== -1 && isWithin(unionOf(named), withPorts);
  return arePorted ? needs.filter((need) => need !== portsAreThere) : needs;
}

function operandsOf(key: Expression, scope: Scope): readonly Operand[] | null {
  const parts = key.kind === 'concat' ? key.parts : [key];
  const operands = parts.map((part) => maskedOperand(part, scope));
  return operands.includes(null) ? null : (operands as readonly Operand[]);
}

/** Types of which a field has all bits, and no others. */
const whole: ReadonlySet<TypeName> = new Set<TypeName>([
  'ipv4_addr',
  'ipv6_addr',
  'inet_service',
  'inet_proto',
  'mark',
]);

/** A field, some of its bits, or a number that a rule itself has. */
function maskedOperand(part: Expression, scope: Scope): Operand | null {
  if (isField(part)) return operandOf(part, scope);
  if (part.kind === 'value' && whole.has(part.type))
    return { kind: 'constant', needs: [], value: part.value };
  if (part.kind !== 'binary' || part.operator !== '&' || part.right.kind !== 'value') return null;
  const inner = isField(part.left) ? operandOf(part.left, scope) : null;
  if (inner?.kind !== 'field' || inner.field.mask !== undefined || inner.states)
    return inner?.kind === 'open' ? inner : null;
  return { ...inner, field: { ...inner.field, mask: part.right.value } };
}

/** The values of each part; `false`: the element is for other packets, `true`: all have it. Null: it is not known. */
function keysOf(key: Expression, operands: readonly Operand[]): readonly (IntervalSet | boolean)[] | null {
  const parts = key.kind === 'concat' ? key.parts : [key];
  if (parts.length !== operands.length) return null;
  const keys: (IntervalSet | boolean)[] = [];
  for (const [index, part] of parts.entries()) {
    const operand = operands[index] as Operand;
    const values = valuesOf(part);
    if (values === null) return null;
    if (operand.kind === 'constant') keys.push(isWithin([operand.value, operand.value], values));
    else keys.push(fieldValues(operand as FieldOperand, values));
  }
  return keys;
}

/** The fields of a key as those of a set that rules change; what nothing tells is one that is never known. */
export function partsOf(
  key: Expression,
  scope: Scope,
): { readonly fields: readonly LookupField[]; readonly needs: readonly Condition[] } | null {
  const operands = operandsOf(key, scope);
  if (!operands) return null;
  return {
    fields: operands.map(
      (operand, index) => lookedUp(operand) ?? unseenField(key.kind === 'concat' ? key.parts[index] : key),
    ),
    needs: operands.flatMap((operand, index) =>
      operand.kind === 'open'
        ? [...operand.needs, isThere(spelled(key.kind === 'concat' ? (key.parts[index] as Expression) : key))]
        : operand.needs,
    ),
  };
}

function lookedUp(operand: Operand): LookupField | null {
  if (operand.kind === 'field') return operand.field;
  return operand.kind === 'constant' ? { field: 'constant', of: String(operand.value) } : null;
}

/** A key of which nothing is known. */
export function unseenKey(key: Expression): NonNullable<ReturnType<typeof partsOf>> {
  const parts = key.kind === 'concat' ? key.parts : [key];
  return { fields: parts.map(unseenField), needs: [] };
}

function unseenField(part: Expression | undefined): LookupField {
  return { field: 'transport', of: part ? spelled(part) : '' };
}
