import { type Fraction, fraction, isLess, subtract } from '../sets/fraction.ts';

/** The share of packets that something is expected to get. */
export interface Share {
  /** As it was written: `1/3`, `33.3%`. */
  readonly text: string;
  readonly value: Fraction;
  /** How far from it counts as it. */
  readonly within: Fraction;
}

/**
 * The kernel counts chance in parts of 2^31, and kube-proxy writes ten digits: 1/3 is 715827883/2147483648 there. Shares
 * that differ by less than this cannot be meant to be different ones.
 */
const precision = fraction(1, 100_000_000);

/** Reads `n/d` or `1`, which hold as exactly as rules can have them, or `n%`, rounded to the digits that are written. */
export function parseShare(text: string): Share | undefined {
  const percent = /^(\d{1,3})(?:\.(\d{1,9}))? ?%$/.exec(text);
  if (percent) return percentShare(text, percent[1] as string, percent[2] ?? '');
  const [, n, d = '1'] = /^(\d{1,12})(?:\/(\d{1,12}))?$/.exec(text) ?? [];
  if (n === undefined || Number(d) === 0 || Number(n) === 0 || Number(n) > Number(d)) return undefined;
  return { text, value: fraction(BigInt(n), BigInt(d)), within: precision };
}

function percentShare(text: string, whole: string, digits: string): Share | undefined {
  const scale = 10n ** BigInt(digits.length + 2);
  const n = BigInt(whole + digits);
  if (n === 0n || n > scale) return undefined;
  return { text, value: fraction(n, scale), within: fraction(1n, 2n * scale) };
}

export function isNear(share: Fraction, { value, within }: Pick<Share, 'value' | 'within'>): boolean {
  const difference = isLess(share, value) ? subtract(value, share) : subtract(share, value);
  return !isLess(within, difference);
}
