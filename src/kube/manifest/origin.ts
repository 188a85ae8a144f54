import type { Source } from '../../text/source.ts';

/** Where an object was read: nothing but indices, because positions are looked for only when a problem needs them. */
export interface Origin {
  readonly source: Source;
  /** The document within the source, from 0; for a table the row. */
  readonly document: number;
  /** The indices into `items` by which the object is reached, where it came in a List. */
  readonly items: readonly number[];
}

/** The keys and indices that lead from an object to one of its fields. */
export type Path = readonly (string | number)[];

/** The path of a field as seen from the root of its document. */
export function pathInDocument(origin: Origin, path: Path): Path {
  return [...origin.items.flatMap((index) => ['items', index]), ...path];
}

/** `spec.ports[0].port`, as kubectl spells it. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}
