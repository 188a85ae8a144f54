import type { Address } from '../../address/address.ts';
import type { Subnet } from '../../address/subnet.ts';
import { type IntervalSet, interval, single, union } from '../../sets/intervals.ts';
import { subnetSet } from '../../sets/subnet-set.ts';
import { type FieldName, namesFrom, nameValue } from '../fields.ts';
import type { Condition, Instruction, Test } from '../ir.ts';
import type { Reason } from '../reasons.ts';

// Small parts that lowerings are put together of.

export function test(field: FieldName, set: IntervalSet, of?: string, mask?: Address): Test {
  return { kind: 'test', field, set, ...(of !== undefined && { of }), ...(mask !== undefined && { mask }) };
}

export function not(condition: Condition): Condition {
  return { kind: 'not', of: condition };
}

export function when(negated: boolean, condition: Condition): Condition {
  return negated ? not(condition) : condition;
}

export function all(of: readonly Condition[]): Condition {
  return of.length === 1 ? (of[0] as Condition) : { kind: 'all', of };
}

export function any(of: readonly Condition[]): Condition {
  return of.length === 1 ? (of[0] as Condition) : { kind: 'any', of };
}

/** An option that may be absent. */
export function given<T>(
  option: { readonly value: T; readonly negated: boolean } | undefined,
  condition: (value: T) => Condition,
): readonly Condition[] {
  return option ? [when(option.negated, condition(option.value))] : [];
}

/** Connection tracking knows the packet: it came to it, and is neither invalid nor untracked. */
export const hasEntry: Condition = test('ct', single(1));

export function inSubnet(field: FieldName, subnet: Subnet): Condition {
  const set = subnetSet(subnet);
  return set ? test(field, set) : test(field, single(subnet.address), undefined, subnet.mask);
}

export function inRange(field: FieldName, { first, last }: { first: Address; last: Address }): Condition {
  return test(field, interval(first, last));
}

/** `eth0`, or `veth+` for every name that begins with `veth`. */
export function named(field: FieldName, pattern: string): Condition {
  return test(field, pattern.endsWith('+') ? namesFrom(pattern.slice(0, -1)) : single(nameValue(pattern)));
}

/** `(field & mask) === value`. */
export function bits(field: FieldName, value: number, mask: number, all = 0xffffffff): Condition {
  if (mask >>> 0 === all) return test(field, single(value >>> 0));
  return test(field, single(value >>> 0), undefined, mask >>> 0);
}

export function ask(condition: Condition): readonly Instruction[] {
  return [{ do: 'test', condition }];
}

/** What is not evaluated may not be there at all, and then nothing holds that is asked of it. */
export function isPresent(text: string, reason: Reason): Condition {
  return { kind: 'open', key: `${text} is there`, until: 'packet', reason };
}

/** The packet has a link layer's header: it came by an interface other than the loopback. */
export const hasFrame = not(test('in', union(single(nameValue('')), single(nameValue('lo')))));
