import { type Address, addressBits, familyOf, formatAddress } from '../../address/address.ts';
import type { Finding, FindingCode, FindingOf, Place } from '../../lint/finding.ts';
import type { ClientKind } from '../../lint/reach/clients.ts';
import type { Front } from '../../lint/reach/front.ts';
import { isLess, parseFraction, toNumber } from '../../sets/fraction.ts';
import type { IntervalSet } from '../../sets/intervals.ts';
import { sayExpected } from '../../text/detail.ts';
import type { Problem } from '../../text/problem.ts';

/** Findings that say which way to a service they are about before they say what is wrong with it. */
export type WayCode =
  | 'cut-off'
  | 'errors-lost'
  | 'wrong-endpoint'
  | 'source-lost'
  | 'throttled'
  | 'undecided'
  | 'ways-left'
  | 'order-decides';

/** A way to a service: who comes, and to which of its addresses. */
export type WayOf = Pick<FindingOf<WayCode>, 'front' | 'from' | 'among'>;

/** What `check` says, in one language. Sentences without a full stop. */
export interface FindingWords {
  /** What `way` says of the way that it is about. */
  readonly ways: { readonly [Code in WayCode]: (finding: FindingOf<Code>) => string };
  readonly others: {
    readonly [Code in Exclude<FindingCode, WayCode>]: (finding: FindingOf<Code>) => string;
  };
  /** A way, with what is said of it. */
  readonly way: (way: WayOf, says: string) => string;
  /** Of a service's address alone, and of those who come alone. */
  readonly at: (front: Front) => string;
  readonly from: (clients: Pick<WayOf, 'from' | 'among'>) => string;

  // Around the findings.
  readonly findings: (count: number) => string;
  /** Of a text that does not show all rules of its node. */
  readonly noneInPart: string;
  readonly inWays: (findings: string, ways: number) => string;
  readonly chains: (owners: readonly (readonly [owner: string, count: number])[]) => string;
  /** Ways of which the same is so; `at`: null where that is the address that was told. `line`: null where it was. */
  readonly also: (at: string | null, from: readonly string[], line: number | null) => string;
  /** What one rule does to so many ways, to which services, and whose. */
  readonly byRule: (ways: number, services: readonly string[], from: readonly string[]) => string;
  readonly after: (number: number, line: number) => string;
  readonly silenced: (findings: string) => string;
  readonly known: (findings: string) => string;
  readonly gone: (findings: string) => string;
  /** Of Markdown. */
  readonly title: string;
  readonly columns: readonly [code: string, where: string, what: string];
  readonly more: (count: number) => string;
}

export const isOfWay = (finding: Finding): finding is FindingOf<WayCode> =>
  'share' in finding && finding.code !== 'range-open';

/** `22`, of percents, as somebody reads them: nobody reads parts of 2^31, and what is nearly all or nearly nothing is not called so. */
export type ShareSaid =
  | { readonly kind: 'none' | 'nearly-none' | 'nearly-all' }
  | { readonly kind: 'exact' | 'about'; readonly percent: string };

export function shareSaid(share: string): ShareSaid {
  if (share === '1/1') return { kind: 'exact', percent: '100' };
  const percent = toNumber(parseFraction(share)) * 100;
  if (percent === 0) return { kind: 'none' };
  if (percent < 0.01) return { kind: 'nearly-none' };
  if (percent > 99.99) return { kind: 'nearly-all' };
  const digits = percent < 1 || percent > 99 ? 2 : 0;
  const isExact = parseFraction(share).d <= 100n && Number.isInteger(percent * 10 ** digits);
  return { kind: isExact ? 'exact' : 'about', percent: percent.toFixed(digits) };
}

/** `10.244.7.0/24`, `10.1.2.3-10.1.2.9`. */
export function rangesOf(set: IntervalSet): string[] {
  return set.flatMap((first, at) => (at % 2 === 0 ? sayRange(first, set[at + 1] as Address) : []));
}

function sayRange(first: Address, last: Address): string {
  if (first === last) return formatAddress(first);
  const size = BigInt(last) - BigInt(first) + 1n;
  const isPrefix = (size & (size - 1n)) === 0n && BigInt(first) % size === 0n;
  if (!isPrefix) return `${formatAddress(first)}-${formatAddress(last)}`;
  return `${formatAddress(first)}/${addressBits[familyOf(first)] - size.toString(2).length + 1}`;
}

export type ClientNames = Readonly<Record<ClientKind, string>>;

export type EndpointShare = FindingOf<'uneven-shares'>['shares'][number];

export function leastAndMost(shares: readonly EndpointShare[]): readonly [EndpointShare, EndpointShare] {
  const sorted = [...shares].sort((one, other) =>
    isLess(parseFraction(one.share), parseFraction(other.share)) ? -1 : 1,
  );
  return [sorted[0], sorted.at(-1)] as [EndpointShare, EndpointShare];
}

/** Sets and maps of nft have a place as chains have. */
export const isOfSet = ({ chain }: Place) => chain.startsWith('@');

/** Problems are told in English, where they are found. */
export function sayProblem({ problem }: { readonly problem: Problem }): string {
  return problem.expected === undefined
    ? problem.message
    : `${problem.message}; expected: ${sayExpected(problem.expected)}`;
}
