import type { Path } from '../../documents/path.ts';
import type { ValueKind } from '../manifest/detail.ts';
import { placeOfSpan } from '../manifest/problem-at.ts';
import { type Draft, type Log, report, spanOf } from './draft.ts';
import { serviceKey } from './model.ts';

/** What is right instead, in English. */
const expectedKinds: Readonly<Record<ValueKind, string>> = {
  'cluster-address': 'cluster address',
  'balancer-address': 'load balancer address',
  'node-port': 'node port',
  'health-port': 'health check node port',
};

/** Who has a value already, so that the second who asks for it can be told. */
export class Owners<T> {
  readonly #owners = new Map<T, { draft: Draft; path: Path; what: ValueKind }>();

  /** `place` is where the field of `path` stands. */
  claim(value: T, spelled: string, draft: Draft, path: Path, what: ValueKind, log: Log, place = path): void {
    const other = this.#owners.get(value);
    if (!other) {
      this.#owners.set(value, { draft, path: place, what });
      return;
    }
    const standing = placeOfSpan(spanOf(other.draft, other.path));
    report(
      log,
      draft,
      path,
      'duplicate',
      {
        code: 'taken-too',
        value: spelled,
        what: other.what,
        service: serviceKey(other.draft.service),
        place: standing,
      },
      `a ${expectedKinds[what]} of its own`,
      place,
    );
  }
}
