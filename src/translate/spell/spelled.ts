import type { Family } from '../../address/address.ts';

/** Why a rule of iptables cannot be had in nft as it is. */
export type GapCode =
  /** nft has no statement for it. */
  | 'no-nft-form'
  /** What the extension does is not known. */
  | 'foreign'
  /** It is written with a set: what a list of recent does when it is full, no set does. */
  | 'remembered-otherwise'
  /** It is written with a limit of nft, which counts in other steps. */
  | 'counted-otherwise'
  /** It is written, and not proved to do the same. */
  | 'not-proved'
  /** nft refuses what it would be. */
  | 'refused';

/** What must all hold, each as nft asks it, from left to right. */
export type Clauses = readonly string[];

/**
 * A match as nft asks it: one of the ways holds, and never two at once, as each is to be a rule of its own. None: it never
 * holds.
 */
export interface Asked {
  readonly ways: readonly Clauses[];
  /** It stands in the ruleset, and is not quite the same. */
  readonly but?: GapCode;
}

/** A target as nft does it. */
export interface Done {
  readonly clauses: Clauses;
  readonly but?: GapCode;
}

/** It cannot be written. */
export interface Unwritten {
  readonly gap: GapCode;
}

/** Where a part of a rule stands: how it is written depends on it. */
export interface SpellContext {
  readonly family: Family;
  /** The protocol that the rule's `-p` asks for; undefined: any, or any but one. */
  readonly protocol: number | undefined;
  /** The sets that stand for lists of recent, by the list's name. */
  readonly lists: ReadonlyMap<string, RecentSet>;
  /** The names in nft of the table's chains. */
  readonly chains: ReadonlyMap<string, string>;
}

export interface RecentSet {
  readonly name: string;
  /** Seconds after which an address goes; null: it does not. */
  readonly timeout: number | null;
}

export const always: Asked = { ways: [[]] };
export const never: Asked = { ways: [] };
export const noForm: Unwritten = { gap: 'no-nft-form' };

export function asked(...clauses: Clauses): Asked {
  return { ways: [clauses] };
}

/** All of several must hold. */
export function both(left: readonly Clauses[], right: readonly Clauses[]): readonly Clauses[] {
  return left.flatMap((one) => right.map((other) => [...one, ...other]));
}

export const headerOf = { ipv4: 'ip', ipv6: 'ip6' } as const;

/** `!=` where it is negated, and a blank. */
export const not = (negated: boolean): string => (negated ? '!= ' : '');

export const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** One value, or a range. */
export function spellRange<T>(first: T, last: T, spell: (value: T) => string = String): string {
  return first === last ? spell(first) : `${spell(first)}-${spell(last)}`;
}

/** One, or several between braces. */
export function oneOf(values: readonly string[]): string {
  return values.length === 1 ? (values[0] as string) : `{ ${values.join(', ')} }`;
}

/** A text between double quotes; undefined where nft has no way to write it. */
export function quoted(text: string): string | undefined {
  return /^[^"\\$\n]*$/.test(text) ? `"${text}"` : undefined;
}
