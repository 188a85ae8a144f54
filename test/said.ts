import type { Outcome } from '../src/engine/outcome.ts';
import { sayReason } from '../src/report/reasons.ts';

/** Why an outcome is as it is, in English; null: no reason is given. */
export function because(outcome: Pick<Outcome, 'reason'> | undefined): string | null {
  return outcome?.reason ? sayReason(outcome.reason) : null;
}
