import { contains } from '../../address/subnet.ts';
import { type Claim, describeClaim, type Goal, type Place } from '../claims.ts';
import type { ExpectationDetail } from './detail.ts';

/** Why no packet can satisfy both claims of one expectation; null: one may. */
export function contradictionOf(left: Claim, right: Claim): ExpectationDetail | null {
  if (!excludes(left, right) && !excludes(right, left)) return null;
  return { code: 'claims-contradict', one: describeClaim(left), other: describeClaim(right) };
}

function excludes(left: Claim, right: Claim): boolean {
  // What is dropped or rejected arrives nowhere, and nobody sees where it came from.
  if (left.kind === 'verdict' && left.is !== 'accept') return arriving.includes(right.kind);
  if (right.kind !== 'never') return false;
  const isForbidden = (goal: Goal) => isWithin(goal, right.goals);
  if (left.kind === 'to' || left.kind === 'reaches') return left.goals.every(isForbidden);
  // Each of these must get some.
  return left.kind === 'endpoints' && left.goals.some(isForbidden);
}

const arriving: readonly Claim['kind'][] = ['to', 'endpoints', 'source', 'reaches'];

/** Whether all of a goal lies within others. */
function isWithin({ places }: Goal, others: readonly Goal[]): boolean {
  return places.every((place) => others.some((other) => other.places.some((whole) => holds(whole, place))));
}

function holds(whole: Place, part: Place): boolean {
  return (
    contains(whole.prefix, part.prefix.address) &&
    whole.prefix.mask <= part.prefix.mask &&
    (whole.ports === null ||
      (part.ports !== null && whole.ports.first <= part.ports.first && part.ports.last <= whole.ports.last))
  );
}
