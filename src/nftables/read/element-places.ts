import type { SetElement } from '../expression.ts';
import type { Place } from '../model.ts';

/** Where the elements of named sets stand. Beside them, because nothing but a refusal asks for it. */
const places = new WeakMap<SetElement, Place>();

export const placeOfElement = (element: SetElement): Place | undefined => places.get(element);

export function keepPlace(element: SetElement, place: Place): void {
  places.set(element, place);
}
