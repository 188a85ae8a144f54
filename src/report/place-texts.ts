import type { RulePlace } from '../engine/ir.ts';
import type { RulesIn } from '../engine/masking.ts';
import type { Where } from './words/where.ts';

/** The rules of a node as their texts spell them, whatever language they are in. */
export interface PlaceTexts {
  /** A name that people can read, where a chain's own holds a hash. */
  chain(table: string, name: string): string;
  /** Counts from 1, in the text that the rule is from. */
  lineOf(place: RulePlace): number;
  where(place: RulePlace): Where;
  /** Without what says in which chain it is. */
  textOf(place: RulePlace): string;
  readonly rulesIn: RulesIn;
  /** Nobody has the text: its lines are those of what `kubenat compile` prints for the node. */
  readonly isCompiled: boolean;
}
