import type { Address } from '../../../address/address.ts';
import { portProtocols } from '../../../address/protocols.ts';
import { type IntervalSet, single, unionOf } from '../../../sets/intervals.ts';
import { type FieldName, nameValue } from '../../fields.ts';
import { type Condition, type LookupField, never } from '../../ir.ts';
import { any, isPresent, test } from '../conditions.ts';

/**
 * What a field of nft is in the program. `needs`: what must hold for it to be there; where it does not, the rule ends,
 * whatever is asked.
 */
export type Operand = FieldOperand | ConstantOperand | OpenOperand;

export interface FieldOperand {
  readonly kind: 'field';
  readonly needs: readonly Condition[];
  readonly field: LookupField;
  /** The lowest bit of the field that is asked. */
  readonly shift: number;
  /** Of a bitmask of which one bit is ever set: its values, each with the field's. */
  readonly states?: ReadonlyMap<number, number>;
}

/** The same for all packets of the program. */
interface ConstantOperand {
  readonly kind: 'constant';
  readonly needs: readonly Condition[];
  readonly value: Address;
}

/** It is not evaluated. */
interface OpenOperand {
  readonly kind: 'open';
  readonly needs: readonly Condition[];
}

export function plain(field: FieldName, needs: readonly Condition[] = [], of?: string): Operand {
  return { kind: 'field', needs, field: { field, ...(of !== undefined && { of }) }, shift: 0 };
}

/** Some bits of a field, from `shift` on. */
export function bitsFrom(
  field: FieldName,
  mask: number,
  shift: number,
  needs: readonly Condition[] = [],
): Operand {
  return { kind: 'field', needs, field: { field, mask }, shift };
}

export function constant(value: number, needs: readonly Condition[] = []): Operand {
  return { kind: 'constant', needs, value };
}

export function open(needs: readonly Condition[] = []): Operand {
  return { kind: 'open', needs };
}

/** Of another family of packets. */
export const absent: Operand = open([never]);

/** Who asks for the socket of a packet that has none ends the rule (nft_meta_get_eval). */
export const hasSocket: Condition = test('owned', single(1));

/** What is not evaluated may not be there at all, and then the rule ends, whatever is asked of it. */
export function isThere(text: string): Condition {
  return isPresent(text, { code: 'statement-unevaluated', text });
}

/** The packet has an interface at this hook. */
export function hasLink(side: 'in' | 'out'): Condition {
  return { kind: 'not', of: test(side, single(nameValue(''))) };
}

export function ofProtocol(protocol: number): Condition {
  return test('protocol', single(protocol));
}

/** The protocols of which the transport header begins with ports. */
export const withPorts: IntervalSet = unionOf([...portProtocols].map(single));

/** Of other protocols, other bytes stand where ports would. */
export const portsAreThere: Condition = any([
  test('protocol', withPorts),
  {
    kind: 'open',
    key: 'th of another protocol',
    until: 'packet',
    reason: { code: 'statement-unevaluated', text: 'th dport' },
  },
]);

/** The values of an operand's field that stand for nft's. */
export function fieldValues({ states, shift }: FieldOperand, set: IntervalSet): IntervalSet {
  if (states)
    return unionOf([...states].filter(([bit]) => includes(set, bit)).map(([, value]) => single(value)));
  return shift === 0 ? set : set.map((edge) => Number(edge) << shift);
}

function includes(set: IntervalSet, value: number): boolean {
  return set.some((first, at) => at % 2 === 0 && first <= value && value <= (set[at + 1] ?? first));
}
