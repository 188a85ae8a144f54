import type { Ct } from '../../../nftables/expression.ts';
import { single } from '../../../sets/intervals.ts';
import { type FieldName, stateNumbers, statusBits } from '../../fields.ts';
import { hasEntry, test } from '../conditions.ts';
import { absent, constant, type Operand, open, plain } from './operand.ts';
import { isForeign, type Scope } from './scope.ts';

/** Of all else than the state, a packet without an entry has nothing, and the rule ends (nft_ct_get_eval). */
const entry = [hasEntry];
/** The helper is that of the connection that expected this one: of others nothing is compared. */
const expected = [hasEntry, test('ctStatus', single(statusBits.EXPECTED), undefined, statusBits.EXPECTED)];

/** The bits that nft gives to states. */
const states: ReadonlyMap<number, number> = new Map([
  [1, stateNumbers.INVALID],
  [2, stateNumbers.ESTABLISHED],
  [4, stateNumbers.RELATED],
  [8, stateNumbers.NEW],
  [64, stateNumbers.UNTRACKED],
]);

const ends: Readonly<Record<string, readonly [original: FieldName, reply: FieldName]>> = {
  saddr: ['ctOriginalSource', 'ctReplySource'],
  daddr: ['ctOriginalDestination', 'ctReplyDestination'],
  'proto-src': ['ctOriginalSourcePort', 'ctReplySourcePort'],
  'proto-dst': ['ctOriginalDestinationPort', 'ctReplyDestinationPort'],
};

const families = { ipv4: 2, ipv6: 10 } as const;

/** What `ct` asks, by its key. What is not here is not evaluated. */
const keys: Readonly<Record<string, (scope: Scope) => Operand>> = {
  state: () => ({ kind: 'field', needs: [], field: { field: 'ctState' }, shift: 0, states }),
  direction: () => plain('ctDirection', entry),
  status: () => plain('ctStatus', entry),
  mark: () => plain('ctMark', entry),
  protocol: () => plain('ctProtocol', entry),
  l3proto: ({ family }) => constant(families[family], entry),
  zone: () => plain('ctZone', entry),
  helper: () => open(expected),
};

export function ctOperand({ key, direction, family }: Ct, scope: Scope): Operand {
  if (isForeign(scope, family)) return absent;
  // Each direction may have a zone of its own.
  if (key === 'zone' && direction) return plain('ctZone', entry, direction);
  const pair = ends[key];
  if (pair) return direction ? plain(pair[direction === 'original' ? 0 : 1], entry) : open(entry);
  return keys[key]?.(scope) ?? open(entry);
}
