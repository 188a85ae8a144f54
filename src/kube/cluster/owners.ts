import type { Path } from '../../documents/path.ts';
import { type Expected, want } from '../../text/expected.ts';
import type { ValueKind } from '../manifest/detail.ts';
import { placeOfSpan } from '../manifest/problem-at.ts';
import { type Draft, type Log, report, spanOf } from './draft.ts';
import { serviceKey } from './model.ts';

const expectedKinds = {
  'cluster-address': want.thing('own-cluster-address'),
  'balancer-address': want.thing('own-balancer-address'),
  'node-port': want.thing('own-node-port'),
  'health-port': want.thing('own-health-port'),
} as const satisfies Record<ValueKind, Expected>;

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
      expectedKinds[what],
      place,
    );
  }
}
