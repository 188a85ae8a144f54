import type { Decision } from '../decide/decide.ts';
import type { NodeDecisions } from '../decide/node.ts';
import type { Traits } from './traits.ts';

/** Both sides, for one node and family. */
export interface Move {
  readonly from: NodeDecisions;
  readonly to: NodeDecisions;
  readonly was: Traits;
  readonly is: Traits;
  /** Service ports of both sides, side by side. */
  readonly pairs: readonly (readonly [before: Decision, after: Decision])[];
  /** Service ports that only one side knows. */
  readonly lone: readonly Decision[];
  /** nft refuses the tables of one side as a whole: it has no rules, and none of the service ports. */
  readonly isBare: boolean;
}
