import type { Family } from '../../../address/address.ts';
import type { NftFamily, NftObject, NftSet } from '../../../nftables/model.ts';
import type { IrChain } from '../../ir.ts';

/** Where a statement is lowered: what the same words mean depends on it. */
export interface Scope {
  /** Of the packets that the program is for. */
  readonly family: Family;
  readonly table: NftFamily;
  /** `ip kube-proxy`. */
  readonly tableName: string;
  readonly sets: ReadonlyMap<string, NftSet>;
  readonly objects: readonly NftObject[];
  /** Names of sets that rules change. */
  readonly changed: ReadonlySet<string>;
  readonly chains: { get(name: string): IrChain | undefined };
  /** Unique in the program: `ip filter/input/3`, and the statement's number in its rule. */
  readonly place: string;
}

/** Whether packets of an IP family never come to what asks about the other one. */
export function isForeign({ family }: Scope, of: 'ip' | 'ip6' | undefined): boolean {
  return of !== undefined && (of === 'ip') !== (family === 'ipv4');
}

/** The name under which all rules of a program know a set. */
export function setKey({ tableName }: Scope, set: string): string {
  return `${tableName} @${set}`;
}
