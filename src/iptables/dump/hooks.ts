import type { Family } from '../../address/address.ts';
import type { Match } from '../rule/match.ts';
import { extensionOf, targetExtensionOf } from '../rule/options.ts';
import type { Hook, TableName } from '../rule/ruleset.ts';
import type { Backend, Place } from '../rule/syntax.ts';
import type { Target } from '../rule/target.ts';

const hookOrder: readonly Hook[] = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'];

/** The bits of all hooks. */
export const everyHook = 31;

export function bitOf(hook: Hook): number {
  return 1 << hookOrder.indexOf(hook);
}

/** Whose tables, and which of them. */
export interface Where {
  readonly table: TableName;
  readonly family: Family;
  readonly backend: Backend;
}

/** An extension that works in some places only. */
export interface Placed {
  /** What stands before its name. */
  readonly letter: 'm' | 'j';
  readonly name: string;
  readonly place: Place;
}

/** Where a match may stand; undefined where that is anywhere. */
export function placedMatch(match: Match, { family, backend }: Where): Placed | undefined {
  const extension = extensionOf(match, family);
  return extension?.place && { letter: 'm', name: extension.name, place: extension.place(match, backend) };
}

/** The same of a target. */
export function placedTarget(target: Target, { family, backend }: Where): Placed | undefined {
  const extension = targetExtensionOf(target, family);
  return extension?.place && { letter: 'j', name: extension.name, place: extension.place(target, backend) };
}

/** The bits of the hooks at which it can stand: none where the table is another. */
export function hooksOf({ place: { tables, hooks } }: Placed, { table }: Where): number {
  if (tables && !tables.includes(table)) return 0;
  if (!hooks) return everyHook;
  let bits = 0;
  for (const hook of hooks) bits |= bitOf(hook);
  return bits;
}
