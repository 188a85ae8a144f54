import type { Family } from '../../address/address.ts';
import type { IntervalSet } from '../../sets/intervals.ts';

/** What one part of a set's entries is, with all of its values. */
export type HeldPart =
  | { readonly kind: 'address'; readonly set: IntervalSet }
  /** Of each of these protocols, these ports. */
  | { readonly kind: 'port'; readonly protocols: IntervalSet; readonly ports: IntervalSet };

/** Entries of a set: every combination of the values of their parts. Each part is of the end that a rule names at its place. */
export interface HeldEntries {
  /** Null: of either. */
  readonly family: Family | null;
  readonly parts: readonly HeldPart[];
}

/** A set of the node's, whose contents somebody told. */
export interface KeptSet {
  /** Equal where entries are. */
  readonly key: string;
  /** The sets that are asked where it is: its own name, and of a list those of its members. */
  readonly asks: readonly string[];
  /** What it holds; null where entries end by themselves, or not all of them can be evaluated. */
  readonly held: readonly HeldEntries[] | null;
  /** The same of `--return-nomatch`: its exceptions. */
  readonly exceptions: readonly HeldEntries[] | null;
}
