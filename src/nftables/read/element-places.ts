import type { SetElement } from '../expression.ts';
import type { Place } from '../model.ts';

/** Where the elements of named sets stand, list by list. Beside them, because nothing but a refusal asks for it. */
const places = new WeakMap<readonly SetElement[], readonly Place[]>();

/** Looks through the lists that were read. */
export function placeOfElement(
  element: SetElement,
  lists: Iterable<readonly SetElement[]>,
): Place | undefined {
  for (const list of lists) {
    const at = list.indexOf(element);
    if (at !== -1) return places.get(list)?.[at];
  }
  return undefined;
}

export function keepPlaces(elements: readonly SetElement[], own: readonly Place[]): void {
  places.set(elements, own);
}
