import type { Path } from '../../documents/path.ts';
import type { Source } from '../../text/source.ts';

/** Where an object was read: nothing but indices, because positions are looked for only when a problem needs them. */
export interface Origin {
  readonly source: Source;
  /** The document within the source, from 0; for a table the row. */
  readonly document: number;
  /** The indices into `items` by which the object is reached, where it came in a List. */
  readonly items: readonly number[];
}

/** The path of a field as seen from the root of its document. */
export function pathInDocument(origin: Origin, path: Path): Path {
  return [...origin.items.flatMap((index) => ['items', index]), ...path];
}
