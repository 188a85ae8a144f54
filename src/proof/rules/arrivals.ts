import { arrivalStates } from '../../sets/box.ts';
import { type IntervalSet, single, unionOf } from '../../sets/intervals.ts';

/**
 * The states in which packets arrived that have one of those for which `holds` says so by now; null: any. Rules of the raw
 * table leave untracked what arrived in whatever state.
 */
export function arrivalsOf(holds: (state: (typeof arrivalStates)[number]) => boolean): IntervalSet | null {
  if (holds('UNTRACKED')) return null;
  return unionOf(arrivalStates.flatMap((state, number) => (holds(state) ? [single(number)] : [])));
}
