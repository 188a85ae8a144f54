import type { Path } from '../../documents/path.ts';
import { placeOfSpan } from '../manifest/problem-at.ts';
import { type Draft, type Log, report, spanOf } from './draft.ts';
import { serviceKey } from './model.ts';

/** Who has a value already, so that the second who asks for it can be told. */
export class Owners<T> {
  readonly #owners = new Map<T, { draft: Draft; path: Path; what: string }>();

  /** `place` is where the field of `path` stands. */
  claim(value: T, spelled: string, draft: Draft, path: Path, what: string, log: Log, place = path): void {
    const other = this.#owners.get(value);
    if (!other) {
      this.#owners.set(value, { draft, path: place, what });
      return;
    }
    const owner = `the ${other.what} of Service ${serviceKey(other.draft.service)}`;
    const standing = placeOfSpan(spanOf(other.draft, other.path));
    report(
      log,
      draft,
      path,
      'duplicate',
      `${spelled} is ${owner} too (${standing})`,
      `a ${what} of its own`,
      place,
    );
  }
}
