import type { Outcome } from '../../engine/outcome.ts';
import { dataKey } from '../../text/data-key.ts';
import type { EffectKind } from '../classes/effect.ts';

/** In what respect the fate of one packet changes, the worst first: `delivery`, where nothing else tells them apart. */
export function kindOfChange(before: readonly Outcome[], after: readonly Outcome[]): EffectKind {
  const [was, is] = [before.filter(arrives), after.filter(arrives)];
  if (was.length === 0 && is.length > 0) return 'exposure';
  if (is.length === 0 && was.length > 0) return 'loss';
  if (shareOf(was) !== shareOf(is)) return shareOf(was) < shareOf(is) ? 'exposure' : 'loss';
  const apart = (of: (outcome: Outcome) => unknown) => distinct(was.map(of)) !== distinct(is.map(of));
  if (apart(({ masqueraded }) => masqueraded)) return 'source-ip';
  if (apart(({ dnat }) => dnat)) return 'endpoints';
  if (apart(({ dnat, weight }) => [dnat, weight])) return 'shares';
  if (apart(({ kept, copy }) => [kept ?? null, copy?.verdict ?? null])) return 'header';
  return 'delivery';
}

const arrives = ({ verdict }: Outcome): boolean => verdict === 'accept';

const shareOf = (outcomes: readonly Outcome[]): number =>
  Math.round(outcomes.reduce((sum, { probability }) => sum + probability, 0) * 1e9);

const distinct = (values: readonly unknown[]): string => [...new Set(values.map(dataKey))].sort().join();
